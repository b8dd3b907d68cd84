"""Links: each is a need, so it must lead somewhere, and by name."""

from __future__ import annotations

from collections.abc import Iterator

from topology.findings import Finding, Severity
from topology.graph import BRIDGE, Mode, Tie, Topology
from topology.nearest import asked
from topology.reach import Source, by_name, reach, resolves
from topology.rules.case import Case


def unmet_links(case: Case) -> Iterator[Finding]:
    """T110: a link is a need, so its alias must lead to the target over a common network."""
    for name, member in case.topology.members.items():
        for tie in member.ties:
            if why := _unmet(case.topology, name, tie):
                yield Finding(
                    code="T110",
                    severity=Severity.ERROR,
                    message=f"link of {name} to {tie.target} leads nowhere",
                    path=tie.path,
                    label=why,
                    mend=_mend_link(case.topology, name, tie),
                )


def _unmet(topology: Topology, name: str, tie: Tie) -> str:
    """Why a link is not satisfied; empty when it is."""
    if tie.target not in topology.members:
        return f"there is no service {tie.target}"
    if (
        topology.members[name].mode is not Mode.NETWORKS
        or topology.members[tie.target].mode is not Mode.NETWORKS
    ):
        return by_name(topology, name, tie.target).reason or f"{name} has no networks of its own"
    found = resolves(topology, name, tie.alias)
    if found.source is Source.HOSTS:
        return f"{name} has {tie.alias} in its own /etc/hosts, which wins"
    both = topology.standings[name].peers & topology.standings[tie.target].peers
    if found.holders == (tie.target,) and found.network in both:
        return ""
    if not both:
        return reach(topology, name, tie.target).text
    if found.network is None:
        return f"nobody answers for {tie.alias}: Docker's default bridge has no names"
    return f"{tie.alias} resolves on {found.network}, where containers may not talk"


def _mend_link(topology: Topology, name: str, tie: Tie) -> str:
    if tie.target not in topology.members:
        return asked(tie.target, topology.members)
    networks = topology.standings[tie.target].order
    if topology.members[name].mode is not Mode.NETWORKS or not networks or networks[-1] == BRIDGE:
        return "give both a network of their own"
    return f"put {name} on {networks[-1]}"
