"""What was applied, by whom and when, kept in the engine itself: a volume whose labels hold what was wanted.

Each apply writes one down before its first step, so that what was meant is known also where it was cut off.
The newest is kept, and the newest that wanted something else: a retry, or a repair of drift, is not what one
wants to go back to. One that failed is marked so, by a volume of its own, for the labels of a volume never
change: nobody goes back to it, and it does not push out what was well. Secrets stand in them as digests, as
in every label.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict

from reconciler import address
from reconciler.record import canonical, redacted
from reconciler.state import Desired, Spec

_WANTED: Final = "topo.wanted"
_FAILED: Final = "topo.failed"


class Thing(Struct, frozen=True, kw_only=True):
    """What was wanted at one address: its spec, its name on the engine, the digest of its build context."""

    name: str
    spec: Spec
    build: str = ""
    external: bool = False


class Byline(Struct, frozen=True, kw_only=True):
    """Whose apply it is: `by` is USER@HOST, `at` a moment as ISO 8601 writes it, `version` topo's."""

    by: str
    at: str
    version: str


class Entry(Struct, frozen=True, kw_only=True, dict=True):
    """One apply. `at`, `by` and `version` are those of its byline."""

    number: int
    at: str
    by: str
    version: str
    text: str
    failed: bool = False

    @cached_property
    def wanted(self) -> Mapping[str, Thing]:
        """All that was wanted, by address; empty where that cannot be read."""
        try:
            return {str(at): Thing(**said) for at, said in self.raw.items()}
        except (TypeError, AttributeError):
            return {}

    @cached_property
    def raw(self) -> Mapping[str, Any]:
        """The same as it was written down."""
        try:
            found = json.loads(zlib.decompress(base64.b64decode(self.text)))
        except (ValueError, zlib.error):
            return {}
        return found if isinstance(found, dict) else {}


def read(volumes: Iterable[Mapping[str, Any]], stack: str, owner: str) -> tuple[Entry, ...]:
    """What was applied of a stack, the oldest first."""
    found = [
        labels
        for raw in volumes
        if (labels := raw.get("Labels") or {}).get(address.STACK) == stack
        and labels.get(address.OWNER) == owner
        and str(labels.get(address.HISTORY, "")).isdigit()
    ]
    failed = {labels[address.HISTORY] for labels in found if _FAILED in labels}
    entries = (
        Entry(
            number=int(labels[address.HISTORY]),
            at=str(labels.get("topo.at", "")),
            by=str(labels.get("topo.by", "")),
            version=str(labels.get("topo.version", "")),
            text=str(labels.get(_WANTED, "")),
            failed=labels[address.HISTORY] in failed,
        )
        for labels in found
        if _FAILED not in labels
    )
    return tuple(sorted(entries, key=lambda one: one.number))


def entry(
    desired: Desired,
    builds: Mapping[str, str],
    before: tuple[Entry, ...],
    byline: Byline,
    left: Collection[str] = (),
) -> Entry:
    """What is about to be applied; `builds`: service → digest of its build context.

    Of the addresses that are left as they are, it is what was applied of them before.
    """
    wanted: dict[str, dict[str, Any]] = {
        str(where): {"name": one.name, "spec": redacted(desired.seal, one.spec), "external": one.external}
        for several in (desired.networks, desired.volumes)
        for where, one in several.items()
    }
    for where, unit in desired.units.items():
        spec = redacted(desired.seal, unit.spec)
        wanted[str(where)] = {"name": unit.name, "spec": spec, "build": builds.get(where.name, "")}
    good = next((one.raw for one in reversed(before) if not one.failed), {})
    wanted = {where: said for where, said in wanted.items() if where not in left}
    wanted |= {where: good[where] for where in left if where in good}
    text = base64.b64encode(zlib.compress(canonical(wanted).encode(), 9)).decode()
    return Entry(number=before[-1].number + 1 if before else 1, text=text, **asdict(byline))


def previous(entries: Sequence[Entry]) -> Entry | None:
    """The newest entry that wanted something else than the last one, and did not fail."""
    found = (one for one in reversed(entries) if one.text != entries[-1].text and not one.failed)
    return next(found, None)


def outdated(before: Sequence[Entry], made: Entry) -> tuple[Entry, ...]:
    """The entries that nobody needs any more once `made` is written down."""
    kept = previous((*before, made))
    return tuple(one for one in before if one is not kept)


def name(stack: str, number: int) -> str:
    """What the engine calls the volume of an entry."""
    return f"topo.history.{stack}.{number}"


def volumes(stack: str, entry: Entry) -> tuple[str, ...]:
    """All volumes of an entry."""
    whole = name(stack, entry.number)
    return (whole, _mark(whole)) if entry.failed else (whole,)


def _mark(name: str) -> str:
    return f"{name}.failed"


def failure(stack: str, owner: str, number: int) -> dict[str, Any]:
    """The body of the call that marks an entry as one that failed."""
    return {"Name": _mark(name(stack, number)), "Labels": {**_labels(stack, owner, number), _FAILED: "1"}}


def _labels(stack: str, owner: str, number: int) -> dict[str, str]:
    return {
        address.STACK: stack,
        address.OWNER: owner,
        address.FORMAT: address.CURRENT_FORMAT,
        address.HISTORY: str(number),
    }


def body(stack: str, owner: str, made: Entry) -> dict[str, Any]:
    """The body of the call that writes an entry down."""
    return {
        "Name": name(stack, made.number),
        "Labels": {
            **_labels(stack, owner, made.number),
            "topo.at": made.at,
            "topo.by": made.by,
            "topo.version": made.version,
            _WANTED: made.text,
        },
    }
