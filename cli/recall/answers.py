"""An engine's answers without what changes by the mere passing of time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from reconciler.engines.line import Answer

_SPAN: Final = re.compile(r"\b(?:About an?|Less than an?|\d+) (?:second|minute|hour|day|week|month|year)s?\b")
"""How long something lasts or is over, as the engine words it (go-units HumanDuration)."""


def lasting(path: str, answer: Answer) -> bytes:
    """What an answer to a GET of `path` says that stays true while nothing happens.

    Left out are the age of a container in words, the last looks of a health check (each says when it was;
    what came of them stays) and the commands that make them, and the order of lists, which engines keep as
    maps and tell in any order.
    """
    said: list[Any] = [answer.status, answer.server, answer.api]
    if answer.status != 200 or path == "/_ping":
        return json.dumps([*said, answer.body.decode(errors="surrogateescape")]).encode()
    found = json.loads(answer.body)
    if isinstance(found, list):
        listed = map(_without_age, found) if "/containers/" in path else found
        found = _in_order(listed)
    elif "/containers/" in path:
        ((found.get("State") or {}).get("Health") or {}).pop("Log", None)
        found.pop("ExecIDs", None)
    elif path.endswith("/volumes"):
        found["Volumes"] = _in_order(found.get("Volumes") or ())
    return json.dumps([*said, found]).encode()


def _without_age(listed: dict[str, Any]) -> dict[str, Any]:
    listed["Status"] = _SPAN.sub("", listed.get("Status") or "")
    listed["Ports"] = _in_order(listed.get("Ports") or ())
    return listed


def _in_order(values: Iterable[Any]) -> list[Any]:
    return sorted(values, key=json.dumps)
