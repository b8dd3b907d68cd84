"""Rows for what a container shares with the kernel and its host: namespaces, devices, limits, terminals."""

from __future__ import annotations

from typing import Any, Final

from reconciler.fields.row import Body, Field, Site, attribute, config, exact, host
from reconciler.state import ImageConfig

DEFAULT_SHM: Final = 64 << 20
"""Bytes of /dev/shm that the Engine gives without being asked (20.10 to 28.5)."""

_DISABLED_LABELS: Final = "label=disable"


def wanted_ulimits(site: Site) -> dict[str, str] | None:
    limits = site.service.ulimits.items()
    return {name: f"{limit.soft}:{limit.hard}" for name, limit in limits} or None


def ulimits_body(value: dict[str, str]) -> list[Body]:
    pairs = ((name, *text.split(":")) for name, text in sorted(value.items()))
    return [{"Name": name, "Soft": int(soft), "Hard": int(hard)} for name, soft, hard in pairs]


def ulimits(raw: list[Body]) -> dict[str, str]:
    return {one["Name"]: f"{one['Soft']}:{one['Hard']}" for one in raw}


def _wanted_devices(site: Site) -> list[str] | None:
    return [f"{one.source}:{one.target}:{one.permissions}" for one in site.service.devices] or None


def _devices_body(value: list[str]) -> list[Body]:
    return [
        dict(zip(("PathOnHost", "PathInContainer", "CgroupPermissions"), text.split(":"), strict=True))
        for text in value
    ]


def _devices(raw: list[Body]) -> list[str]:
    return [f"{one['PathOnHost']}:{one['PathInContainer']}:{one['CgroupPermissions']}" for one in raw]


def wanted_logging(site: Site) -> dict[str, Any] | None:
    logging = site.service.logging
    if logging is None:
        return None
    found = {"driver": logging.driver, "options": dict(logging.options)}
    return {name: value for name, value in found.items() if value} or None


def logging_body(value: dict[str, Any]) -> Body:
    return {"Type": value.get("driver", ""), "Config": value.get("options", {})}


def logging(raw: Body) -> dict[str, Any]:
    found = {"driver": raw.get("Type"), "options": raw.get("Config")}
    return {name: value for name, value in found.items() if value}


def expected_logging(spec: Any, _image: ImageConfig) -> Any:
    """Options without a driver go to the engine's own, which hardly ever is another one."""
    wanted = spec.get("logging")
    return wanted and {"driver": "json-file", **wanted}


def _security(inspected: Body, _image: ImageConfig) -> list[str] | None:
    """The Engine adds an option of its own where a container is privileged or sees its host's processes."""
    options = inspected["HostConfig"].get("SecurityOpt") or ()
    return [option for option in options if option != _DISABLED_LABELS] or None


def _wanted_security(site: Site) -> list[str] | None:
    return [option for option in site.service.security_opt if option != _DISABLED_LABELS] or None


def _write_logging(body: Body, value: dict[str, Any]) -> None:
    body["HostConfig"]["LogConfig"] = logging_body(value)


KERNEL: Final[tuple[Field, ...]] = (
    host("pid", "PidMode"),
    host("ipc", "IpcMode", left_to_engine=True),
    host("uts", "UTSMode"),
    host("cgroup", "CgroupnsMode", left_to_engine=True),
    host("cgroup_parent", "CgroupParent"),
    host("runtime", "Runtime", left_to_engine=True),
    host("isolation", "Isolation"),
    host("dns", "Dns"),
    host("dns_opt", "DnsOptions"),
    host("dns_search", "DnsSearch"),
    host("sysctls", "Sysctls", want=lambda site: dict(site.service.sysctls) or None, keyed=True),
    host(
        "ulimits",
        "Ulimits",
        want=wanted_ulimits,
        encode=ulimits_body,
        decode=ulimits,
        keyed=True,
        left_to_engine=True,
    ),
    host("devices", "Devices", want=_wanted_devices, encode=_devices_body, decode=_devices),
    host("device_cgroup_rules", "DeviceCgroupRules"),
    Field(
        name="security_opt",
        want=_wanted_security,
        write=lambda body, value: body["HostConfig"].update(SecurityOpt=value),
        read=_security,
    ),
    host("shm_size", "ShmSize", left_to_engine=True),
    host("storage_opt", "StorageOpt", want=lambda site: dict(site.service.storage_opt) or None, keyed=True),
    exact("oom_kill_disable", "OomKillDisable", unset=(None, False)),
    host("oom_score_adj", "OomScoreAdj"),
    Field(
        name="logging",
        want=wanted_logging,
        write=_write_logging,
        read=lambda inspected, _image: logging(inspected["HostConfig"].get("LogConfig") or {}),
        expect=expected_logging,
        left_to_engine=True,
    ),
    config("tty", "Tty", want=attribute("tty")),
    config("stdin_open", "OpenStdin", want=attribute("stdin_open")),
)
