"""The rows of networks and volumes. The Engine changes none of them after creation."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from reconciler.fields.row import Body
from reconciler.state import Spec
from topology.models import Ipam, Network, Volume

_VXLAN: Final = "com.docker.network.driver.overlay.vxlanid_list"


class SharedField(Struct, frozen=True, kw_only=True):
    """One field of a network or a volume.

    Attributes:
        want: its canonical value in the model; None when the file does not set it.
        write: puts a value into the body of a create call.
        read: its canonical value in what the engine lists, given what is wanted (some answers
            hold what the engine chose where the file left the choice); None when unset.
    """

    name: str
    want: Callable[[Any], Any]
    write: Callable[[Body, Any], None]
    read: Callable[[Body, Spec], Any]


def _own(labels: dict[str, str] | None) -> dict[str, str] | None:
    return {key: value for key, value in (labels or {}).items() if not key.startswith("topo.")} or None


def _address(text: str) -> str:
    return str(ipaddress.ip_address(text))


def _block(text: str) -> str:
    return str(ipaddress.ip_network(text, strict=False))


def _wanted_ipam(network: Network) -> Any:
    ipam = network.ipam or Ipam()
    blocks = [
        {
            key: value
            for key, value in (
                ("subnet", block.subnet and _block(block.subnet)),
                ("gateway", block.gateway and _address(block.gateway)),
                ("ip_range", block.ip_range and _block(block.ip_range)),
                ("aux_addresses", dict(block.aux_addresses)),
            )
            if value
        }
        for block in ipam.config
    ]
    found = {
        "driver": ipam.driver,
        "config": [block for block in blocks if block],
        "options": dict(ipam.options),
    }
    return {key: value for key, value in found.items() if value} or None


_IPAM_KEYS: Final = {
    "subnet": "Subnet",
    "gateway": "Gateway",
    "ip_range": "IPRange",
    "aux_addresses": "AuxiliaryAddresses",
}


def _write_ipam(body: Body, value: dict[str, Any]) -> None:
    body["IPAM"] = {
        "Driver": value.get("driver", "default"),
        "Config": [
            {_IPAM_KEYS[key]: text for key, text in block.items()} for block in value.get("config", ())
        ],
        "Options": value.get("options"),
    }


def _read_ipam(raw: Body, want: Spec) -> Any:
    """Only what the file fixes is compared: the engine fills in subnet and gateway by itself."""
    wanted = want.get("ipam")
    ipam = raw.get("IPAM") or {}
    if wanted is None:
        return None
    found: dict[str, Any] = {}
    if "driver" in wanted:
        found["driver"] = ipam.get("Driver")
    if "options" in wanted:
        found["options"] = ipam.get("Options")
    if "config" in wanted:
        found["config"] = _read_blocks(ipam.get("Config") or [], wanted["config"])
    return found or None


def _read_blocks(raw: list[Body], wanted: list[Body]) -> list[Body]:
    """Without the block of the other IP version, which the Engine adds; each as far as it was asked for."""
    blocks = [{name: block[key] for name, key in _IPAM_KEYS.items() if block.get(key)} for block in raw]
    versions = {_version(block) for block in wanted}
    if None not in versions:
        blocks = [block for block in blocks if _version(block) in versions]
    if len(blocks) != len(wanted):
        return blocks
    order = [block.get("subnet") for block in wanted]
    if sorted(map(str, order)) == sorted(str(block.get("subnet")) for block in blocks):
        blocks.sort(key=lambda block: order.index(block.get("subnet")))
    return [
        {key: value for key, value in block.items() if key in asked}
        for block, asked in zip(blocks, wanted, strict=True)
    ]


def _version(block: Body) -> int | None:
    return ipaddress.ip_network(block["subnet"]).version if "subnet" in block else None


def _plain(name: str, key: str, *, default: Any = None) -> SharedField:
    def want(model: Any) -> Any:
        value = getattr(model, name)
        return None if value == default else value or None

    def write(body: Body, value: Any) -> None:
        body[key] = value

    def read(raw: Body, _want: Spec) -> Any:
        value = raw.get(key)
        return None if value == default else value or None

    return SharedField(name=name, want=want, write=write, read=read)


def _labels() -> SharedField:
    return SharedField(
        name="labels",
        want=lambda model: dict(model.labels) or None,
        write=lambda body, value: body.setdefault("Labels", {}).update(value),
        read=lambda raw, _want: _own(raw.get("Labels")),
    )


def _options(key: str) -> SharedField:
    """Without the numbers of an overlay's tunnels, which the engine adds."""

    def read(raw: Body, _want: Spec) -> dict[str, str] | None:
        return {name: text for name, text in (raw.get("Options") or {}).items() if name != _VXLAN} or None

    return SharedField(
        name="driver_opts",
        want=lambda model: dict(model.driver_opts) or None,
        write=lambda body, value: body.update({key: value}),
        read=read,
    )


NETWORK: Final[tuple[SharedField, ...]] = (
    _plain("driver", "Driver", default="bridge"),
    _plain("internal", "Internal"),
    _plain("attachable", "Attachable"),
    _plain("enable_ipv6", "EnableIPv6"),
    SharedField(name="ipam", want=_wanted_ipam, write=_write_ipam, read=_read_ipam),
    _options("Options"),
    _labels(),
)

VOLUME: Final[tuple[SharedField, ...]] = (
    _plain("driver", "Driver", default="local"),
    _options("DriverOpts"),
    _labels(),
)


def wanted(table: tuple[SharedField, ...], model: Network | Volume) -> dict[str, Any]:
    """The spec that a model asks for."""
    values = ((row.name, row.want(model)) for row in table)
    return {name: value for name, value in values if value is not None}


def read(table: tuple[SharedField, ...], raw: Body, want: Spec) -> dict[str, Any]:
    """The spec that the engine's answer shows, as far as it can be compared with what is wanted."""
    values = ((row.name, row.read(raw, want)) for row in table)
    return {name: value for name, value in values if value is not None}


def body(table: tuple[SharedField, ...], name: str, spec: Spec) -> Body:
    """The body of the call that creates it."""
    made: Body = {"Name": name}
    for row in table:
        if row.name in spec:
            row.write(made, spec[row.name])
    return made
