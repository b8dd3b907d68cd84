"""What only one container can have at a time: a port of the host, an address of a network."""

from __future__ import annotations

from reconciler.fields import ports
from reconciler.state import Spec


def held(spec: Spec) -> frozenset[tuple[str, str]]:
    """All that a container with this spec keeps others from having while it runs."""
    published = ((ports.split(text)[1], ports.split(text)[2]) for text in spec.get("ports", ()))
    hosted = {("port", f"{number}/{target.rpartition('/')[2]}") for number, target in published if number}
    fixed = {
        (network, endpoint[key])
        for network, endpoint in spec.get("networks", {}).items()
        for key in ("ipv4_address", "ipv6_address")
        if key in endpoint
    }
    return frozenset(hosted | fixed)
