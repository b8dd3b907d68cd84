"""The stack as typed values, in Compose's words, in one canonical form.

A file may say the same thing in several ways (`ports: ["8080:80"]` or a mapping); a model holds it in
one. The short forms are parsed by validators that call `units`; nothing after `load` sees them.
Everything is frozen: a Stack is a value that graph, plan and renderers share.
"""

from __future__ import annotations

import enum
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Base of all parts of a stack: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Build(Model):
    """How an image is made. `context` is absolute after loading; `args` without a value are dropped."""

    context: str
    dockerfile: str = "Dockerfile"
    target: str | None = None
    args: dict[str, str] = {}


class Port(Model):
    """One container port, published on the host. Without `published` the engine picks a host port.

    `published` is an inclusive range, usually of one; with replicas each takes the lowest free of it.
    """

    target: int
    published: tuple[int, int] | None = None
    host_ip: str | None = None
    protocol: Literal["tcp", "udp", "sctp"] = "tcp"


class Expose(Model):
    """A port that a service says it listens on. Documentation: it opens nothing."""

    port: int
    protocol: Literal["tcp", "udp", "sctp"] = "tcp"


class Mount(Model):
    """Something mounted into a container at `target`.

    `source` is a key of the stack's `volumes`, an absolute host path for `bind`, None for `tmpfs` and
    for an anonymous volume.
    """

    type: Literal["volume", "bind", "tmpfs"]
    target: str
    source: str | None = None
    read_only: bool = False
    create_host_path: bool = True
    nocopy: bool = False
    selinux: Literal["z", "Z"] | None = None
    propagation: str | None = None
    size: int | None = None


class Attachment(Model):
    """How a service is attached to one network."""

    aliases: tuple[str, ...] = ()
    ipv4_address: str | None = None
    ipv6_address: str | None = None
    gw_priority: int | None = None


class Link(Model):
    """A need: this service opens connections to `service`, which it calls `alias`.

    `port` narrows the need to one port. A link orders start-up as a started dependency does.
    """

    service: str
    alias: str
    port: int | None = None


class Condition(enum.Enum):
    """What must be true of a dependency before a service starts."""

    STARTED = "service_started"
    HEALTHY = "service_healthy"
    COMPLETED = "service_completed_successfully"


class Dependency(Model):
    """What a service waits for before it starts."""

    condition: Condition = Condition.STARTED
    restart: bool = False
    required: bool = True


class Healthcheck(Model):
    """How the engine finds out whether a container works. Durations are in seconds.

    `test` starts with CMD, CMD-SHELL or NONE; what is None is left to the image.
    """

    test: tuple[str, ...] | None = None
    interval: float | None = None
    timeout: float | None = None
    retries: int | None = None
    start_period: float | None = None
    start_interval: float | None = None


class Restart(Model):
    """When the engine starts a container again. `retries` limits `on-failure`; 0 is no limit."""

    policy: Literal["no", "always", "on-failure", "unless-stopped"] = "no"
    retries: int = 0


class Service(Model):
    """One service of a stack, in canonical form.

    Sizes are bytes, durations seconds, CPUs a number of cores; None means that the image or the engine
    decides. `environment` already holds what `env_file` gave.
    """

    image: str | None = None
    build: Build | None = None
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    environment: dict[str, str] = {}
    ports: tuple[Port, ...] = ()
    expose: tuple[Expose, ...] = ()
    volumes: tuple[Mount, ...] = ()
    networks: dict[str, Attachment] = {}
    network_mode: str | None = None
    links: tuple[Link, ...] = ()
    depends_on: dict[str, Dependency] = {}
    healthcheck: Healthcheck | None = None
    restart: Restart | None = None
    replicas: int = 1
    container_name: str | None = None
    hostname: str | None = None
    labels: dict[str, str] = {}
    user: str | None = None
    working_dir: str | None = None
    stop_grace_period: float | None = None
    stop_signal: str | None = None
    extra_hosts: tuple[str, ...] = ()
    init: bool | None = None
    read_only: bool = False
    tmpfs: tuple[str, ...] = ()
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    privileged: bool = False
    mem_limit: int | None = None
    cpus: float | None = None
    pids_limit: int | None = None


class Subnet(Model):
    """One address block of a network; addresses in their canonical form."""

    subnet: str | None = None
    gateway: str | None = None
    ip_range: str | None = None
    aux_addresses: dict[str, str] = {}


class Ipam(Model):
    """How a network's addresses are managed."""

    driver: str | None = None
    config: tuple[Subnet, ...] = ()
    options: dict[str, str] = {}


class Network(Model):
    """A network of the stack. `name` is what the engine calls it; None: derived from the stack's name."""

    name: str | None = None
    driver: str | None = None
    driver_opts: dict[str, str] = {}
    internal: bool = False
    attachable: bool = False
    enable_ipv6: bool = False
    external: bool = False
    ipam: Ipam | None = None
    labels: dict[str, str] = {}


class Volume(Model):
    """A named volume of the stack; never removed unless asked."""

    name: str | None = None
    driver: str | None = None
    driver_opts: dict[str, str] = {}
    external: bool = False
    labels: dict[str, str] = {}


class Assume(Model):
    """What no engine reports and a verdict depends on; printed with each verdict that does.

    `engine` is the version that verdicts are given for where no engine is asked.
    """

    engine: str | None = None
    userland_proxy: bool = True


class Policy(Model):
    """What must and must not be reachable.

    `default` is what a pair that can reach each other without a link is: an error, a warning, nothing.
    """

    default: Literal["deny", "warn", "allow"] = "warn"
    claims: tuple[str, ...] = ()
    assume: Assume = Assume()


class Stack(Model):
    """A whole stack. `services`, `networks` and `volumes` keep the order of the file."""

    name: str
    owner: str | None = None
    services: dict[str, Service] = {}
    networks: dict[str, Network] = {}
    volumes: dict[str, Volume] = {}
    policy: Policy = Policy()
