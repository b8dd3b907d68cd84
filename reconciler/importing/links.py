"""Who opens connections to whom: what --link says, and what a variable lets guess."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from reconciler.importing.found import BRIDGE, Guess, Json, One

_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def links_of(one: One, peers: Mapping[str, str]) -> Iterator[str]:
    """Those of `--link`, on the default bridge or on a network of one's own."""
    legacy = [text.lstrip("/") for text in one.raw["HostConfig"].get("Links") or ()]
    attached: Mapping[str, Json] = one.raw["NetworkSettings"].get("Networks") or {}
    own = [text for endpoint in attached.values() for text in endpoint.get("Links") or ()]
    for text in dict.fromkeys([*legacy, *own]):
        target, _, alias = text.partition(":")
        alias = alias.rpartition("/")[2]
        if target in peers and peers[target] != one.service:
            server = peers[target]
            yield server if alias in {"", server} else f"{server}:{alias}"


def guessed(one: One, peers: Mapping[str, str], all_of_them: Sequence[One]) -> Iterator[Guess]:
    """A value such as `db`, `db:5432` or `postgres://db/shop` names a peer that shares a network."""
    near = {other.service for other in all_of_them if _networks(one) & _networks(other)}
    seen: set[str] = set()
    for variable, value in one.environment.items():
        for word in _WORD.findall(value):
            server = peers.get(word)
            if server in near - seen - {one.service}:
                seen.add(server)
                yield Guess(client=one.service, server=server, variable=variable)


def _networks(one: One) -> set[str]:
    return set(one.raw["NetworkSettings"].get("Networks") or {}) - {BRIDGE, "none"}
