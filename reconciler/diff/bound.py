"""What becomes of networks, and which containers cannot do without those that go.

Newer engines neither start nor attach a container without the network that it was made for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from reconciler.address import Kind
from reconciler.diff.changes import Action, Cause, Change, FieldChange, SharedChange
from reconciler.fields import Reach
from reconciler.state import Desired, LiveUnit, Observed, Unit

_ENDING: Final = frozenset({Action.REMOVE, Action.REPLACE})
_SHORT_ID: Final = 12
"""As much of an id as people copy."""


class Afterwards(Struct, frozen=True, kw_only=True):
    """The networks of an engine once some changes are made.

    Attributes:
        made_anew: those that were removed and created again, by their names.
        names: of all; those that are wanted count as there, for nothing is done without them.
        ids: of those that are there now and stay.
    """

    made_anew: frozenset[str]
    names: frozenset[str]
    ids: frozenset[str]

    def have(self, called: str) -> bool:
        """Whether one is called so: by name, by id, or by the beginning of one."""
        return called in self.names or (
            len(called) >= _SHORT_ID and any(one.startswith(called) for one in self.ids)
        )


def afterwards(desired: Desired, changes: Iterable[Change], observed: Observed) -> Afterwards:
    """What becomes of the networks."""
    ours = [one for one in changes if isinstance(one, SharedChange) and one.address.kind is Kind.NETWORK]
    ended = {one.live.id for one in ours if one.live is not None and one.action in _ENDING}
    stay = [one for one in observed.networks if one.id not in ended]
    wanted = {one.name for one in desired.networks.values()}
    return Afterwards(
        made_anew=frozenset(one.live.name for one in ours if one.live and one.action is Action.REPLACE),
        names=frozenset({*wanted, *(one.name for one in stay)}),
        ids=frozenset(one.id for one in stay),
    )


def unbound(observed: Observed, want: Unit, live: LiveUnit, networks: Afterwards) -> tuple[FieldChange, ...]:
    """What has a container made anew that runs on, but would not come back if it ended or the engine did."""
    if not (live.made_for and observed.traits.bound_to_network) or networks.have(live.made_for):
        return ()
    there = any(live.made_for in {one.name, one.id} for one in observed.networks)
    return (
        FieldChange(
            name="network_mode",
            old=live.made_for,
            new=min(want.spec.get("networks", {}), default=None),
            cause=Cause.STACK if there else Cause.DRIFT,
            reach=Reach.REPLACE,
        ),
    )
