"""What a service is made of: its image, ports, mounts, networks, links and devices."""

from __future__ import annotations

from typing import Any, Literal

from topology import mounts, units
from topology.forms import Address, Bytes, ContainerPort, Flag, HostPorts, Pairs, Protocol, Whole
from topology.models.base import Model, absolute
from topology.units import Misfit


class Build(Model):
    """How an image is made. `context` is absolute after loading; `args` without a value are dropped."""

    also = frozenset(
        (
            "additional_contexts", "cache_from", "cache_to", "dockerfile_inline", "entitlements",
            "extra_hosts", "isolation", "labels", "network", "no_cache", "platforms", "privileged",
            "provenance", "pull", "sbom", "secrets", "shm_size", "ssh", "tags", "ulimits",
        )
    )  # fmt: skip

    context: str
    dockerfile: str = "Dockerfile"
    target: str | None = None
    args: Pairs = {}

    @classmethod
    def from_text(cls, text: str) -> Any:
        return {"context": text}

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        context = said.get("context", ".")
        if isinstance(context, str) and not mounts.is_remote(context):
            context = absolute(context, folder)
        return {**said, "context": context}


class Port(Model):
    """One container port, published on the host. Without `published` the engine picks a host port.

    `published` is an inclusive range, usually of one; with replicas each takes the lowest free of it.
    """

    also = frozenset(("app_protocol", "mode", "name"))

    target: ContainerPort
    published: HostPorts = None
    host_ip: Address | None = None
    protocol: Protocol = "tcp"

    @classmethod
    def from_text(cls, text: str) -> Any:
        ports = list(units.published(text))
        if len(ports) > 1:
            raise Misfit("must be one port here")
        host_ip, published, target, protocol = ports[0]
        return {"target": target, "published": published, "host_ip": host_ip, "protocol": protocol}

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        if isinstance(said.get("published"), int):
            return {**said, "published": str(said["published"])}
        return said


class Expose(Model):
    """A port that a service says it listens on. Documentation: it opens nothing."""

    port: ContainerPort
    protocol: Protocol = "tcp"

    @classmethod
    def from_text(cls, text: str) -> Any:
        port, slash, protocol = text.partition("/")
        return {"port": port, "protocol": protocol} if slash else {"port": port}


class Mount(Model):
    """Something mounted into a container at `target`.

    `source` is a key of the stack's `volumes`, an absolute host path for `bind`, None for `tmpfs` and
    for an anonymous volume.
    """

    also = frozenset(("bind", "consistency", "mode", "subpath", "tmpfs", "volume"))

    type: Literal["volume", "bind", "tmpfs"]
    target: str
    source: str | None = None
    read_only: Flag = False
    create_host_path: Flag = True
    nocopy: Flag = False
    selinux: Literal["z", "Z"] | None = None
    propagation: Literal["private", "rprivate", "shared", "rshared", "slave", "rslave"] | None = None
    size: Bytes | None = None

    @classmethod
    def from_text(cls, text: str) -> Any:
        return mounts.parse(text)

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        said = mounts.flat(said)
        source = said.get("source")
        if said.get("type") == "bind" and isinstance(source, str):
            return {**said, "source": absolute(source, folder)}
        return said


class Attachment(Model):
    """How a service is attached to one network."""

    also = frozenset(("driver_opts", "interface_name", "link_local_ips", "mac_address", "priority"))

    aliases: tuple[str, ...] = ()
    ipv4_address: Address | None = None
    ipv6_address: Address | None = None
    gw_priority: Whole | None = None


class Link(Model):
    """A need: this service opens connections to `service`, which it calls `alias`.

    `port` narrows the need to one port. A link orders start-up as a started dependency does.
    """

    also = frozenset(("env", "on_change", "via"))

    service: str
    alias: str
    port: ContainerPort | None = None

    @classmethod
    def from_text(cls, text: str) -> Any:
        service, _, alias = text.partition(":")
        return {"service": service, "alias": alias or service}

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        return {"alias": said["service"], **said} if "service" in said else said


class Ulimit(Model):
    """A limit of the kernel's for one process; -1 is no limit."""

    soft: Whole
    hard: Whole

    @classmethod
    def from_text(cls, text: str) -> Any:
        return {"soft": text, "hard": text}


class Device(Model):
    """A device of the host's inside a container; `permissions` are of read, write and mknod."""

    source: str
    target: str
    permissions: str = "rwm"

    @classmethod
    def from_text(cls, text: str) -> Any:
        source, *rest = text.split(":")
        if len(rest) > 2 or not source:
            raise Misfit("must be written SOURCE:TARGET or SOURCE:TARGET:PERMISSIONS")
        if rest and not rest[0].startswith("/"):
            return {"source": source, "permissions": rest[0]}
        return {"source": source, **dict(zip(("target", "permissions"), rest, strict=False))}

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        return {"target": said["source"], **said} if "source" in said else said


class Logging(Model):
    """Where a container's output goes."""

    driver: str | None = None
    options: Pairs = {}
