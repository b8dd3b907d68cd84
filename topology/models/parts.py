"""What a service is made of: ports, mounts, networks, links and devices."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from topology import mounts, units
from topology.forms import (
    Address,
    Bytes,
    ContainerPort,
    Flag,
    HostPorts,
    Pairs,
    Protocol,
    Whole,
    once,
)
from topology.models.base import Model, absolute
from topology.models.life import Notice, OnChange
from topology.units import Misfit


class Port(Model):
    """One container port, published on the host. Without `published` the engine picks a host port.

    `published` is an inclusive range, usually of one; with replicas each takes the lowest free of it.
    `mode`, `name` and `app_protocol` are for other programs: on one engine they change nothing.
    """

    target: ContainerPort
    published: HostPorts = None
    host_ip: Address | None = None
    protocol: Protocol = "tcp"
    mode: Literal["host", "ingress"] = "ingress"
    name: str | None = None
    app_protocol: str | None = None

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
    for an anonymous volume. `mode` is a number as Compose takes it: only 0 in front makes it octal.
    `on_change` is what a change in a bind-mounted file asks for.
    """

    also = frozenset(("bind", "consistency", "image", "tmpfs", "volume"))

    type: Literal["volume", "bind", "tmpfs"]
    target: str
    source: str | None = None
    read_only: Flag = False
    create_host_path: Flag = True
    nocopy: Flag = False
    selinux: Literal["z", "Z"] | None = None
    propagation: Literal["private", "rprivate", "shared", "rshared", "slave", "rslave"] | None = None
    recursive: Literal["disabled", "enabled", "writable", "readonly"] | None = None
    subpath: str | None = None
    labels: Pairs = {}
    size: Bytes | None = None
    mode: Whole | None = None
    on_change: OnChange = OnChange()

    @classmethod
    def from_text(cls, text: str) -> Any:
        return mounts.parse(text)

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        said = mounts.flat(said)
        source = said.get("source")
        if said.get("type") == "bind" and isinstance(source, str) and source and not mounts.is_drive(source):
            return {**said, "source": absolute(source, folder)}
        return said


class Attachment(Model):
    """How a service is attached to one network.

    `attach` says when a replacement joins: as it is made, or only once it is healthy. Without it, whoever is
    linked to there and links to nobody himself joins when healthy.
    """

    aliases: Annotated[tuple[str, ...], BeforeValidator(once)] = ()
    ipv4_address: Address | None = None
    ipv6_address: Address | None = None
    link_local_ips: tuple[Address, ...] = ()
    mac_address: str | None = None
    interface_name: str | None = None
    driver_opts: Pairs = {}
    priority: Whole | None = None
    gw_priority: Whole | None = None
    attach: Literal["create", "healthy"] | None = None


class Link(Model):
    """A need: this service opens connections to `service`, which it calls `alias`.

    `port` narrows the need to one port. A link orders start-up as a started dependency does. `on_change` is
    what this service's containers are told when other ones run behind the link; with `env` they are told by
    variables, such as DB_PORT_5432_TCP_ADDR, where it leads. `via` is None after loading: a link that asks
    for ambassadors leads to them.
    """

    service: str
    alias: str
    port: ContainerPort | None = None
    env: Flag = False
    via: Literal["ambassador", "ambassadors"] | None = None
    on_change: Notice | None = None

    @classmethod
    def from_text(cls, text: str) -> Any:
        service, _, alias = text.partition(":")
        return {"service": service, "alias": alias or service}

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        return {"alias": said["service"], **said} if "service" in said else said


class ExternalLink(Model):
    """A container outside the stack, by its name there, that this service calls `alias`."""

    container: str
    alias: str

    @classmethod
    def from_text(cls, text: str) -> Any:
        container, _, alias = text.partition(":")
        return {"container": container, "alias": alias or container}


class VolumesFrom(Model):
    """Everything mounted into another service, or into a `container` outside the stack."""

    service: str | None = None
    container: str | None = None
    read_only: Flag = False

    @classmethod
    def from_text(cls, text: str) -> Any:
        outside = text.startswith("container:")
        name, _, mode = text.removeprefix("container:").partition(":")
        if not name or mode not in ("", "ro", "rw"):
            raise Misfit("must be written SERVICE, SERVICE:ro or container:NAME:ro")
        return {"container" if outside else "service": name, "read_only": mode == "ro"}


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
