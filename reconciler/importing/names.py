"""What the file calls services, networks and volumes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from reconciler.importing.found import Data

_NOT_IN_A_NAME: Final = re.compile(r"[^a-zA-Z0-9._-]+")


def slug(text: str) -> str:
    return _NOT_IN_A_NAME.sub("-", text).strip("-.") or "service"


class Names:
    """What the file calls networks and volumes that are there."""

    def __init__(self) -> None:
        self._networks: dict[str, str] = {}
        self._volumes: dict[str, str] = {}

    def network(self, name: str) -> str:
        return self._key(self._networks, name)

    def volume(self, name: str) -> str:
        return self._key(self._volumes, name)

    def data(self, one: Data) -> str:
        """Of an anonymous volume, whose name says nothing."""
        return self._key(
            self._volumes, one.volume, f"{one.service}-{one.target.strip('/').rpartition('/')[2]}"
        )

    def networks(self) -> dict[str, dict[str, Any]]:
        return self._external(self._networks)

    def volumes(self) -> dict[str, dict[str, Any]]:
        return self._external(self._volumes)

    @staticmethod
    def _key(known: dict[str, str], name: str, called: str = "") -> str:
        key = slug(called or name)
        while known.get(key, name) != name:
            key += "-"
        known[key] = name
        return key

    @staticmethod
    def _external(known: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        return {
            key: {"external": True} | ({} if key == name else {"name": name}) for key, name in known.items()
        }
