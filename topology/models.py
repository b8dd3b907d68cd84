"""The stack as typed values, in Compose's words, in one canonical form.

A file may say the same thing in several ways (`ports: ["8080:80"]` or a mapping); a model holds it in
one. The short forms are parsed by validators that call `units`; nothing after `load` sees them.
Everything is frozen: a Stack is a value that graph, plan and renderers share.
"""

from __future__ import annotations

import enum
import os.path
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo, model_validator

from topology import mounts, units
from topology.forms import (
    Address,
    Bytes,
    Cidr,
    ContainerPort,
    Count,
    Flag,
    HostPorts,
    Hosts,
    Number,
    Pairs,
    Protocol,
    Seconds,
    Strings,
    User,
    Whole,
    Words,
    keys,
)
from topology.units import Misfit


class Model(BaseModel):
    """Base of all parts of a stack: unknown keys are refused, values never change.

    `also` names what a file may say in addition: forms that are folded into other fields, and what is
    accepted without being kept. A key without a value and an `x-` key are as if they were not there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    also: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _as_mapping(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str):
            value = cls.from_text(value)
        elif value is None:
            value = {}
        if not isinstance(value, Mapping):
            return value
        said = {
            key: entry
            for key, entry in value.items()
            if entry is not None and not (isinstance(key, str) and key.startswith("x-"))
        }
        said = cls.from_long(said, info.context or "")
        return {key: entry for key, entry in said.items() if key not in cls.also} if cls.also else said

    @classmethod
    def from_text(cls, text: str) -> Any:
        """The short form as a mapping; the text itself where there is none."""
        return text

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        """The long form in the model's own fields; relative paths start from `folder`, unless it is empty."""
        return said


def absolute(path: str, folder: str) -> str:
    """`path` from `folder`; unchanged where no folder is known."""
    return os.path.normpath(os.path.join(folder, path)) if folder else path


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


class Condition(enum.Enum):
    """What must be true of a dependency before a service starts."""

    STARTED = "service_started"
    HEALTHY = "service_healthy"
    COMPLETED = "service_completed_successfully"


class Dependency(Model):
    """What a service waits for before it starts."""

    condition: Condition = Condition.STARTED
    restart: Flag = False
    required: Flag = True


def _test(value: Any) -> Any:
    """The command that tests; text is for a shell."""
    if isinstance(value, str):
        return ("CMD-SHELL", value)
    if isinstance(value, list | tuple) and value[:1] and value[0] not in ("CMD", "CMD-SHELL", "NONE"):
        mend = "put CMD in front, or write it as one string"
        seen = value[0] if isinstance(value[0], str) else None
        raise Misfit("must begin with CMD, CMD-SHELL or NONE", mend=mend, seen=seen)
    return value


class Healthcheck(Model):
    """How the engine finds out whether a container works. Durations are in seconds.

    `test` starts with CMD, CMD-SHELL or NONE; what is None is left to the image.
    """

    also = frozenset(("disable",))

    test: Annotated[tuple[str, ...], BeforeValidator(_test)] | None = None
    interval: Seconds | None = None
    timeout: Seconds | None = None
    retries: Count | None = None
    start_period: Seconds | None = None
    start_interval: Seconds | None = None

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        disable = said.get("disable", False)
        if isinstance(disable, str):
            disable = units.truth(disable)
        return {"test": ("NONE",)} if disable else said


class Restart(Model):
    """When the engine starts a container again. `retries` limits `on-failure`; 0 is no limit."""

    policy: Literal["no", "always", "on-failure", "unless-stopped"] = "no"
    retries: Count = 0

    @classmethod
    def from_text(cls, text: str) -> Any:
        policy, colon, retries = text.partition(":")
        if policy not in ("no", "always", "on-failure", "unless-stopped") or (
            colon and policy != "on-failure"
        ):
            raise Misfit("must be no, always, unless-stopped, on-failure or on-failure:TIMES")
        return {"policy": policy, "retries": units.whole(retries)} if colon else {"policy": policy}


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


class Service(Model):
    """One service of a stack, in canonical form.

    Sizes are bytes, durations seconds, CPUs a number of cores; None means that the image or the engine
    decides. `environment` already holds what `env_file` gave.
    """

    image: str | None = None
    build: Build | None = None
    command: Words | None = None
    entrypoint: Words | None = None
    environment: Pairs = {}
    ports: tuple[Port, ...] = ()
    expose: tuple[Expose, ...] = ()
    volumes: tuple[Mount, ...] = ()
    networks: Annotated[dict[str, Attachment], BeforeValidator(keys)] = {}
    network_mode: str | None = None
    links: tuple[Link, ...] = ()
    depends_on: Annotated[dict[str, Dependency], BeforeValidator(keys)] = {}
    healthcheck: Healthcheck | None = None
    restart: Restart | None = None
    replicas: Count = 1
    container_name: str | None = None
    hostname: str | None = None
    labels: Pairs = {}
    user: User | None = None
    working_dir: str | None = None
    stop_grace_period: Seconds | None = None
    stop_signal: str | None = None
    extra_hosts: Hosts = ()
    init: Flag | None = None
    read_only: Flag = False
    tmpfs: Strings = ()
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    privileged: Flag = False
    mem_limit: Bytes | None = None
    cpus: Number | None = None
    pids_limit: Whole | None = None
    shm_size: Bytes | None = None
    sysctls: Pairs = {}
    ulimits: dict[str, Ulimit] = {}
    dns: Strings = ()
    dns_search: Strings = ()
    security_opt: tuple[str, ...] = ()
    devices: tuple[Device, ...] = ()
    pid: str | None = None
    ipc: str | None = None
    tty: Flag = False
    stdin_open: Flag = False
    platform: str | None = None
    pull_policy: str | None = None
    logging: Logging | None = None
    profiles: tuple[str, ...] = ()


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

    also = frozenset(("enable_ipv4",))

    name: str | None = None
    driver: str | None = None
    driver_opts: Pairs = {}
    internal: Flag = False
    attachable: Flag = False
    enable_ipv6: Flag = False
    external: Flag = False
    ipam: Ipam | None = None
    labels: Pairs = {}

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        return _external(said)


class Volume(Model):
    """A named volume of the stack; never removed unless asked."""

    name: str | None = None
    driver: str | None = None
    driver_opts: Pairs = {}
    external: Flag = False
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


class Assume(Model):
    """What no engine reports and a verdict depends on; printed with each verdict that does.

    `engine` is the version that verdicts are given for where no engine is asked.
    """

    engine: str | None = None
    userland_proxy: Flag = True


class Policy(Model):
    """What must and must not be reachable.

    `default` is what a pair that can reach each other without a link is: an error, a warning, nothing.
    """

    default: Literal["deny", "warn", "allow"] = "warn"
    claims: tuple[str, ...] = ()
    assume: Assume = Assume()


class Stack(Model):
    """A whole stack. `services`, `networks` and `volumes` keep the order of the file."""

    also = frozenset(("version",))

    name: str
    owner: str | None = None
    services: dict[str, Service] = {}
    networks: dict[str, Network] = {}
    volumes: dict[str, Volume] = {}
    policy: Policy = Policy()
