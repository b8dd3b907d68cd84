"""A Stack in Compose's long forms, as `docker compose config --format json` writes it.

What topo knows in one form and Compose writes in another has a row here; it reads back as the same stack.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cli.render.stackfile import (
    HEAD,
    NETWORK,
    SERVICE,
    Form,
    content,
    fields,
    literal,
    long_port,
    service_fields,
)
from topology.models import Build, Content, Dependency, Device, Mount, Network, Service, Stack, Ulimit, Volume


def long_written(stack: Stack) -> dict[str, Any]:
    """The stack as a mapping of plain values in long forms; `$` is doubled, as in every stack file."""
    shared: dict[str, Mapping[str, Any]] = {
        "networks": {name: _network(stack, name, one) for name, one in stack.networks.items()},
        "volumes": {name: _named(stack, name, one) for name, one in stack.volumes.items()},
        "secrets": {name: _content(stack, name, one) for name, one in stack.secrets.items()},
        "configs": {name: _content(stack, name, one) for name, one in stack.configs.items()},
        "policy": fields(stack.policy, {}),
    }
    head = {"name": stack.name} | {key: said for key in HEAD if (said := getattr(stack, key))}
    services = {"services": {name: _service(service) for name, service in stack.services.items()}}
    found: dict[str, Any] = literal(head | services | {name: part for name, part in shared.items() if part})
    return found


def _service(service: Service) -> dict[str, Any]:
    found: dict[str, Any] = {"command": None, "entrypoint": None} | service_fields(service, _LONG)
    replicas = found.pop("replicas", None)
    if replicas is not None:
        found["deploy"] = {"replicas": replicas} | found.get("deploy", {})
    return found


def _network(stack: Stack, key: str, network: Network) -> dict[str, Any]:
    return (
        _called(stack, key, network.name, external=network.external) | {"ipam": {}} | fields(network, NETWORK)
    )


def _named(stack: Stack, key: str, volume: Volume) -> dict[str, Any]:
    return _called(stack, key, volume.name, external=volume.external) | fields(volume, {})


def _content(stack: Stack, key: str, given: Content) -> dict[str, Any]:
    return _called(stack, key, given.name, external=given.external) | content(given)


def _called(stack: Stack, key: str, name: str | None, *, external: bool) -> dict[str, Any]:
    """What an engine calls a shared thing."""
    return {"name": name or (key if external else f"{stack.name}_{key}")}


def _mount(mount: Mount) -> dict[str, Any]:
    found: dict[str, Any] = SERVICE["volumes"]([mount])[0]
    own = found.get(mount.type, {})
    if mount.type == "bind" and mount.create_host_path:
        own = {"create_host_path": True} | own
    if mount.type == "tmpfs" and mount.size is not None:
        own = own | {"size": str(mount.size)}
    return found | {mount.type: own}


def _dependencies(dependencies: Mapping[str, Dependency]) -> dict[str, Any]:
    found: dict[str, Any] = SERVICE["depends_on"](dependencies)
    return {name: {"required": True} | said for name, said in found.items()}


def _build(build: Build) -> dict[str, Any]:
    long: Mapping[str, Form] = {
        "shm_size": str,
        "ulimits": _ulimits,
        "extra_hosts": _hosts,
        "secrets": lambda secrets: [fields(secret, {}) for secret in secrets],
    }
    file = {"dockerfile": build.dockerfile} if build.dockerfile_inline is None else {}
    return {"context": build.context} | file | fields(build, long)


def _ulimits(limits: Mapping[str, Ulimit]) -> dict[str, Any]:
    return {
        name: limit.soft if limit.soft == limit.hard else {"soft": limit.soft, "hard": limit.hard}
        for name, limit in limits.items()
    }


def _hosts(hosts: tuple[str, ...]) -> list[str]:
    return [host.replace(":", "=", 1) for host in hosts]


def _devices(devices: tuple[Device, ...]) -> list[dict[str, Any]]:
    return [device.model_dump() for device in devices]


def _ports(ports: Any) -> list[dict[str, Any]]:
    return [long_port(port) for port in ports]


_LONG: Mapping[str, Form] = {
    **SERVICE,
    "build": _build,
    "ports": _ports,
    "volumes": lambda mounts: [_mount(mount) for mount in mounts],
    "depends_on": _dependencies,
    "devices": _devices,
    "extra_hosts": _hosts,
    "ulimits": _ulimits,
    **dict.fromkeys(("mem_limit", "mem_reservation", "memswap_limit", "mem_swappiness", "shm_size"), str),
}
