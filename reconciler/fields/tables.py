"""Which tables hold for an engine: what a unit is decides which fields it has, and how they are written."""

from __future__ import annotations

from reconciler.fields.row import Field
from reconciler.fields.service import SERVICE
from reconciler.fields.shared import NETWORK, SharedField
from reconciler.state import Granularity, Traits


def of_units(traits: Traits) -> tuple[Field, ...]:
    """The rows of a unit."""
    if traits.granularity is Granularity.CONTAINER:
        return SERVICE
    from reconciler.fields.swarm import SWARM  # noqa: PLC0415  # plans for one engine never need it

    return SWARM


def of_networks(traits: Traits) -> tuple[SharedField, ...]:
    """The rows of a network."""
    if traits.granularity is Granularity.CONTAINER:
        return NETWORK
    from reconciler.fields.swarm import OVERLAY  # noqa: PLC0415  # plans for one engine never need it

    return OVERLAY
