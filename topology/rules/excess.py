"""What can be reached without need: grouped by network, the pairs that matter most first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from topology.findings import Finding, Path, Severity
from topology.graph import Topology
from topology.images import Role
from topology.reach import Kind, listed, pairs
from topology.rules.case import Case
from topology.rules.needs import Excess, Needs, excesses, holder_of, needs_of

SHOWN = 3
"""How many pairs a finding names."""

WEIGHT = {"deny": Severity.ERROR, "warn": Severity.WARNING}


def excess_reach(case: Case) -> Iterator[Finding]:
    """T120 to T122: pairs that reach each other though neither said so, one finding for each network."""
    severity = WEIGHT.get(case.stack.policy.default)
    if severity is None:
        return
    needs = needs_of(case.topology)
    found = tuple(excesses(case.topology, needs))
    if not needs.wanted:
        yield from _undeclared(case, found, severity)
        return
    for one in found:
        if one.pairs:
            yield _excess(case, needs, one, severity)
    yield from _host_reach(case, needs, severity)
    yield from _backwards(case, found)


def _excess(case: Case, needs: Needs, excess: Excess, severity: Severity) -> Finding:
    return Finding(
        code="T120",
        severity=severity,
        message=f"{excess.network} lets {_pairs_text(excess.pairs)} that nothing asks for reach each other",
        path=_network_path(case, excess.network),
        label=_examples(case, needs, excess) + _weak_text(excess.weak),
        mend=_cheapest(case, excess),
    )


def _undeclared(case: Case, found: tuple[Excess, ...], severity: Severity) -> Iterator[Finding]:
    """T121: one finding for a file that says of no service what it needs."""
    open_ones = [one for one in found if one.pairs]
    if not open_ones:
        return
    total = sum(one.pairs for one in open_ones)
    widest = max(open_ones, key=lambda one: one.pairs)
    yield Finding(
        code="T121",
        severity=severity,
        message=f"no service says what it needs, and {_pairs_text(total)} can reach each other",
        path=("services",),
        label=_examples(case, Needs(wanted=frozenset(), weak=frozenset()), widest),
        mend="say with links who opens connections to whom; then topo suggest writes the networks",
    )


def _backwards(case: Case, found: tuple[Excess, ...]) -> Iterator[Finding]:
    """T122: what is linked one way is open the other way too."""
    back = list(dict.fromkeys(pair for one in found for pair in one.back))
    if not back:
        return
    yield Finding(
        code="T122",
        severity=Severity.NOTE,
        message=f"{_pairs_text(len(back))} can be opened in the other direction of a need",
        path=("services",),
        label=listed(_some([f"{source} -> {target}" for source, target in back])),
        mend="where that matters put a proxy that opens one port in between",
    )


def _host_reach(case: Case, needs: Needs, severity: Severity) -> Iterator[Finding]:
    """A service in the host's network reaches every container."""
    topology = case.topology
    if not topology.on_host:
        return
    reached = next((group.targets for group in pairs(topology).groups if group.kind is Kind.HOST), ())
    for name in topology.on_host:
        excess = [one for one in reached if not _asked(topology, needs, name, one)]
        if excess:
            reached_by_it = listed(_some([f"{name} -> {one}" for one in excess]))
            yield Finding(
                code="T120",
                severity=severity,
                message=f"{name} shares the host's network and reaches {_services(len(excess))} without need",
                path=(*topology.members[name].path, "network_mode"),
                label=f"{reached_by_it}; whoever has a network reaches it",
                mend="give it networks of its own and publish its ports",
            )


def _asked(topology: Topology, needs: Needs, source: str, target: str) -> bool:
    """One of the two said that it needs the other."""
    one, other = holder_of(topology, source), holder_of(topology, target)
    return (one, other) in needs.wanted or (other, one) in needs.wanted


def _services(count: int) -> str:
    return f"{count:,} service" if count == 1 else f"{count:,} services"


def _pairs_text(count: int) -> str:
    return f"{count:,} pair" if count == 1 else f"{count:,} pairs"


def _some(texts: list[str]) -> list[str]:
    return texts[:SHOWN] + ([f"{len(texts) - SHOWN:,} more"] if len(texts) > SHOWN else [])


def _weak_text(weak: int) -> str:
    return f"; {_pairs_text(weak)} counted as needed by depends_on alone" if weak else ""


def _network_path(case: Case, network: str) -> Path:
    return ("networks", network) if network in case.stack.networks else ("services",)


def _examples(case: Case, needs: Needs, excess: Excess) -> str:
    """The pairs that matter most: edge proxy to data store, anybody to a data store, anybody to anybody."""
    found = list(islice(_notable(case, needs, excess), SHOWN))
    more = [f"{excess.pairs - len(found):,} more"] if excess.pairs > len(found) else []
    return listed(found + more)


def _notable(case: Case, needs: Needs, excess: Excess) -> Iterator[str]:
    back = frozenset(excess.back)
    edges = [name for name in excess.holders if case.roles.get(name) is Role.EDGE]
    stores = [name for name in excess.holders if case.roles.get(name) is Role.STORE]
    rounds: tuple[tuple[Iterable[str], Iterable[str], str], ...] = (
        (edges, stores, " (edge proxy to data store)"),
        (excess.holders, stores, ""),
        (excess.holders, excess.holders, ""),
    )
    told = set()
    for sources, targets, note in rounds:
        for pair in ((source, target) for source in sources for target in targets if source != target):
            if pair not in needs.wanted and pair not in back and pair not in told:
                told.add(pair)
                yield _pair_text(case.topology, *pair) + note


def _pair_text(topology: Topology, source: str, target: str) -> str:
    ports = topology.members[target].ports
    return f"{source} -> {target}" + (f":{ports[0][0]}" if ports else "")


def _cheapest(case: Case, excess: Excess) -> str:
    """Who has no business on the network goes; else a data store gets a network with its clients."""
    busy = {end for pair in excess.needed for end in pair}
    idle = [name for name in excess.holders if name not in busy]
    if idle and len(excess.holders) > 2:
        whom = "it" if len(idle) == 1 else "them"
        return f"take {listed(_some(idle))} off {excess.network}: nothing there needs {whom}"
    stores = [name for name in excess.holders if case.roles.get(name) is Role.STORE]
    for store in stores:
        clients = sorted(source for source, target in excess.needed if target == store)
        if clients and len(clients) + 1 < len(excess.holders):
            return f"put {store} on a network of its own with {listed(clients)}"
    return "give each link a network of its own"
