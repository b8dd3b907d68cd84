"""What a create call asks for, laid over what the image and the engine give. Pure."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from reconciler.engines.daemon import Json
from reconciler.engines.memory.generation import Generation
from reconciler.errors import Rejected

LEAST_MEMORY: Final = 6 * 1024 * 1024
POLICIES: Final = frozenset({"", "no", "always", "on-failure", "unless-stopped"})
NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")

_CONFIG: Final[Json] = {
    "Hostname": "",
    "Domainname": "",
    "User": "",
    "AttachStdin": False,
    "AttachStdout": False,
    "AttachStderr": False,
    "Tty": False,
    "OpenStdin": False,
    "StdinOnce": False,
    "Env": None,
    "Cmd": None,
    "Image": "",
    "Volumes": None,
    "WorkingDir": "",
    "Entrypoint": None,
    "OnBuild": None,
    "Labels": None,
}
_OPTIONAL: Final = ("ExposedPorts", "Healthcheck", "StopSignal", "StopTimeout")
_HOST: Final[Json] = {
    "Binds": None,
    "NetworkMode": "",
    "PortBindings": None,
    "RestartPolicy": None,
    "AutoRemove": False,
    "CapAdd": None,
    "CapDrop": None,
    "ExtraHosts": None,
    "Links": None,
    "Privileged": False,
    "PublishAllPorts": False,
    "ReadonlyRootfs": False,
    "SecurityOpt": None,
    "Memory": 0,
    "MemorySwap": 0,
    "NanoCpus": 0,
    "CpuPeriod": 0,
    "CpuQuota": 0,
    "PidsLimit": None,
    "Ulimits": None,
    "PidMode": "",
    "IpcMode": "",
    "Dns": None,
    "DnsSearch": None,
    "Devices": None,
    "ShmSize": 0,
    "LogConfig": None,
    "MemoryReservation": 0,
    "MemorySwappiness": None,
    "CpuShares": 0,
    "CpusetCpus": "",
    "CpuRealtimePeriod": 0,
    "CpuRealtimeRuntime": 0,
    "BlkioWeight": 0,
    "BlkioWeightDevice": None,
    "BlkioDeviceReadBps": None,
    "BlkioDeviceReadIOps": None,
    "BlkioDeviceWriteBps": None,
    "BlkioDeviceWriteIOps": None,
    "DeviceCgroupRules": None,
    "DnsOptions": None,
    "GroupAdd": None,
    "UsernsMode": "",
    "UTSMode": "",
    "CgroupnsMode": "",
    "CgroupParent": "",
    "Runtime": "",
    "Isolation": "",
    "OomKillDisable": False,
    "OomScoreAdj": 0,
    "VolumesFrom": None,
}
_HOST_OPTIONAL: Final = ("Init", "Tmpfs", "Mounts", "Sysctls", "StorageOpt")
_SHM_SIZE: Final = 64 * 1024 * 1024
_NO_LABELS: Final = "label=disable"


def config(sent: Json, image: Json, short_id: str, generation: Generation) -> Json:
    """The container's `Config`: what was sent, with the image's values where nothing was."""
    made: Json = {key: copy.deepcopy(sent.get(key, empty)) for key, empty in _CONFIG.items()}
    made.update({key: copy.deepcopy(sent[key]) for key in _OPTIONAL if sent.get(key) not in (None, "", {})})
    for key, lay in _LAID.items():
        value = lay(sent.get(key), image.get(key))
        if value or key in made:
            made[key] = copy.deepcopy(value)
    made["Entrypoint"], made["Cmd"] = _words(sent, image)
    made["Hostname"] = sent.get("Hostname") or short_id
    made["Labels"] = made["Labels"] or {}
    if "Healthcheck" in made and not generation.traits.start_interval:
        made["Healthcheck"].pop("StartInterval", None)
    if not made["Entrypoint"] and not made["Cmd"]:
        raise Rejected("no command specified")
    return made


def _either(sent: Any, below: Any) -> Any:
    return sent or below or ""


def _union(sent: Mapping[str, Any] | None, below: Mapping[str, Any] | None) -> Any:
    return {**(below or {}), **(sent or {})} or None


def _environment(sent: list[str] | None, below: list[str] | None) -> list[str] | None:
    named = {entry.partition("=")[0] for entry in sent or ()}
    return [*(sent or ()), *(one for one in below or () if one.partition("=")[0] not in named)] or None


_LAID: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "User": _either,
    "WorkingDir": _either,
    "StopSignal": _either,
    "Env": _environment,
    "Labels": _union,
    "ExposedPorts": _union,
    "Volumes": _union,
    "Healthcheck": _union,
}


def _words(sent: Json, image: Json) -> tuple[Any, Any]:
    """Entrypoint and command; one empty word takes the entrypoint away, an empty list says nothing."""
    entrypoint, command = sent.get("Entrypoint"), sent.get("Cmd")
    if not entrypoint:
        command = command or image.get("Cmd")
        entrypoint = image.get("Entrypoint") if entrypoint is None else entrypoint
    return (None if entrypoint == [""] else entrypoint), command


def host(sent: Json, generation: Generation) -> Json:
    """The container's `HostConfig`, checked.

    Raises:
        Rejected: limits or a restart policy that make no sense.
    """
    made: Json = {key: copy.deepcopy(sent.get(key, empty)) for key, empty in _HOST.items()}
    made.update({key: copy.deepcopy(sent[key]) for key in _HOST_OPTIONAL if sent.get(key) is not None})
    made["NetworkMode"] = made["NetworkMode"] or generation.default_mode
    made["RestartPolicy"] = policy(made["RestartPolicy"], generation.no_restart)
    made["PidsLimit"] = made["PidsLimit"] or None
    made["IpcMode"] = made["IpcMode"] or "private"
    made["CgroupnsMode"] = made["CgroupnsMode"] or "host"
    made["Runtime"] = made["Runtime"] or "runc"
    made["ShmSize"] = made["ShmSize"] or _SHM_SIZE
    made["LogConfig"] = _logging(made["LogConfig"] or {})
    check_memory(made["Memory"], made["MemorySwap"])
    if made["Memory"] and not made["MemorySwap"]:
        made["MemorySwap"] = 2 * made["Memory"]
    if made["Privileged"] or "host" in {made["PidMode"], made["IpcMode"]}:
        made["SecurityOpt"] = [*(made["SecurityOpt"] or ()), _NO_LABELS]
    return made


def _logging(sent: Json) -> Json:
    return {"Type": sent.get("Type") or "json-file", "Config": sent.get("Config") or {}}


def policy(sent: Json | None, no_restart: str) -> Json:
    """A restart policy, checked."""
    name, retries = (sent or {}).get("Name") or "", (sent or {}).get("MaximumRetryCount") or 0
    if name not in POLICIES:
        raise Rejected(f"invalid restart policy: unknown policy '{name}'")
    if retries and name != "on-failure":
        raise Rejected("invalid restart policy: maximum retry count can only be used with 'on-failure'")
    return {"Name": name or no_restart, "MaximumRetryCount": retries}


def check_memory(memory: int, swap: int) -> None:
    """The engine's own limits of limits."""
    if 0 < memory < LEAST_MEMORY:
        raise Rejected("Minimum memory limit allowed is 6MB")
    if 0 < swap < memory:
        raise Rejected("Minimum memoryswap limit should be larger than memory limit, see usage")


def check_name(name: str) -> None:
    """What a container may be called."""
    if not NAME.fullmatch(name):
        raise Rejected(f"Invalid container name ({name}), only {NAME.pattern[:-1]} are allowed")


_NOT_SHARED: Final = {
    "Hostname": "hostname",
    "PortBindings": "port publishing",
    "ExposedPorts": "port exposing",
}


def check_shared_stack(sent: Json, mode: str) -> None:
    """Whoever lives in another's network stack has no network settings of its own.

    Raises:
        Rejected: it asks for some.
    """
    if not mode.startswith("container:"):
        return
    asked = {**sent, **(sent.get("HostConfig") or {})}
    for key, what in _NOT_SHARED.items():
        if asked.get(key):
            raise Rejected(f"conflicting options: {what} and the container type network mode")
