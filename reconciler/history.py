"""What was applied, by whom and when, kept in the engine itself: a volume whose labels hold what was wanted.

Each apply writes one down before its first step, so that what was meant is known also where it was cut off.
The newest two are kept. Secrets stand in them as digests, as in every label.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from reconciler import address
from reconciler.record import canonical, redacted
from reconciler.state import Desired

KEPT: Final = 2

_WANTED: Final = "topo.wanted"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One apply. `at` is a moment as ISO 8601 writes it, `by` is USER@HOST, `version` is topo's."""

    number: int
    at: str
    by: str
    version: str
    text: str

    @cached_property
    def wanted(self) -> Mapping[str, Any]:
        """Address → spec of all that was wanted; empty where that cannot be read."""
        try:
            found = json.loads(zlib.decompress(base64.b64decode(self.text)))
        except (ValueError, zlib.error):
            return {}
        return found if isinstance(found, dict) else {}


def read(volumes: Iterable[Mapping[str, Any]], stack: str, owner: str) -> tuple[Entry, ...]:
    """What was applied of a stack, the oldest first."""
    found = (
        labels
        for raw in volumes
        if (labels := raw.get("Labels") or {}).get(address.STACK) == stack
        and labels.get(address.OWNER) == owner
        and str(labels.get(address.HISTORY, "")).isdigit()
    )
    entries = (
        Entry(
            number=int(labels[address.HISTORY]),
            at=str(labels.get("topo.at", "")),
            by=str(labels.get("topo.by", "")),
            version=str(labels.get("topo.version", "")),
            text=str(labels.get(_WANTED, "")),
        )
        for labels in found
    )
    return tuple(sorted(entries, key=lambda one: one.number))


def entry(desired: Desired, before: tuple[Entry, ...], *, at: str, by: str, version: str) -> Entry:
    """What is about to be applied."""
    wanted = {
        str(where): redacted(desired.stack, one.spec)
        for several in (desired.networks, desired.volumes, desired.units)
        for where, one in several.items()
    }
    text = base64.b64encode(zlib.compress(canonical(wanted).encode(), 9)).decode()
    return Entry(number=before[-1].number + 1 if before else 1, at=at, by=by, version=version, text=text)


def name(stack: str, number: int) -> str:
    """What the engine calls the volume of an entry."""
    return f"topo.history.{stack}.{number}"


def body(stack: str, owner: str, made: Entry) -> dict[str, Any]:
    """The body of the call that writes an entry down."""
    return {
        "Name": name(stack, made.number),
        "Labels": {
            address.STACK: stack,
            address.OWNER: owner,
            address.FORMAT: address.CURRENT_FORMAT,
            address.HISTORY: str(made.number),
            "topo.at": made.at,
            "topo.by": made.by,
            "topo.version": made.version,
            _WANTED: made.text,
        },
    }
