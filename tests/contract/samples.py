"""Values of every field, for the tests that are generated from the table of fields."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

from tests.support.bench import PLAIN, RICH
from topology.models import (
    Attachment,
    Device,
    Expose,
    Healthcheck,
    Ipam,
    Link,
    Logging,
    Mount,
    Network,
    Port,
    Restart,
    Service,
    Subnet,
    Ulimit,
    Volume,
    VolumesFrom,
)

MIB: Final = 1024 * 1024
Said = Mapping[str, Any]

MACHINE: Final = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
"""What the engine calls this machine's kind of processor."""

BASE: Final[Said] = {
    "image": PLAIN,
    "entrypoint": ("sleep",),
    "command": ("1000",),
    "network_mode": "none",
    "stop_signal": "SIGKILL",
}
"""A service that ends at once when told to, and starts in half the time that one with a network takes."""

OWN_COMMAND: Final[Said] = {"image": RICH, "network_mode": "none"}
ON_NETWORK: Final[Said] = {**{key: value for key, value in BASE.items() if key != "network_mode"}}
ALONE: Final[Said] = {**ON_NETWORK, "networks": {"default": Attachment()}}
SLOW_SIGNAL: Final[Said] = {
    **{key: value for key, value in BASE.items() if key != "stop_signal"},
    "stop_grace_period": 0.0,
}


UNTRIED: Final[Mapping[str, str]] = {
    "storage_opt": "needs a file system with quotas",
    "cpu_rt_period": "needs a kernel with realtime groups",
    "cpu_rt_runtime": "needs a kernel with realtime groups",
    "blkio_config": "needs a block device of the engine's own",
    "contents": "needs files; test_contents.py has them",
}
"""Rows without samples: what no engine of the lab can do."""


class Sample(Struct, frozen=True, kw_only=True):
    """Two values of a field as a service says them, and what it says of it in the end: nothing, usually."""

    first: Said
    second: Said
    lifted: Said = field(default_factory=dict)
    base: Said = field(default_factory=lambda: BASE)

    def services(self) -> tuple[Service, Service, Service]:
        return tuple(Service(**{**self.base, **said}) for said in (self.first, self.second, self.lifted))  # type: ignore[return-value]  # there are three


def two(name: str, first: Any, second: Any, **more: Any) -> Sample:
    return Sample(first={name: first}, second={name: second}, **more)


def _rich() -> Said:
    return {**BASE, "image": RICH}


def _published(number: int, **more: Any) -> tuple[Port, ...]:
    return (Port(target=80, published=(number, number), **more),)


def _joined(**networks: Attachment) -> Said:
    return {"networks": {"default": Attachment(), **networks}}


def _network_samples() -> tuple[Sample, ...]:
    plain = _joined()
    link = Link(service="peer", alias="database")
    pairs: tuple[tuple[Said, Said], ...] = (
        (_joined(one=Attachment()), _joined(two=Attachment())),
        (_joined(one=Attachment(aliases=("a",))), _joined(one=Attachment(aliases=("b", "c")))),
        (
            _joined(fixed=Attachment(ipv4_address="10.254.7.10")),
            _joined(fixed=Attachment(ipv4_address="10.254.7.11")),
        ),
        (
            _joined(one=Attachment(interface_name="eth7")),
            _joined(one=Attachment(interface_name="eth8", driver_opts={"topo.test": "1"})),
        ),
        ({**plain, "links": (link,)}, {**plain, "links": (Link(service="peer", alias="store"),)}),
        (
            _joined(one=Attachment(gw_priority=5), two=Attachment()),
            _joined(one=Attachment(), two=Attachment(gw_priority=5)),
        ),
    )
    return tuple(Sample(first=a, second=b, lifted=plain, base=ON_NETWORK) for a, b in pairs)


def _volume(target: str = "/data", **more: Any) -> tuple[Mount, ...]:
    return (Mount(type="volume", source="data", target=target, **more),)


def _mount_samples(folder: Path) -> tuple[Sample, ...]:
    def bound(target: str, **more: Any) -> tuple[Mount, ...]:
        return (Mount(type="bind", source=str(folder), target=target, **more),)

    return (
        two("volumes", _volume(), _volume(read_only=True)),
        two("volumes", _volume(nocopy=True), _volume("/elsewhere")),
        two("volumes", bound("/host"), bound("/host", read_only=True, propagation="rprivate")),
        two(
            "volumes",
            (Mount(type="volume", target="/a"),),
            (Mount(type="volume", target="/b"), *_volume()),
        ),
        two("volumes", _volume("/keep"), _volume("/data"), base=_rich()),
    )


def _kernel_samples() -> Mapping[str, tuple[Sample, ...]]:
    null = Device(source="/dev/null", target="/dev/nothing", permissions="r")
    return {
        "pid": (two("pid", "service:peer", "host"),),
        "ipc": (
            two("ipc", "shareable", "host"),
            two("ipc", "host", "none"),
        ),
        "dns": (two("dns", ("10.1.1.1",), ("10.1.1.1", "10.1.1.2")),),
        "dns_search": (two("dns_search", ("example.org",), ("example.org", "example.com")),),
        "sysctls": (
            two(
                "sysctls",
                {"net.ipv4.ip_unprivileged_port_start": "100"},
                {"net.ipv4.ip_unprivileged_port_start": "200", "net.ipv4.ip_forward": "0"},
            ),
        ),
        "ulimits": (
            two(
                "ulimits",
                {"nofile": Ulimit(soft=100, hard=200)},
                {"nofile": Ulimit(soft=150, hard=200), "core": Ulimit(soft=0, hard=0)},
            ),
        ),
        "devices": (two("devices", (null,), (null.model_copy(update={"permissions": "rwm"}),)),),
        "security_opt": (two("security_opt", ("no-new-privileges",), ("seccomp=unconfined",)),),
        "shm_size": (two("shm_size", MIB, 2 * MIB),),
        "logging": (
            two("logging", Logging(driver="none"), Logging(driver="json-file", options={"max-size": "1m"})),
            two("logging", Logging(options={"max-size": "1m"}), Logging(options={"max-size": "2m"})),
        ),
        "dns_opt": (two("dns_opt", ("ndots:1",), ("ndots:2", "timeout:3")),),
        "uts": (two("uts", "host", ""),),
        "cgroup": (two("cgroup", "host", "private"),),
        "cgroup_parent": (two("cgroup_parent", "/topo-test", "/topo-test/other"),),
        "runtime": (two("runtime", "runc", "io.containerd.runc.v2"),),
        "isolation": (two("isolation", "default", ""),),
        "device_cgroup_rules": (two("device_cgroup_rules", ("c 1:3 r",), ("c 1:3 rw", "c 1:5 r")),),
        "oom_kill_disable": (two("oom_kill_disable", True, False),),
        "oom_score_adj": (two("oom_score_adj", 100, 200),),
        "domainname": (two("domainname", "example.org", "example.com"),),
        "mac_address": (
            two("mac_address", "02:42:0a:00:00:01", "02:42:0a:00:00:02", base=ALONE),
            two(
                "networks",
                {"default": Attachment(mac_address="02:42:0a:00:00:03")},
                {"default": Attachment(mac_address="02:42:0a:00:00:04")},
                lifted=ALONE,
                base=ON_NETWORK,
            ),
        ),
        "annotations": (two("annotations", {"a": "1"}, {"a": "2", "b": "3"}),),
        "platform": (two("platform", f"linux/{MACHINE}", "linux"),),
        "group_add": (two("group_add", ("1000",), ("1000", "1001")),),
        "userns_mode": (two("userns_mode", "host", ""),),
        "tty": (two("tty", True, False),),
        "stdin_open": (two("stdin_open", True, False),),
    }


def service_samples(folder: Path) -> Mapping[str, tuple[Sample, ...]]:
    """Samples for each row of a service; `folder` is one that the engine can mount."""
    check = Healthcheck(test=("CMD", "true"), interval=0.1, timeout=1.0, retries=1)
    return {
        "image": (two("image", PLAIN, RICH, lifted={"image": PLAIN}),),
        "entrypoint": (
            Sample(
                first={"entrypoint": ("sleep",), "command": ("1000",)},
                second={"entrypoint": ("busybox", "sleep"), "command": ("1000",)},
                base=OWN_COMMAND,
            ),
            Sample(
                first={"entrypoint": ("sleep",), "command": ("1000",)},
                second={"entrypoint": (), "command": ("sleep", "1000")},
                base=OWN_COMMAND,
            ),
        ),
        "command": (
            two("command", ("sleep 2000",), ("sleep 3000",), base=OWN_COMMAND),
            two("command", (), ("sleep 3000",), base=OWN_COMMAND),
        ),
        "environment": (
            two("environment", {"A": "1"}, {"A": "2", "B": "3=4"}),
            two("environment", {"FLAVOUR": "mint"}, {"SIZE": ""}, base=_rich()),
        ),
        "ports": (
            two("ports", _published(31001), _published(31002)),
            two("ports", _published(31003, host_ip="127.0.0.1"), _published(31003, host_ip="127.0.0.2")),
            two("ports", _published(31004, protocol="udp"), (Port(target=81),)),
        ),
        "expose": (
            two("expose", (Expose(port=90),), (Expose(port=90, protocol="udp"), Expose(port=91))),
            two("expose", (Expose(port=80),), (Expose(port=91),), base=_rich()),
        ),
        "volumes": _mount_samples(folder),
        "tmpfs": (
            two("tmpfs", ("/scratch:size=1m",), ("/scratch:size=2m", "/other")),
            two(
                "volumes", (Mount(type="tmpfs", target="/t"),), (Mount(type="tmpfs", target="/t", size=MIB),)
            ),
            two(
                "volumes",
                (Mount(type="tmpfs", target="/t", mode=0o1770, size=MIB),),
                (Mount(type="tmpfs", target="/t", mode=0o700, read_only=True),),
            ),
        ),
        "networks": _network_samples(),
        "network_mode": (
            two("network_mode", "none", "host", lifted={"network_mode": "bridge"}),
            two("network_mode", "service:peer", "none", lifted={"network_mode": "bridge"}),
        ),
        "healthcheck": (
            two("healthcheck", check, check.model_copy(update={"interval": 0.2, "start_interval": 0.1})),
            two("healthcheck", check, Healthcheck(test=("NONE",)), base=_rich()),
            two("healthcheck", Healthcheck(interval=1.0), Healthcheck(retries=5), base=_rich()),
        ),
        "restart": (
            two("restart", Restart(policy="always"), Restart(policy="on-failure", retries=3)),
            two("restart", Restart(policy="on-failure"), Restart(policy="unless-stopped")),
        ),
        "hostname": (two("hostname", "one", "two"),),
        "labels": (
            two("labels", {"k": "v"}, {"k": "w", "more": ""}),
            two("labels", {"kind": "poor"}, {"more": "yes"}, base=_rich()),
        ),
        "user": (two("user", "1000", "1001:1001"), two("user", "0", "1001", base=_rich())),
        "working_dir": (two("working_dir", "/tmp", "/bin"), two("working_dir", "/", "/bin", base=_rich())),  # noqa: S108  # a folder in the container
        "stop_signal": (two("stop_signal", "SIGKILL", "SIGTERM", base=SLOW_SIGNAL),),
        "stop_grace_period": (two("stop_grace_period", 3.0, 0.0),),
        "extra_hosts": (two("extra_hosts", ("elsewhere:10.1.1.1",), ("elsewhere:10.1.1.2", "b:10.1.1.3")),),
        "init": (two("init", True, False),),
        "protect": (two("protect", True, False), two("protect", False, True)),
        "read_only": (two("read_only", True, False),),
        "cap_add": (two("cap_add", ("NET_RAW",), ("CAP_CHOWN", "net_raw")),),
        "cap_drop": (two("cap_drop", ("NET_RAW",), ("CAP_CHOWN", "net_raw")),),
        "privileged": (two("privileged", True, False),),
        "volumes_from": (
            two(
                "volumes_from", (VolumesFrom(service="peer"),), (VolumesFrom(service="peer", read_only=True),)
            ),
        ),
        "memswap_limit": (
            two("memswap_limit", 100 * MIB, 200 * MIB, base={**BASE, "mem_limit": 64 * MIB}),
            two("memswap_limit", -1, 128 * MIB, base={**BASE, "mem_limit": 64 * MIB}),
        ),
        "mem_reservation": (two("mem_reservation", 32 * MIB, 16 * MIB),),
        "mem_swappiness": (two("mem_swappiness", 10, 0),),
        "cpu_shares": (two("cpu_shares", 512, 256),),
        "cpuset": (two("cpuset", "0", "0-1"),),
        "cpu_period": (two("cpu_period", 50_000, 20_000),),
        "cpu_quota": (two("cpu_quota", 50_000, 20_000),),
        "mem_limit": (two("mem_limit", 64 * MIB, 32 * MIB), two("mem_limit", 32 * MIB, 64 * MIB)),
        "cpus": (two("cpus", 0.5, 0.25),),
        "pids_limit": (two("pids_limit", 50, 40),),
        **_kernel_samples(),
    }


def _ipam(*blocks: Subnet, **more: Any) -> Ipam:
    return Ipam(config=blocks, **more)


_NETWORK_PAIRS: Final[Mapping[str, tuple[tuple[Network, Network], ...]]] = {
    "driver": (
        (
            Network(driver="macvlan", driver_opts={"parent": "docker0"}),
            Network(driver="bridge"),
        ),
    ),
    "internal": ((Network(internal=True), Network()),),
    "attachable": ((Network(attachable=True), Network()),),
    "enable_ipv6": (
        (
            Network(enable_ipv6=True, ipam=_ipam(Subnet(subnet="fd00:abcd:1::/64"))),
            Network(ipam=_ipam(Subnet(subnet="10.254.1.0/24"))),
        ),
    ),
    "ipam": (
        (
            Network(ipam=_ipam(Subnet(subnet="10.254.2.0/24"))),
            Network(ipam=_ipam(Subnet(subnet="10.254.3.0/24", gateway="10.254.3.9"))),
        ),
        (
            Network(
                ipam=_ipam(
                    Subnet(
                        subnet="10.254.4.0/24",
                        ip_range="10.254.4.128/25",
                        aux_addresses={"printer": "10.254.4.130"},
                    )
                )
            ),
            Network(ipam=_ipam(driver="default", options={"some": "option"})),
        ),
    ),
    "driver_opts": (
        (
            Network(driver_opts={"com.docker.network.bridge.enable_icc": "false"}),
            Network(driver_opts={"com.docker.network.bridge.enable_icc": "true"}),
        ),
    ),
    "labels": ((Network(labels={"k": "v"}), Network(labels={"k": "w", "more": ""})),),
}

NETWORK_SAMPLES: Final = {
    name: tuple((*pair, Network()) for pair in pairs) for name, pairs in _NETWORK_PAIRS.items()
}
"""Two values of each field, and what is left when the field is lifted."""

VOLUME_SAMPLES: Final[Mapping[str, tuple[tuple[Volume, Volume], ...]]] = {
    "driver_opts": (
        (
            Volume(driver_opts={"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}),
            Volume(driver_opts={"type": "tmpfs", "device": "tmpfs", "o": "size=2m"}),
        ),
    ),
    "labels": ((Volume(labels={"k": "v"}), Volume(labels={"k": "w"})),),
}
"""There is no second driver on an engine without plug-ins."""
