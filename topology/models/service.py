"""A service, with every field that a stack file can give it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, PrivateAttr

from topology.forms import (
    Bytes,
    Count,
    Flag,
    Hosts,
    Number,
    Pairs,
    Percent,
    PullPolicy,
    Replicas,
    Seconds,
    Strings,
    Swap,
    User,
    Whole,
    Words,
    keys,
)
from topology.models.base import Model
from topology.models.blkio import Blkio
from topology.models.building import Build, Ulimit
from topology.models.contents import ConfigGrant, SecretGrant
from topology.models.life import Dependency, Healthcheck, Placement, Restart, RestartPolicy, UpdateConfig
from topology.models.parts import (
    Attachment,
    Device,
    Expose,
    ExternalLink,
    Link,
    Logging,
    Mount,
    Port,
    VolumesFrom,
)
from topology.models.ready import Ready
from topology.nearest import nearest
from topology.units import Misfit


def _field(text: object) -> object:
    """The name of a field of services, and behind a dot perhaps that of one of its entries."""
    name = str(text).partition(".")[0]
    if isinstance(text, str) and name not in {*Service.model_fields, "state"} - {"ignore"}:
        meant = nearest(name, Service.model_fields)
        label = f'did you mean "{meant}"?' if meant else "such as restart or environment.TZ"
        raise Misfit("must be a field of services", label=label)
    return text


class Service(Model):
    """One service of a stack, in canonical form.

    Sizes are bytes, durations seconds, CPUs a number of cores; None means that the image or the engine
    decides. `environment` already holds what `env_file` gave, and `labels` what `label_file` did. `ignore`
    names what others may change on the engine: it is set when a container is made, and then left alone.
    With `protect` a container is neither removed nor replaced.
    """

    image: str | None = None
    build: Build | None = None
    command: Words | None = None
    entrypoint: Words | None = None
    environment: Pairs = {}
    ports: tuple[Port, ...] = ()
    expose: tuple[Expose, ...] = ()
    volumes: tuple[Mount, ...] = ()
    volumes_from: tuple[VolumesFrom, ...] = ()
    secrets: tuple[SecretGrant, ...] = ()
    configs: tuple[ConfigGrant, ...] = ()
    networks: Annotated[dict[str, Attachment], BeforeValidator(keys)] = {}
    network_mode: str | None = None
    links: tuple[Link, ...] = ()
    external_links: tuple[ExternalLink, ...] = ()
    depends_on: Annotated[dict[str, Dependency], BeforeValidator(keys)] = {}
    healthcheck: Healthcheck | None = None
    ready: Ready | None = None
    restart: Restart | None = None
    replicas: Replicas = 1
    mode: Literal["replicated", "global", "replicated-job", "global-job"] = "replicated"
    endpoint_mode: Literal["vip", "dnsrr"] | None = None
    service_labels: Pairs = {}
    placement: Placement | None = None
    restart_policy: RestartPolicy | None = None
    cpus_reserved: Number | None = None
    update_config: UpdateConfig | None = None
    rollback_config: UpdateConfig | None = None
    container_name: str | None = None
    hostname: str | None = None
    domainname: str | None = None
    mac_address: str | None = None
    labels: Pairs = {}
    annotations: Pairs = {}
    user: User | None = None
    group_add: tuple[User, ...] = ()
    userns_mode: str | None = None
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
    mem_reservation: Bytes | None = None
    memswap_limit: Swap | None = None
    mem_swappiness: Percent | None = None
    cpus: Number | None = None
    cpu_shares: Count | None = None
    cpu_period: Count | None = None
    cpu_quota: Whole | None = None
    cpu_rt_period: Count | None = None
    cpu_rt_runtime: Count | None = None
    cpuset: str | None = None
    pids_limit: Whole | None = None
    oom_kill_disable: Flag | None = None
    oom_score_adj: Whole | None = None
    blkio_config: Blkio | None = None
    shm_size: Bytes | None = None
    sysctls: Pairs = {}
    ulimits: dict[str, Ulimit] = {}
    dns: Strings = ()
    dns_search: Strings = ()
    dns_opt: Strings = ()
    security_opt: tuple[str, ...] = ()
    storage_opt: Pairs = {}
    devices: tuple[Device, ...] = ()
    device_cgroup_rules: tuple[str, ...] = ()
    pid: str | None = None
    ipc: str | None = None
    uts: str | None = None
    cgroup: Literal["host", "private"] | None = None
    cgroup_parent: str | None = None
    runtime: str | None = None
    isolation: str | None = None
    tty: Flag = False
    stdin_open: Flag = False
    platform: str | None = None
    pull_policy: PullPolicy | None = None
    logging: Logging | None = None
    profiles: tuple[str, ...] = ()
    protect: Flag = False
    ignore: tuple[Annotated[str, BeforeValidator(_field)], ...] = ()

    @property
    def is_everywhere(self) -> bool:
        """Whether it runs once on every node."""
        return self.mode in {"global", "global-job"}

    _from_files: frozenset[str] = PrivateAttr(default=frozenset())

    @property
    def from_files(self) -> frozenset[str]:
        """The variables that only an `env_file` says: what they hold is shown nowhere."""
        return self._from_files

    def knowing(self, from_files: frozenset[str]) -> Service:
        """The same, knowing where its variables come from, which no field of a stack file can say."""
        made = self.model_copy()
        made._from_files = from_files  # noqa: SLF001  # its own
        return made
