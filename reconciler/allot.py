"""Ranges of host ports → one port for each replica.

A replica keeps the port that it has as long as the range holds it; a new one takes the lowest that nobody
has: no other replica, no other service, no container of others. So scaling up and down moves nobody, and a
port that was once told to somebody stays true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from reconciler.address import Address
from reconciler.fields import ports
from reconciler.state import Desired, Granularity, Observed, Unit
from reconciler.subnets import with_subnets
from topology.structs import replace


class _Ask(Struct, frozen=True, kw_only=True):
    """A range that a unit wants one port of: the text in its spec, taken apart."""

    at: Address
    text: str
    host_ip: str
    first: int
    last: int
    target: str

    @property
    def protocol(self) -> str:
        return self.target.rpartition("/")[2]

    def takes(self, number: int) -> str:
        """The text of the spec once it has this port."""
        return ports.text(self.host_ip, str(number), self.target)


class _Taken:
    """Host ports that somebody has."""

    def __init__(self) -> None:
        self._holders: dict[tuple[int, str], set[str]] = {}

    def add(self, host_ip: str, number: int, protocol: str) -> None:
        self._holders.setdefault((number, protocol), set()).add(host_ip)

    def has(self, host_ip: str, number: int, protocol: str) -> bool:
        return any(ports.meet(host_ip, other) for other in self._holders.get((number, protocol), ()))


def allot(desired: Desired, observed: Observed) -> Desired:
    """What is wanted with every range of host ports, subnet and digest settled; twice changes nothing more.

    Where a range has no free port left, its first one is wanted all the same, so that what holds it is named.
    """
    desired = with_subnets(desired, observed)
    if observed.traits.granularity is Granularity.SERVICE:
        from reconciler.digests import with_digests  # noqa: PLC0415  # plans for one engine never need it

        return with_digests(desired, observed)
    asks = [ask for unit in desired.units.values() for ask in _asks(unit)]
    if not asks:
        return desired
    taken = _fixed(desired)
    given = dict(_kept(asks, _ports_now(desired, observed), taken))
    foreign = _foreign(desired, observed)
    for ask in asks:
        if ask not in given:
            number = _lowest(ask, taken, foreign)
            taken.add(ask.host_ip, number, ask.protocol)
            given[ask] = ask.takes(number)
    settled = {(ask.at, ask.text): text for ask, text in given.items()}
    return replace(desired, units={at: _settled(unit, settled) for at, unit in desired.units.items()})


def _asks(unit: Unit) -> Iterator[_Ask]:
    for text in unit.spec.get("ports", ()):
        host_ip, published, target = ports.split(text)
        first, dash, last = published.partition("-")
        if dash:
            yield _Ask(
                at=unit.address,
                text=text,
                host_ip=host_ip,
                first=int(first),
                last=int(last),
                target=target,
            )


def _fixed(desired: Desired) -> _Taken:
    taken = _Taken()
    for unit in desired.units.values():
        for host_ip, published, target in map(ports.split, unit.spec.get("ports", ())):
            if published.isdigit():
                taken.add(host_ip, int(published), target.rpartition("/")[2])
    return taken


def _ports_now(desired: Desired, observed: Observed) -> Mapping[Address, list[str]]:
    """The ports that each address has; those of its own container before those of leftovers."""
    found: dict[Address, list[str]] = {}
    names = {unit.address: unit.name for unit in desired.units.values()}
    for live in sorted(observed.units, key=lambda one: (one.name != names.get(one.address), one.id)):
        found.setdefault(live.address, []).extend(live.spec.get("ports", ()))
    return found


def _kept(asks: list[_Ask], now: Mapping[Address, list[str]], taken: _Taken) -> Iterator[tuple[_Ask, str]]:
    """Who already has a port of its range, and that nobody before it in the file does."""
    for ask in asks:
        for host_ip, published, target in map(ports.split, now.get(ask.at, ())):
            fits = (host_ip, target) == (ask.host_ip, ask.target) and published.isdigit()
            if not fits or not ask.first <= int(published) <= ask.last:
                continue
            if not taken.has(host_ip, int(published), ask.protocol):
                taken.add(host_ip, int(published), ask.protocol)
                yield ask, ask.takes(int(published))
                break


def _foreign(desired: Desired, observed: Observed) -> _Taken:
    """What containers of others hold."""
    taken = _Taken()
    for holder in observed.holders:
        if (holder.stack, holder.owner) != (desired.stack, desired.owner):
            for host_ip, number, protocol in holder.ports:
                taken.add(host_ip, number, protocol)
    return taken


def _lowest(ask: _Ask, taken: _Taken, foreign: _Taken) -> int:
    """The lowest free port; one that others hold only if there is no better."""
    free = [
        number
        for number in range(ask.first, ask.last + 1)
        if not taken.has(ask.host_ip, number, ask.protocol)
    ]
    best = (number for number in free if not foreign.has(ask.host_ip, number, ask.protocol))
    return next(best, free[0] if free else ask.first)


def _settled(unit: Unit, settled: Mapping[tuple[Address, str], str]) -> Unit:
    wanted = unit.spec.get("ports", ())
    given = sorted(settled.get((unit.address, text), text) for text in wanted)
    return replace(unit, spec={**unit.spec, "ports": given}) if given != list(wanted) else unit
