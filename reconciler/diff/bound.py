"""What becomes of networks, and which containers cannot do without those that go.

Newer engines neither start nor attach a container without the network that it was made for.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from reconciler.address import Kind
from reconciler.diff.changes import Action, Cause, Change, FieldChange, SharedChange
from reconciler.fields import Reach
from reconciler.state import LiveUnit, Observed, Unit

_ENDING = frozenset({Action.REMOVE, Action.REPLACE})


class Afterwards(Struct, frozen=True, kw_only=True):
    """The networks of an engine once some changes are made.

    Attributes:
        made_anew: those that were removed and created again, by their names.
        there: all, by their names and ids; those to come by name alone.
    """

    made_anew: frozenset[str]
    there: frozenset[str]

    def have(self, called: str) -> bool:
        """Whether one is called so; the beginning of an id will do."""
        return called in self.there or any(one.startswith(called) for one in self.there)


def afterwards(changes: Iterable[Change], observed: Observed) -> Afterwards:
    """What becomes of the networks."""
    ours = [one for one in changes if isinstance(one, SharedChange) and one.address.kind is Kind.NETWORK]
    ended = {one.live.id for one in ours if one.live is not None and one.action in _ENDING}
    stay = [one for one in observed.networks if one.id not in ended]
    made = {one.want.name for one in ours if one.want is not None}
    return Afterwards(
        made_anew=frozenset(one.live.name for one in ours if one.live and one.action is Action.REPLACE),
        there=frozenset({*made, *(one.name for one in stay), *(one.id for one in stay)}),
    )


def unbound(observed: Observed, want: Unit, live: LiveUnit, networks: Afterwards) -> tuple[FieldChange, ...]:
    """What has a container made anew that runs on, but would not come back if it ended or the engine did."""
    if not (live.made_for and observed.traits.bound_to_network) or networks.have(live.made_for):
        return ()
    there = afterwards((), observed).have(live.made_for)
    return (
        FieldChange(
            name="network_mode",
            old=live.made_for,
            new=min(want.spec.get("networks", {}), default=None),
            cause=Cause.STACK if there else Cause.DRIFT,
            reach=Reach.REPLACE,
        ),
    )
