"""What services share: networks and volumes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from topology.forms import Address, Cidr, Flag, Pairs
from topology.models.base import Model


class Subnet(Model):
    """One address block of a network; addresses in their canonical form."""

    subnet: Cidr | None = None
    gateway: Address | None = None
    ip_range: Cidr | None = None
    aux_addresses: Pairs = {}


class Ipam(Model):
    """How a network's addresses are managed."""

    driver: str | None = None
    config: tuple[Subnet, ...] = ()
    options: Pairs = {}


class Network(Model):
    """A network of the stack. `name` is what the engine calls it; None: derived from the stack's name."""

    name: str | None = None
    driver: str | None = None
    driver_opts: Pairs = {}
    internal: Flag = False
    attachable: Flag = False
    enable_ipv4: Flag = True
    enable_ipv6: Flag = False
    external: Flag = False
    protect: Flag = False
    ipam: Ipam | None = None
    labels: Pairs = {}

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        said = _external(said)
        return said if said.get("ipam") != {} else {**said, "ipam": None}


class Volume(Model):
    """A named volume of the stack; never removed unless asked."""

    name: str | None = None
    driver: str | None = None
    driver_opts: Pairs = {}
    external: Flag = False
    protect: Flag = False
    labels: Pairs = {}

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        return _external(said)


def _external(said: dict[str, Any]) -> dict[str, Any]:
    """`external: {name: x}`, the older form, says two things at once."""
    external = said.get("external")
    if isinstance(external, Mapping) and set(external) <= {"name"}:
        return {**said, **external, "external": True}
    return said
