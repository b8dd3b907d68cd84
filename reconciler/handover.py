"""What one container holds and another one of the same stack is to have: names, host ports, addresses.

The engine gives each of them to one container at a time, so whoever takes it waits until it is let go;
and whoever lets it go must not wait for the other one in turn.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.fields import ports
from reconciler.state import Desired, LiveUnit, Spec, Unit


def of_name(desired: Desired, want: Unit, live: LiveUnit) -> bool:
    """Whether the name of a unit's container is to be another unit's."""
    return any(other.name == live.name for other in _others(desired, want))


def of_places(desired: Desired, want: Unit, live: LiveUnit) -> bool:
    """Whether another unit is to have a host port or an address of a unit's container."""
    return any(places(live.spec) & places(other.spec) for other in _others(desired, want))


def _others(desired: Desired, want: Unit) -> Iterator[Unit]:
    return (other for other in desired.units.values() if other.address != want.address)


def places(spec: Spec) -> frozenset[tuple[str, str]]:
    """The host ports and fixed addresses that only one container can have, with protocol or network."""
    asked = ((target.rpartition("/")[2], port) for _, port, target in map(ports.split, spec.get("ports", ())))
    published = {(f"/{protocol}", port) for protocol, port in asked if port}
    fixed = {
        (network, endpoint[key])
        for network, endpoint in spec.get("networks", {}).items()
        for key in ("ipv4_address", "ipv6_address")
        if key in endpoint
    }
    return frozenset(published | fixed)


def in_the_way(live: LiveUnit, want: Unit) -> bool:
    """Whether a container holds what a unit needs."""
    return live.name == want.name or bool(places(live.spec) & places(want.spec))
