"""How engines of three generations answer differently; each difference was measured on the real one."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from reconciler.state import Traits


class Generation(Struct, frozen=True, kw_only=True):
    """One release of the engine.

    Attributes:
        aliases_hold_id: an endpoint's aliases show the container's short id among them.
        dns_names: an endpoint says by which names it is found.
        checks_at_create: endpoints are checked when a container is created, not only when it starts.
        default_mode: what the network mode is called when none is asked for.
        no_restart: what the restart policy is called when none is asked for.
        start_prefix: stands before what went wrong with a network at start.
        missing_host_rejected: a start fails as refused, not as not found, when the container whose
            network stack it shares is gone.
        idle_ipc_conflicts: to share the memory of a container that does not run is a conflict, not refused.
        unpublishes: ports are closed when the last network that can publish them is left.
        ipv6_pool: an IPv6 network gets addresses without being given any.
    """

    traits: Traits
    aliases_hold_id: bool = False
    dns_names: bool = True
    checks_at_create: bool = True
    default_mode: str = "bridge"
    no_restart: str = "no"
    start_prefix: str = ""
    missing_host_rejected: bool = False
    idle_ipc_conflicts: bool = True
    unpublishes: bool = True
    ipv6_pool: bool = False


OLD: Final = Generation(
    traits=Traits(version="20.10.24", api=(1, 41)),
    aliases_hold_id=True,
    dns_names=False,
    checks_at_create=False,
    default_mode="default",
    no_restart="",
    idle_ipc_conflicts=False,
    unpublishes=False,
)
MIDDLE: Final = Generation(traits=Traits(version="26.1.5", api=(1, 45)))
NEW: Final = Generation(
    traits=Traits(version="28.5.2", api=(1, 51)),
    start_prefix="failed to set up container networking: ",
    missing_host_rejected=True,
    ipv6_pool=True,
)

GENERATIONS: Final = {one.traits.version: one for one in (OLD, MIDDLE, NEW)}
