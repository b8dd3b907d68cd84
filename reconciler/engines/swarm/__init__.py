"""A Swarm: its services are the units. It looks after their tasks itself; topo drives it, and no more.

What topo has to remember, the lease and what was applied, is kept in configs: they are the same on every
manager, and of two who create one of a name, one is refused.
"""

from __future__ import annotations

from reconciler.engines.swarm.observing import SwarmReader
from reconciler.engines.swarm.running import Swarm

__all__ = ["Swarm", "SwarmReader"]
