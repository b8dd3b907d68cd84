"""What was applied before, as something to be wanted again.

The engine remembers specs with secrets as digests, and of files and build contexts digests alone. So what
was wanted then can be wanted again as far as the values are still at hand: in the stack file, or in a
container that runs. What is not is told as an obstacle, and nothing is done by halves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.address import Address, Kind
from reconciler.diff import Obstacle
from reconciler.fields import SERVICE
from reconciler.history import Entry, Thing
from reconciler.record import deep, digest, is_digest, renewed, texts
from reconciler.resealed import table
from reconciler.state import Desired, Observed, Shared, Spec, Unit
from topology.structs import replace

_SENSITIVE = tuple(row.name for row in SERVICE if row.sensitive)
_CONTENTS = ("contents", "secrets", "configs")


def before(last: Entry, desired: Desired, observed: Observed) -> tuple[Desired, tuple[Obstacle, ...]]:
    """The stack as `last` had it, and what cannot be had again; `desired` is what the file says now."""
    known = table(desired, _all_specs(desired, observed)) if desired.drawn else {}
    things = {
        at: replace(thing, spec=renewed(thing.spec, known))
        for text, thing in last.wanted.items()
        if (at := Address.parse(text)) is not None
    }
    units = {
        at: _unit(at, thing, desired, observed) for at, thing in things.items() if at.kind is Kind.SERVICE
    }
    shared = {
        at: Shared(address=at, name=one.name, spec=_known(at, one, desired, observed), external=one.external)
        for at, one in things.items()
    }
    wanted = replace(
        desired,
        units=units,
        networks={at: one for at, one in shared.items() if at.kind is Kind.NETWORK},
        volumes={at: one for at, one in shared.items() if at.kind is Kind.VOLUME},
        missing=(),
    )
    lost = [one for at, unit in units.items() for one in _lost(at, unit, things[at], desired, observed)]
    lost += [
        _gone(at, "it had a secret in it, of which only a digest is kept")
        for at, one in shared.items()
        if at.kind is not Kind.SERVICE and any(map(is_digest, texts(one.spec)))
    ]
    return wanted, tuple(lost)


def _all_specs(desired: Desired, observed: Observed) -> Iterator[Spec]:
    """Wherever the value behind a digest may be found."""
    for several in (desired.units, desired.networks, desired.volumes):
        yield from (one.spec for one in several.values())
    for there in (observed.units, observed.networks, observed.volumes):
        yield from (one.spec for one in there)


def _known(at: Address, thing: Thing, desired: Desired, observed: Observed) -> Spec:
    """The spec of a network or volume; what a digest in it stands for, its present form may tell."""
    wanted = (several[at].spec for several in (desired.networks, desired.volumes) if at in several)
    live = (one.spec for one in (*observed.networks, *observed.volumes) if one.name == thing.name)
    spec: Spec = _put_back(desired.seal, thing.spec, (*wanted, *live))
    return spec


def _unit(at: Address, thing: Thing, desired: Desired, observed: Observed) -> Unit:
    """What is no part of a spec, such as what it waits for, is as in the file now, if it has the service."""
    known = desired.units.get(at) or next(
        (u for one, u in desired.units.items() if one.name == at.name), None
    )
    spec = {name: _restored(name, value, at, desired, observed) for name, value in thing.spec.items()}
    if known is None:
        return Unit(address=at, name=thing.name, spec=spec)
    return replace(known, address=at, name=thing.name, spec=spec)


def _restored(name: str, value: Any, at: Address, desired: Desired, observed: Observed) -> Any:
    if name not in _SENSITIVE:
        return _put_back(desired.seal, value, _specs(at, desired, observed))
    at_hand = _values(name, at, desired, observed)
    return {key: at_hand.get(key, {}).get(seen, seen) for key, seen in value.items()}


def _values(name: str, at: Address, desired: Desired, observed: Observed) -> Mapping[str, Mapping[str, str]]:
    """Key → digest → value, of all that the service has or is to have now."""
    found: dict[str, dict[str, str]] = {}
    for spec in _specs(at, desired, observed):
        for key, value in spec.get(name, {}).items():
            found.setdefault(key, {})[digest(desired.seal, value)] = value
    return found


def _put_back(seal: str, value: Any, specs: Iterable[Spec]) -> Any:
    """The value with each digest in it replaced by what it stands for, where one of the specs has that."""
    if not any(map(is_digest, texts(value))):
        return value
    known = {digest(seal, text): text for spec in specs for text in texts(spec)}
    return deep(value, lambda _key, text: known.get(text, text))


def _specs(at: Address, desired: Desired, observed: Observed) -> Iterator[Spec]:
    yield from (unit.spec for one, unit in desired.units.items() if one.name == at.name)
    yield from (live.spec for live in observed.units if live.address.name == at.name)


def _lost(at: Address, unit: Unit, thing: Thing, desired: Desired, observed: Observed) -> Iterable[Obstacle]:
    for name in _SENSITIVE:
        for key, value in unit.spec.get(name, {}).items():
            if value == thing.spec[name][key] and is_digest(value):
                yield _gone(at, f"{name}.{key} had another value, of which only a digest is kept")
    for name, value in unit.spec.items():
        if name not in {*_SENSITIVE, _CONTENTS} and any(map(is_digest, texts(value))):
            yield _gone(at, f"{name} had a secret in it, of which only a digest is kept")
    for field in _CONTENTS:
        now = desired.units[at].spec.get(field, {}) if at in desired.units else {}
        for target, seen in thing.spec.get(field, {}).items():
            if now.get(target, "").partition(" #")[0] != seen.partition(" #")[0]:
                yield _gone(at, f"the file at {target} had other content, of which only a digest is kept")
    if unit.build is not None and thing.build != observed.builds.get(at.name, ""):
        yield _gone(at, f"its image {unit.image} was built from other files")


def _gone(at: Address, why: str) -> Obstacle:
    return Obstacle(
        address=at,
        message=f"what was applied before cannot be had again: {why}",
        mend="check out the stack file of then with its files, and apply that",
        path=(f"{at.kind.value}s", at.name),
    )
