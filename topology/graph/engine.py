"""What a version of the Docker Engine does differently, and what no engine reports: the model's parameters.

Each property was run on 20.10.24, 26.1.5 and 28.5.2; the step between them is the release that says so.
"""

from __future__ import annotations

import re

from msgspec import Struct, field


class Engine(Struct, frozen=True, order=True):
    """A version of the Docker Engine itself, not of its API."""

    major: int
    minor: int = 0

    @classmethod
    def parse(cls, text: str) -> Engine | None:
        """`28.5.2`, `28.5` or `v28`; None for what is not a version."""
        found = re.match(r"v?(\d{1,4})(?:\.(\d{1,4}))?(?!\d)", text.strip())
        return cls(int(found[1]), int(found[2] or 0)) if found else None

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    @property
    def internal_meets_every_host_address(self) -> bool:
        """Internal networks have a default route, so programs at every host address are open (moby#46603)."""
        return self < Engine(25)

    @property
    def internal_forwards_ipv6(self) -> bool:
        """`internal` isolates IPv4 only; from 25.0 the missing default route closes it (moby#46603)."""
        return self < Engine(25)

    @property
    def filters_ipv6(self) -> bool:
        """IPv6 has the firewall rules that IPv4 has (moby#47747); before, all IPv6 networks are one."""
        return self >= Engine(27)

    @property
    def knows_gateway_modes(self) -> bool:
        """`gateway_mode_ipv4` works (moby#48596, moby#49262); before, it is stored and ignored."""
        return self >= Engine(28)

    @property
    def knows_gateway_priority(self) -> bool:
        """`gw_priority` works (docker/cli#5664); 26.1 accepts it and drops it without a word."""
        return self >= Engine(28)

    @property
    def answers_udp_anywhere(self) -> bool:
        """A UDP port answers containers from the address they asked, not from their gateway (moby#48571)."""
        return self >= Engine(28)

    @property
    def guards_container_addresses(self) -> bool:
        """A neighbour of the host cannot open published ports at the container's own address.

        moby#49325, moby#45610; a port published on loopback included.
        """
        return self >= Engine(28)

    @property
    def heeds_interface_sysctls(self) -> bool:
        """The driver option `endpoint.sysctls` works (case 16g, moby#47686); 26.1 stores and ignores it."""
        return self >= Engine(27)

    @property
    def forwards_unprotected(self) -> bool:
        """Other networks get to containers on `nat-unprotected` ones (moby#49981, not run)."""
        return self >= Engine(29)

    @property
    def drops_forwarding_members(self) -> bool:
        """A container forwards nothing for others while bridge netfilter is on (cases 4d and 4e)."""
        return self >= Engine(28)

    @property
    def publishes_across_without_proxy(self) -> bool:
        """Published ports open across networks with the proxy off too (moby#49981, not run)."""
        return self >= Engine(29)


NEWEST = Engine(28, 5)
"""The newest engine that every rule was run on; verdicts are for it unless the stack says otherwise."""


class Assumptions(Struct, frozen=True, kw_only=True):
    """The parameters of a verdict. `observed`: the engine's version was read, not assumed."""

    engine: Engine = field(default=NEWEST)
    userland_proxy: bool = True
    bridge_netfilter: bool = True
    observed: bool = False

    @property
    def drops_forwarding_members(self) -> bool:
        """A container between two networks forwards nothing for others (cases 4d and 4e)."""
        return self.bridge_netfilter and self.engine.drops_forwarding_members

    @property
    def crosses_networks(self) -> bool:
        """Containers of other networks open published ports; with the proxy off from 29.0 (moby#38784)."""
        return self.userland_proxy or self.engine.publishes_across_without_proxy
