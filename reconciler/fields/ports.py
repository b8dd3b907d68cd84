"""Published and exposed ports. Canonical: `127.0.0.1:8080:80/tcp`, `8080:80/tcp`, `80/tcp`.

A range that is still to be allotted over replicas reads `8080-8089:80/tcp`.
"""

from __future__ import annotations

from typing import Any, Final

from reconciler.fields.row import Body, Site
from reconciler.state import ImageConfig, Spec
from topology.models import Port

_EVERYWHERE: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  # compared with, never listened on


def text(host_ip: str, published: str, target: str) -> str:
    """The canonical text of one published port."""
    host = f"[{host_ip}]" if ":" in host_ip else host_ip
    if host:
        return f"{host}:{published}:{target}"
    return f"{published}:{target}" if published else target


def meet(one: str, other: str) -> bool:
    """Whether two addresses of the host stand in each other's way."""
    return one == other or one in _EVERYWHERE or other in _EVERYWHERE


def _published(port: Port) -> str:
    if port.published is None:
        return ""
    first, last = port.published
    return str(first) if first == last else f"{first}-{last}"


def wanted(site: Site) -> list[str] | None:
    """The published ports of each replica; a range is the same for all, until it is allotted."""
    return (
        sorted(
            text(port.host_ip or "", _published(port), f"{port.target}/{port.protocol}")
            for port in site.service.ports
        )
        or None
    )


def split(text: str) -> tuple[str, str, str]:
    """(host address, host port, container port with protocol) of a canonical text; "" where absent."""
    rest, _, target = text.rpartition(":")
    host_ip, _, published = rest.rpartition(":")
    return host_ip.strip("[]"), published, target


def write(body: Body, value: list[str]) -> None:
    """Publishing exposes too, as the command line does it."""
    bindings = body["HostConfig"].setdefault("PortBindings", {})
    for host_ip, published, target in map(split, value):
        bindings.setdefault(target, []).append({"HostIp": host_ip, "HostPort": published})
        body.setdefault("ExposedPorts", {})[target] = {}


def read(inspected: Body, _image: ImageConfig) -> list[str] | None:
    """The wish, not what is live: a stopped container publishes nothing and wants the same."""
    bindings: dict[str, list[dict[str, str]]] = inspected["HostConfig"].get("PortBindings") or {}
    return (
        sorted(
            text(binding.get("HostIp") or "", binding.get("HostPort") or "", target)
            for target, several in bindings.items()
            for binding in several or ()
        )
        or None
    )


def wanted_exposed(site: Site) -> list[str] | None:
    """The ports a service says it listens on."""
    return sorted({f"{expose.port}/{expose.protocol}" for expose in site.service.expose}) or None


def write_exposed(body: Body, value: list[str]) -> None:
    """Adds to what publishing exposes."""
    body.setdefault("ExposedPorts", {}).update({target: {} for target in value})


def read_exposed(inspected: Body, _image: ImageConfig) -> list[str] | None:
    """All that the container exposes: its own, its image's and what it publishes."""
    return sorted(inspected["Config"].get("ExposedPorts") or ()) or None


def expected_exposed(spec: Spec, image: ImageConfig) -> Any:
    """The image exposes ports, publishing exposes ports, and the file may name more."""
    published = {split(text)[2] for text in spec.get("ports", ())}
    return sorted(image.exposed | published | set(spec.get("expose", ()))) or None
