"""Two topologies → what is gained and lost between them, as a report. Only a plan with steps needs it."""

from __future__ import annotations

from cli.report.plan import Reachability, ReachLine
from topology.graph import Topology
from topology.reach import difference, named
from topology.reach.change import Shift


def reachability(before: Topology, after: Topology) -> Reachability:
    """Who can reach more, and who less, once `before` has become `after`."""
    found = difference(before, after)
    return Reachability(
        gained=tuple(map(_shift, found.gained)),
        lost=tuple(map(_shift, found.lost)),
        complete=found.complete,
    )


def _shift(shift: Shift) -> ReachLine:
    return ReachLine(source=named(shift.source), target=named(shift.target), path=shift.routes[0].text)
