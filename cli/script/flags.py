"""What is sent to the engine → the flags of the docker command: tables, one for each shape of flag.

Each function gives words that are quoted for the shell already.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from cli.script.asked import Hidden, word

Body = Mapping[str, Any]

_VALUES: Final[Mapping[str, str]] = {
    "Hostname": "--hostname",
    "Domainname": "--domainname",
    "MacAddress": "--mac-address",
    "User": "--user",
    "WorkingDir": "--workdir",
    "StopSignal": "--stop-signal",
    "StopTimeout": "--stop-timeout",
}
_SWITCHES: Final[Mapping[str, str]] = {
    "Tty": "--tty",
    "OpenStdin": "--interactive",
    "Init": "--init",
    "ReadonlyRootfs": "--read-only",
    "Privileged": "--privileged",
    "OomKillDisable": "--oom-kill-disable",
}
_HOST_VALUES: Final[Mapping[str, str]] = {
    "UsernsMode": "--userns",
    "Memory": "--memory",
    "MemorySwap": "--memory-swap",
    "MemoryReservation": "--memory-reservation",
    "MemorySwappiness": "--memory-swappiness",
    "CpuShares": "--cpu-shares",
    "CpusetCpus": "--cpuset-cpus",
    "CpuPeriod": "--cpu-period",
    "CpuQuota": "--cpu-quota",
    "CpuRealtimePeriod": "--cpu-rt-period",
    "CpuRealtimeRuntime": "--cpu-rt-runtime",
    "PidsLimit": "--pids-limit",
    "BlkioWeight": "--blkio-weight",
    "PidMode": "--pid",
    "IpcMode": "--ipc",
    "UTSMode": "--uts",
    "CgroupnsMode": "--cgroupns",
    "CgroupParent": "--cgroup-parent",
    "Runtime": "--runtime",
    "Isolation": "--isolation",
    "ShmSize": "--shm-size",
    "OomScoreAdj": "--oom-score-adj",
}
_HOST_LISTS: Final[Mapping[str, str]] = {
    "Binds": "--volume",
    "VolumesFrom": "--volumes-from",
    "GroupAdd": "--group-add",
    "ExtraHosts": "--add-host",
    "CapAdd": "--cap-add",
    "CapDrop": "--cap-drop",
    "Dns": "--dns",
    "DnsOptions": "--dns-option",
    "DnsSearch": "--dns-search",
    "DeviceCgroupRules": "--device-cgroup-rule",
    "SecurityOpt": "--security-opt",
}
_HOST_PAIRS: Final[Mapping[str, tuple[str, str]]] = {
    "Tmpfs": ("--tmpfs", ":"),
    "Annotations": ("--annotation", "="),
    "Sysctls": ("--sysctl", "="),
    "StorageOpt": ("--storage-opt", "="),
}
_RATES: Final[Mapping[str, tuple[str, str]]] = {
    "BlkioWeightDevice": ("--blkio-weight-device", "Weight"),
    "BlkioDeviceReadBps": ("--device-read-bps", "Rate"),
    "BlkioDeviceReadIOps": ("--device-read-iops", "Rate"),
    "BlkioDeviceWriteBps": ("--device-write-bps", "Rate"),
    "BlkioDeviceWriteIOps": ("--device-write-iops", "Rate"),
}
_ENDPOINT: Final[Mapping[str, str]] = {
    "IPv4Address": "--ip",
    "IPv6Address": "--ip6",
}

TOLD: Final = frozenset(
    {*_VALUES, *_SWITCHES, *_HOST_VALUES, *_HOST_LISTS, *_HOST_PAIRS, *_RATES}
    | {
        "Devices",
        "ExposedPorts",
        "LogConfig",
        "NanoCpus",
        "PortBindings",
        "RestartPolicy",
        "Ulimits",
        "Volumes",
    }
    | {"Cmd", "Entrypoint", "Env", "Healthcheck", "Image", "Labels", "NetworkMode"}
    | {"HostConfig", "NetworkingConfig"}
)
"""The keys of a create call that become words of a command."""


def flag(name: str, *value: object) -> str:
    """A flag with its value, given in parts."""
    return f"{name} {word(*value)}"


def pairs(name: str, values: Mapping[str, Any], between: str = "=") -> list[str]:
    """A flag for each entry of a mapping."""
    return [flag(name, f"{key}{between}", values[key]) for key in sorted(values)]


def settings(body: Body) -> Iterator[str]:
    """The flags of a container that need no more than their value."""
    host: Body = body["HostConfig"]
    yield from (flag(name, body[key]) for key, name in _VALUES.items() if key in body)
    for key, name in _SWITCHES.items():
        if (value := body.get(key, host.get(key))) is not None:
            yield name if value else f"{name}=false"
    yield from limits(host)
    for key, name in _HOST_LISTS.items():
        yield from (flag(name, value) for value in host.get(key) or ())
    yield from (flag("--volume", target) for target in body.get("Volumes") or ())
    for key, (name, between) in _HOST_PAIRS.items():
        yield from pairs(name, host.get(key) or {}, between)
    yield from _devices(host)
    log: Body = host.get("LogConfig") or {}
    yield from [flag("--log-driver", log["Type"])] if log.get("Type") else []
    yield from pairs("--log-opt", log.get("Config") or {})


def limits(host: Body) -> Iterator[str]:
    """The flags of limits and restart policy, of a container that is made and of one that is changed."""
    yield from (flag(name, host[key]) for key, name in _HOST_VALUES.items() if key in host)
    if "NanoCpus" in host:
        yield flag("--cpus", f"{host['NanoCpus'] / 1e9:g}")
    if policy := host.get("RestartPolicy"):
        retries = policy.get("MaximumRetryCount")
        yield flag("--restart", f"{policy['Name']}:{retries}" if retries else policy["Name"])


def _devices(host: Body) -> Iterator[str]:
    for one in host.get("Devices") or ():
        yield flag("--device", f"{one['PathOnHost']}:{one['PathInContainer']}:{one['CgroupPermissions']}")
    for one in host.get("Ulimits") or ():
        yield flag("--ulimit", f"{one['Name']}={one['Soft']}:{one['Hard']}")
    for key, (name, value) in _RATES.items():
        yield from (flag(name, f"{one['Path']}:{one[value]}") for one in host.get(key) or ())


def published(body: Body) -> Iterator[str]:
    """The ports that are published, and those that are only exposed."""
    bindings: Body = body["HostConfig"].get("PortBindings") or {}
    for target, several in sorted(bindings.items()):
        for one in several:
            address = f"[{one['HostIp']}]" if ":" in one["HostIp"] else one["HostIp"]
            parts = [address, one["HostPort"], target] if address else [one["HostPort"], target]
            yield flag("--publish", ":".join(parts) if address or one["HostPort"] else target)
    yield from (
        flag("--expose", port) for port in sorted(body.get("ExposedPorts") or ()) if port not in bindings
    )


def endpoint(alias: str, settings: Body) -> Iterator[str]:
    """How a container stands on a network; `alias` is the flag for a further name."""
    yield from (flag(alias, name) for name in settings.get("Aliases") or ())
    yield from (flag("--link", link) for link in settings.get("Links") or ())
    fixed: Body = settings.get("IPAMConfig") or {}
    yield from (flag(name, fixed[key]) for key, name in _ENDPOINT.items() if key in fixed)
    yield from (flag("--link-local-ip", address) for address in fixed.get("LinkLocalIPs") or ())


def first_network(name: str, settings: Body) -> Iterator[str]:
    """The network that a container is made on; the long form only where the short one has no words."""
    options = [
        f"driver-opt={key}={value}" for key, value in sorted((settings.get("DriverOpts") or {}).items())
    ]
    if settings.get("GwPriority"):
        options.append(f"gw-priority={settings['GwPriority']}")
    yield flag("--network", ",".join(_field(one) for one in (f"name={name}", *options)) if options else name)
    yield from endpoint("--network-alias", settings)


def _field(text: str) -> str:
    """A field of a line of comma-separated values."""
    return '"' + text.replace('"', '""') + '"' if {",", '"'} & set(text) else text


def joining(settings: Body) -> Iterator[str]:
    """The flags of `docker network connect`."""
    yield from endpoint("--alias", settings)
    yield from pairs("--driver-opt", settings.get("DriverOpts") or {})
    if settings.get("GwPriority"):
        yield flag("--gw-priority", settings["GwPriority"])


_CHECK: Final[Mapping[str, str]] = {
    "Interval": "--health-interval",
    "Timeout": "--health-timeout",
    "StartPeriod": "--health-start-period",
    "StartInterval": "--health-start-interval",
}


def health(check: Body) -> Iterator[str]:
    """A health check. There is a flag for a line of the shell, and none for words of a command."""
    kind, *words = check.get("Test") or [""]
    if kind == "NONE":
        yield "--no-healthcheck"
        return
    if kind == "CMD-SHELL":
        yield flag("--health-cmd", *words)
    if kind == "CMD":
        yield flag("--health-cmd", *_shell_line(words))
    yield from (flag(name, f"{check[key]}ns") for key, name in _CHECK.items() if check.get(key))
    if check.get("Retries"):
        yield flag("--health-retries", check["Retries"])


def _shell_line(words: Iterable[str]) -> Iterator[str]:
    for at, each in enumerate(words):
        yield " " if at else ""
        yield each if isinstance(each, Hidden) else shlex.quote(each)


def network(body: Body) -> Iterator[str]:
    """The flags of `docker network create`."""
    yield from [flag("--driver", body["Driver"])] if body.get("Driver") else []
    for key, name in (("Internal", "--internal"), ("Attachable", "--attachable"), ("EnableIPv6", "--ipv6")):
        yield from [name] if body.get(key) else []
    ipam: Body = body.get("IPAM") or {}
    if ipam.get("Driver", "default") != "default":
        yield flag("--ipam-driver", ipam["Driver"])
    yield from pairs("--ipam-opt", ipam.get("Options") or {})
    for block in ipam.get("Config") or ():
        for key, name in (("Subnet", "--subnet"), ("Gateway", "--gateway"), ("IPRange", "--ip-range")):
            yield from [flag(name, block[key])] if key in block else []
        yield from pairs("--aux-address", block.get("AuxiliaryAddresses") or {})
    yield from pairs("--opt", body.get("Options") or {})


def lines(command: str, flags: Iterable[str], *operands: str) -> tuple[str, ...]:
    """A command, with each of its flags on a line of its own."""
    words = [command, *flags]
    if operands:
        words.append(" ".join(operands))
    text = " \\\n    ".join(words)
    return tuple(text.splitlines())
