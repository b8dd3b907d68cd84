"""Rows for how tasks are found and reached, and the table of overlays.

Networks are keyed by their engine names; in an inspect answer they stand by id, which whoever reads it has
replaced before. Published ports read as on one engine; those of mode `host`, which open on the node that
runs a task and nowhere else, are named again in a row of their own.
"""

from __future__ import annotations

from typing import Any, Final

from reconciler.fields import ports
from reconciler.fields.row import Body, Field, Site
from reconciler.fields.shared import NETWORK, SharedField
from reconciler.fields.swarm.row import roll, task, whole
from reconciler.state import ImageConfig, Spec
from topology.structs import replace

_SERIAL: Final = "com.docker.network.ipam.serial"


def _wanted(site: Site) -> dict[str, Any] | None:
    """Every peer on a network finds a service by its name in the file, and by its aliases."""
    return {
        site.network_name(key): {
            "aliases": sorted({site.name, *one.aliases}),
            **({"driver_opts": dict(one.driver_opts)} if one.driver_opts else {}),
        }
        for key, one in site.service.networks.items()
    } or None


def _write(body: Body, value: dict[str, Any]) -> None:
    task(body)["Networks"] = [
        {
            "Target": name,
            "Aliases": endpoint.get("aliases", []),
            **({"DriverOpts": endpoint["driver_opts"]} if "driver_opts" in endpoint else {}),
        }
        for name, endpoint in sorted(value.items())
    ]


def _read(inspected: Body, _image: ImageConfig) -> dict[str, Any] | None:
    found = {}
    for raw in task(inspected).get("Networks") or ():
        said = {"aliases": sorted(raw.get("Aliases") or ()), "driver_opts": raw.get("DriverOpts")}
        found[str(raw["Target"])] = {name: value for name, value in said.items() if value}
    return found or None


def _endpoint(body: Body) -> Body:
    part: Body = whole(body).setdefault("EndpointSpec", {})
    return part


def _write_ports(body: Body, value: list[str]) -> None:
    made = []
    for _, published, target in map(ports.split, value):
        port, _, protocol = target.partition("/")
        one: Body = {"TargetPort": int(port), "Protocol": protocol, "PublishMode": "ingress"}
        if published:
            one["PublishedPort"] = int(published)
        made.append(one)
    _endpoint(body)["Ports"] = made


def _text(raw: Body) -> str:
    published = raw.get("PublishedPort")
    target = f"{raw['TargetPort']}/{raw.get('Protocol') or 'tcp'}"
    return ports.text("", str(published or ""), target)


def _read_ports(inspected: Body, _image: ImageConfig) -> list[str] | None:
    return sorted(map(_text, _endpoint(inspected).get("Ports") or ())) or None


def _wanted_hosted(site: Site) -> list[str] | None:
    only = tuple(port for port in site.service.ports if port.mode == "host")
    service = site.service.model_copy(update={"ports": only})
    return ports.wanted(replace(site, service=service))


def _write_hosted(body: Body, value: list[str]) -> None:
    """Behind the row of all ports."""
    for one in _endpoint(body)["Ports"]:
        if _text(one) in value:
            one["PublishMode"] = "host"


def _read_hosted(inspected: Body, _image: ImageConfig) -> list[str] | None:
    raw = _endpoint(inspected).get("Ports") or ()
    return sorted(_text(one) for one in raw if one.get("PublishMode") == "host") or None


def _write_mode(body: Body, value: str) -> None:
    _endpoint(body)["Mode"] = value


def _expected_mode(spec: Spec, _image: ImageConfig) -> str:
    return str(spec.get("endpoint_mode", "vip"))


NETWORKS: Final[tuple[Field, ...]] = (
    Field(name="networks", want=_wanted, write=_write, read=_read, reach=roll, keyed=True),
    Field(name="ports", want=ports.wanted, write=_write_ports, read=_read_ports, reach=roll),
    Field(name="host_ports", want=_wanted_hosted, write=_write_hosted, read=_read_hosted, reach=roll),
    Field(
        name="endpoint_mode",
        want=lambda site: site.service.endpoint_mode,
        write=_write_mode,
        read=lambda inspected, _image: _endpoint(inspected).get("Mode") or "vip",
        expect=_expected_mode,
        reach=roll,
    ),
)


def _driver() -> SharedField:
    """`overlay` unless said; what is local to one node is refused elsewhere."""
    return SharedField(
        name="driver",
        want=lambda model: model.driver or "overlay",
        write=lambda body, value: body.update(Driver=value),
        read=lambda raw, _want: raw.get("Driver"),
    )


def _attachable() -> SharedField:
    """Always: plain containers, such as those that probe, may join."""
    return SharedField(
        name="attachable",
        want=lambda _model: True,
        write=lambda body, value: body.update(Attachable=value),
        read=lambda raw, _want: raw.get("Attachable") or None,
    )


def _ipam() -> SharedField:
    """Without the option that the Engine adds."""
    usual = next(row for row in NETWORK if row.name == "ipam")

    def read(raw: Body, want: Spec) -> Any:
        said = raw.get("IPAM") or {}
        options = {name: text for name, text in (said.get("Options") or {}).items() if name != _SERIAL}
        return usual.read({**raw, "IPAM": {**said, "Options": options}}, want)

    return replace(usual, read=read)


_OTHER: Final = {row.name: row for row in (_driver(), _attachable(), _ipam())}

OVERLAY: Final[tuple[SharedField, ...]] = tuple(_OTHER.get(row.name, row) for row in NETWORK)
