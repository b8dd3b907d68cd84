"""What a name means to a container: /etc/hosts, links, the engine's DNS per network, in that order."""

from __future__ import annotations

import enum
from collections.abc import Iterator

from msgspec import Struct

from topology.graph import Member, Mode, Place, Topology
from topology.reach.verdict import End, named


class Naming(enum.Enum):
    """Does one of a service's names lead to it?"""

    YES = "yes"
    NO = "no"
    AMBIGUOUS = "ambiguous"


class Source(enum.Enum):
    """Who answers for a name."""

    HOSTS = "/etc/hosts"
    LINK = "link"
    NETWORK = "network"
    UPSTREAM = "upstream"
    NOBODY = "nobody"


class Resolution(Struct, frozen=True, kw_only=True):
    """What `name` resolves to for `client`: the members that hold it on the first `network` that knows it.

    With Source.HOSTS and no holder, `address` is what the file says.
    """

    client: str
    name: str
    source: Source
    network: str | None = None
    holders: tuple[str, ...] = ()
    address: str | None = None


class ByName(Struct, frozen=True, kw_only=True):
    """Whether `source` reaches `target` by a name of its own, with the name that shows it."""

    answer: Naming
    name: str | None = None
    network: str | None = None
    others: tuple[str, ...] = ()
    reason: str = ""


def resolves(topology: Topology, client: str, name: str) -> Resolution:
    """What `client` gets for `name` (cases 12i, 13c, 18g and 18h; priorities as on 28.5).

    `extra_hosts` and its own hostname win, then its links, then the first of its networks on which the name
    has a holder answers with all its holders and no other is asked. Upper and lower case are one.
    """
    wanted = name.lower().rstrip(".")
    holder = topology.holders[client]
    if found := _from_hosts(holder, client, name, wanted):
        return found
    if holder.mode is Mode.HOST:
        return Resolution(client=client, name=name, source=Source.UPSTREAM)
    for found in (
        *_from_links(topology, holder, client, name, wanted),
        *_from_networks(topology, holder, client, name, wanted),
    ):
        return found
    exits = topology.standings[client].gateway or topology.standings[client].lan
    return Resolution(client=client, name=name, source=_beyond(topology, exits))


def by_name(topology: Topology, source: End, target: End) -> ByName:
    """Whether one of `target`'s names resolves for `source` to it alone, on a network where it is direct."""
    if isinstance(source, Place) or isinstance(target, Place):
        return ByName(
            answer=Naming.NO, reason=f"{named(source)} and {named(target)} have no names in Docker's DNS"
        )
    if topology.holders[target].name != target:
        holder = topology.holders[target].name
        return ByName(
            answer=Naming.NO, reason=f"{target} lives in {holder}'s network: only {holder} has a name"
        )
    shared: ByName | None = None
    for name in _candidates(topology, source, target):
        found = _judge(topology, source, target, resolves(topology, source, name))
        if found.answer is Naming.YES:
            return found
        shared = shared or (found if found.answer is Naming.AMBIGUOUS else None)
    return shared or ByName(answer=Naming.NO, reason=_nameless(topology, source, target))


def _judge(topology: Topology, source: str, target: str, found: Resolution) -> ByName:
    direct = found.network in topology.standings[source].peers & topology.standings[target].peers
    if target not in found.holders or not direct:
        return ByName(answer=Naming.NO)
    others = tuple(one for one in found.holders if one != target)
    answer = Naming.AMBIGUOUS if others else Naming.YES
    reason = f"{found.name} is also a name of {', '.join(others)} on {found.network}" if others else ""
    if not others and topology.members[target].virtual and not found.name.startswith("tasks."):
        reason = "by a virtual address, which takes IPVS on the nodes"
    return ByName(answer=answer, name=found.name, network=found.network, others=others, reason=reason)


def _candidates(topology: Topology, source: str, target: str) -> Iterator[str]:
    """The names that the file gives: own names, link aliases, then aliases by network."""
    member = topology.members[target]
    yield from member.names
    yield from (tie.alias for tie in topology.holders[source].ties if tie.target == target)
    common = set(topology.holders[source].joints) & set(member.joints)
    for network in sorted(common):
        yield from member.joints[network].aliases


def _nameless(topology: Topology, source: str, target: str) -> str:
    common = topology.standings[source].peers & topology.standings[target].peers
    if not common:
        return "no common network"
    if not any(topology.segments[name].has_names for name in common):
        return f"containers on {sorted(common)[0]} have no names"
    found = resolves(topology, source, target)
    held = ", ".join(found.holders) or found.address or found.source.value
    return f"{target} means {held} to {source}"


def _from_hosts(holder: Member, client: str, name: str, wanted: str) -> Resolution | None:
    """What /etc/hosts says: `extra_hosts` stand before the own hostname there (cases 18g and 18h)."""
    for known, address in holder.hosts.items():
        if known.lower() == wanted:
            return Resolution(client=client, name=name, source=Source.HOSTS, address=address)
    if holder.hostname and holder.hostname.lower() == wanted:
        return Resolution(client=client, name=name, source=Source.HOSTS, holders=(holder.name,))
    return None


def _from_links(
    topology: Topology, holder: Member, client: str, name: str, wanted: str
) -> Iterator[Resolution]:
    """A renaming link means its target's name, whoever holds that, on the first network with its target.

    It goes before what is called the same, and as with any name, `NAME.NETWORK` is that name on one network
    (cases 13a to 13c). A link that renames nothing is not told to the engine, nor are links on `bridge`.
    """
    for tie in holder.ties:
        other = topology.members.get(tie.target)
        if other is None or tie.alias == tie.target:
            continue
        for network in topology.standings[client].order:
            segment = topology.segments[network]
            full = f"{tie.alias}.{segment.engine_name}"
            if segment.has_names and network in other.joints and wanted in {tie.alias.lower(), full.lower()}:
                held = tuple(sorted(topology.called[network].get(tie.target.lower(), ())))
                yield Resolution(client=client, name=name, source=Source.LINK, network=network, holders=held)


def _from_networks(
    topology: Topology, holder: Member, client: str, name: str, wanted: str
) -> Iterator[Resolution]:
    for network in topology.standings[client].order:
        held = tuple(sorted(topology.called[network].get(wanted, ())))
        if held:
            yield Resolution(client=client, name=name, source=Source.NETWORK, network=network, holders=held)


def _beyond(topology: Topology, leads_out: str | None) -> Source:
    """From 25.0 a container on internal networks alone asks no upstream server (case 5i)."""
    asks = leads_out or topology.assumptions.engine.internal_meets_every_host_address
    return Source.UPSTREAM if asks else Source.NOBODY
