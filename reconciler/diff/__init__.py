"""Desired against Observed → Changes: what differs, field by field, and why.

Three values meet in every field: what is *wanted* by the stack, what was *recorded* when topo last set
it, and what is *live*. Wanted ≠ live is a change; which of the two the recorded value sides with tells
its cause. The defaults of the engine and of the image are laid under wanted and recorded values first,
so a default is never a difference.
"""

from __future__ import annotations

from reconciler.address import Kind
from reconciler.diff.bound import afterwards
from reconciler.diff.changes import (
    Action,
    Cause,
    Change,
    Difference,
    FieldChange,
    Obstacle,
    SharedChange,
    UnitChange,
    action_of,
)
from reconciler.diff.following import follow_hosts, grounded
from reconciler.diff.overlaps import covering, exhausted, overlapping
from reconciler.diff.shared import compare, unwanted
from reconciler.diff.spanning import spanning
from reconciler.diff.taken import (
    builds_impossible,
    contents_absent,
    guests,
    images_absent,
    names_taken,
    ports_taken,
)
from reconciler.diff.units import compare_units
from reconciler.fields import VOLUME, of_networks
from reconciler.state import Desired, Observed

__all__ = [
    "Action",
    "Cause",
    "Change",
    "Difference",
    "FieldChange",
    "Obstacle",
    "SharedChange",
    "UnitChange",
    "action_of",
    "diff",
    "follow_hosts",
    "grounded",
]


def diff(desired: Desired, observed: Observed) -> Difference:
    """What has to change so that what is there becomes what is wanted; sorted by address."""
    changes: list[Change] = []
    obstacles: list[Obstacle] = []
    for table, wanted, live in (
        (of_networks(observed.traits), desired.networks, observed.networks),
        (VOLUME, desired.volumes, observed.volumes),
    ):
        found = [compare(table, desired, want, live) for want in wanted.values()]
        changes += [one for one in found if isinstance(one, SharedChange)]
        obstacles += [one for one in found if isinstance(one, Obstacle)]
    changes += unwanted(desired, desired.networks.values(), observed.networks)
    for kind in (Kind.SECRET, Kind.CONFIG):
        wants = [want for at, want in desired.kept.items() if at.kind is kind]
        there = [live for live in observed.kept if live.kind is kind]
        judged = [compare((), desired, want, there) for want in wants]
        changes += [one for one in judged if isinstance(one, SharedChange)]
        obstacles += [one for one in judged if isinstance(one, Obstacle)]
        changes += unwanted(desired, wants, there)
    obstacles += guests(changes, observed)
    obstacles += overlapping(changes, observed)
    obstacles += covering(changes, observed)
    obstacles += exhausted(changes, observed)
    obstacles += spanning(changes, observed)
    changes += compare_units(desired, observed, afterwards(desired, changes, observed))
    obstacles += names_taken(desired, observed)
    obstacles += ports_taken(desired, observed)
    obstacles += images_absent(desired, observed)
    obstacles += builds_impossible(desired, observed)
    obstacles += contents_absent(desired)
    return Difference(
        changes=tuple(sorted(changes, key=lambda change: change.address.order)),
        obstacles=tuple(sorted(obstacles, key=lambda one: one.address.order)),
    )
