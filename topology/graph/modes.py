"""What a bridge network's options come to under one engine."""

from __future__ import annotations

from topology.graph.engine import Engine
from topology.graph.parts import Segment


def mode_of(segment: Segment, engine: Engine) -> str:
    """The gateway mode that the engine heeds: below 28.0 always `nat` (case 5n)."""
    return segment.gateway_mode if engine.knows_gateway_modes else "nat"


def is_closed(segment: Segment, engine: Engine) -> bool:
    """Leads nowhere but to its own members, for IPv4."""
    return segment.internal or mode_of(segment, engine) == "isolated"


def hosts_answer(segment: Segment, engine: Engine) -> bool:
    """Members and programs of the host reach each other, unless the bridge has no address (5m, 5n)."""
    return not segment.inhibit_ipv4 and mode_of(segment, engine) != "isolated"
