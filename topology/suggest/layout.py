"""Needs → networks: who is to be on which, under which name, and which networks go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

from msgspec import Struct, field

from topology.graph import Mode, Topology
from topology.rules.needs import needs_of
from topology.suggest.cover import cover

LONGEST = 40
"""Characters of a name that is made of its members' names."""


class Net(Struct, frozen=True, kw_only=True):
    """A network and the services on it; `kept` stands in the stack already."""

    name: str
    members: tuple[str, ...]
    internal: bool = False
    kept: bool = False


class Layout(Struct, frozen=True, kw_only=True):
    """The networks of the services that can be moved.

    `joins` has the networks of each moved service, those included that were left as they are. `exact`: fewer
    networks would not do.
    """

    nets: tuple[Net, ...]
    joins: Mapping[str, tuple[str, ...]]
    gone: tuple[str, ...] = ()
    exact: bool = True


class _Draft(Struct):
    """Groups that still want a name."""

    topology: Topology
    groups: list[tuple[frozenset[str], bool]] = field(default_factory=list)
    named: dict[str, int] = field(default_factory=dict)


def layout(topology: Topology) -> Layout:
    """Networks on which two services meet only if one of them needs the other.

    Nobody gains or loses the way beyond the host. Networks that are external, silent, without an address of
    the host or not of the usual kind stay with whom they have: what else depends on them is not known here.
    """
    movable = frozenset(_movable(topology))
    found = cover(_to_join(topology, movable))
    draft = _Draft(topology)
    for clique in found.cliques:
        draft.groups.append((clique, any(topology.standings[one].exit is None for one in clique)))
    draft.groups += _alone(topology, movable, draft.groups)
    _reuse(draft)
    nets = tuple(_nets(draft))
    return Layout(
        nets=nets, joins=_joins(topology, movable, nets), gone=_gone(topology, nets), exact=found.exact
    )


def _movable(topology: Topology) -> Iterator[str]:
    """Holders of a network stack with networks of their own."""
    for name, member in topology.members.items():
        own = topology.holders[name].name == name and member.mode is Mode.NETWORKS
        if own and member.joints and not _is_bound(topology, name):
            yield name


def is_fixed(topology: Topology, network: str) -> bool:
    """A network that is left alone."""
    segment = topology.segments[network]
    is_odd = segment.is_bridge and (segment.inhibit_ipv4 or not segment.icc)
    if segment.external or segment.driver != topology.driver or is_odd:
        return True
    return any(_is_bound(topology, name) for name in topology.attached[network])


def _is_bound(topology: Topology, name: str) -> bool:
    """Beside a bridge without an address that is not internal, names of networks decide who gets out."""
    joined = (topology.segments[one] for one in topology.members[name].joints)
    return any(one.is_bridge and one.inhibit_ipv4 and not one.internal for one in joined)


def _to_join(topology: Topology, movable: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Pairs that need each other and do not meet on a network that stays."""
    for source, target in needs_of(topology).wanted:
        if source in movable and target in movable and source != target:
            common = topology.standings[source].peers & topology.standings[target].peers
            if not any(is_fixed(topology, network) for network in common):
                yield source, target


def _alone(
    topology: Topology, movable: frozenset[str], groups: list[tuple[frozenset[str], bool]]
) -> list[tuple[frozenset[str], bool]]:
    """A network of its own for who would be left without any, or without the way out that it has."""
    found = []
    for name in sorted(movable):
        fixed = [network for network in topology.members[name].joints if is_fixed(topology, network)]
        mine = [internal for clique, internal in groups if name in clique]
        has_exit = topology.standings[name].exit is not None
        is_out = not all(mine) or any(_leads_out(topology, network) for network in fixed)
        if (has_exit and not is_out) or not (mine or fixed):
            found.append((frozenset({name}), not has_exit))
    return found


def _leads_out(topology: Topology, network: str) -> bool:
    segment = topology.segments[network]
    return not segment.internal and (segment.is_overlay or (segment.is_bridge and not segment.inhibit_ipv4))


def _reuse(draft: _Draft) -> None:
    """Names of networks that are there already, to those of the new ones that are most like them."""
    likeness = sorted(
        (-_like(draft.topology, name, *group), name, number)
        for number, group in enumerate(draft.groups)
        for name in draft.topology.segments
    )
    for like, name, number in likeness:
        if like < 0 and name not in draft.named and number not in draft.named.values():
            draft.named[name] = number


def _like(topology: Topology, network: str, members: frozenset[str], internal: bool) -> float:
    """How much of a network a group is; 0 where it could not take its place."""
    segment, here = topology.segments[network], frozenset(topology.attached[network])
    if is_fixed(topology, network) or segment.internal != internal or not segment.has_names:
        return 0.0
    if network == "default" and here != members:
        return 0.0
    return len(members) / len(here) if members <= here else 0.0


def _nets(draft: _Draft) -> Iterator[Net]:
    order = {name: number for number, name in enumerate(draft.topology.members)}
    names = {number: name for name, number in draft.named.items()}
    taken = set(draft.topology.segments)
    shared = _shared_stem(draft.topology.members)
    for number, (clique, internal) in enumerate(draft.groups):
        members = tuple(sorted(clique, key=lambda name: order[name]))
        kept = number in names
        name = names[number] if kept else _new_name(members, shared, taken)
        taken.add(name)
        yield Net(name=name, members=members, internal=internal, kept=kept)


def _shared_stem(names: Iterable[str]) -> str:
    """What all services are called before their own part: `shop-` of shop-web and shop-db."""
    known = sorted(names)
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(known[0], known[-1], strict=False))
    common = "".join(letter for letter, _ in alike)
    stem = common[: max(common.rfind("-"), common.rfind("_")) + 1]
    return stem if len(known) > 2 and all(len(name) > len(stem) for name in known) else ""


def _new_name(members: tuple[str, ...], shared: str, taken: Iterable[str]) -> str:
    """`app_db`; `app_net` for one alone, and a number where that is taken."""
    stems = [re.sub(r"[^A-Za-z0-9_.-]", "_", name.removeprefix(shared)) for name in members]
    name = "_".join(stems) if len(stems) > 1 else f"{stems[0]}_net"
    if len(name) > LONGEST:
        name = f"{stems[0][:LONGEST]}_and_{len(stems) - 1}_more" if len(stems) > 2 else name[:LONGEST]
    numbered = (f"{name}_{number}" for number in range(2, len(list(taken)) + 3))
    return name if name not in taken else next(one for one in numbered if one not in taken)


def _joins(topology: Topology, movable: frozenset[str], nets: tuple[Net, ...]) -> dict[str, tuple[str, ...]]:
    """For each movable service its networks, those that it keeps in the order that it has them."""
    found: dict[str, tuple[str, ...]] = {}
    wanted: dict[str, list[str]] = {name: [] for name in movable}
    for net in nets:
        for member in net.members:
            wanted[member].append(net.name)
    for name in topology.members:
        if name in movable:
            old = topology.members[name].joints
            stays = [one for one in old if one in wanted[name] or is_fixed(topology, one)]
            found[name] = (*stays, *(one for one in wanted[name] if one not in stays))
    return found


def _gone(topology: Topology, nets: tuple[Net, ...]) -> tuple[str, ...]:
    """Networks that nobody is on any more."""
    kept = {net.name for net in nets}
    return tuple(
        name
        for name, attached in topology.attached.items()
        if attached and name not in kept and not is_fixed(topology, name)
    )
