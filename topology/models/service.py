"""A service, with every field that a stack file can give it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from topology.forms import (
    Bytes,
    Count,
    Flag,
    Hosts,
    Number,
    Pairs,
    Seconds,
    Strings,
    User,
    Whole,
    Words,
    keys,
)
from topology.models.base import Model
from topology.models.life import Dependency, Healthcheck, Restart
from topology.models.parts import Attachment, Build, Device, Expose, Link, Logging, Mount, Port, Ulimit


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
