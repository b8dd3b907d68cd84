"""The tables of a Swarm: one row per field of a service, as the Engine API writes a `ServiceSpec`.

Unlike a container, a service can be changed in every field but its mode; what changes its tasks makes Swarm
replace them, as many at a time as `update_config` says.
"""

from __future__ import annotations

from typing import Final

from reconciler.fields.row import Field
from reconciler.fields.service import PROTECT
from reconciler.fields.swarm.container import CONTAINER
from reconciler.fields.swarm.kept import KEPT, kept
from reconciler.fields.swarm.limits import LIMITS
from reconciler.fields.swarm.mounts import MOUNTS
from reconciler.fields.swarm.networks import NETWORKS, OVERLAY
from reconciler.fields.swarm.running import RUNNING

__all__ = ["OVERLAY", "SWARM", "kept"]

SWARM: Final[tuple[Field, ...]] = (*CONTAINER, *MOUNTS, *KEPT, *NETWORKS, *LIMITS, *RUNNING, PROTECT)
