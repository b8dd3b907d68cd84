"""Published ports as they take effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from topology.graph.engine import Engine
from topology.graph.parts import Binding, Segment, is_loopback

ANY_IPV4 = "0.0.0.0"  # noqa: S104  # what a port is published on, nothing is bound here
ANY_IPV6 = "::"


class Door(Struct, frozen=True, kw_only=True):
    """A binding that takes effect, with the host addresses it listens on."""

    binding: Binding
    addresses: tuple[str, ...]

    @property
    def singled(self) -> tuple[str, ...]:
        """The IPv4 addresses that it listens on by name, loopback left out."""
        return tuple(
            one for one in self.addresses if one != ANY_IPV4 and ":" not in one and not is_loopback(one)
        )

    @property
    def is_open(self) -> bool:
        """Listens on more than loopback."""
        return any(not is_loopback(address) for address in self.addresses)


def doors(bindings: Iterable[Binding], gateway: Segment, engine: Engine) -> Iterator[Door]:
    """What comes of bindings whose gateway network is a bridge on which the host has an address.

    Without such a network none takes effect (cases 5j, 15f and 17d). The engine reports those of a bridge
    without an address (inhibit_ipv4) as published, yet nothing gets through: the host has no route to them.
    """
    for binding in bindings:
        yield Door(binding=binding, addresses=_addresses(binding, gateway, engine))


def _addresses(binding: Binding, gateway: Segment, engine: Engine) -> tuple[str, ...]:
    """Where a binding listens on the host; a routed family listens nowhere."""
    asked = (binding.host_ip,) if binding.host_ip else _default_addresses(gateway)
    if not engine.knows_gateway_modes:
        return asked
    modes = {4: gateway.gateway_mode, 6: gateway.gateway_mode_ipv6}
    return tuple(one for one in asked if modes[6 if ":" in one else 4] != "routed")


def _default_addresses(gateway: Segment) -> tuple[str, ...]:
    """Without a host address: the network's own default, else all of IPv4 and IPv6 (case 6s)."""
    if gateway.host_binding_ipv4 and gateway.host_binding_ipv4 != ANY_IPV4:
        return (gateway.host_binding_ipv4,)
    return (ANY_IPV4, ANY_IPV6)
