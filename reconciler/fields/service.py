"""The rows of a service, in the order in which plans show them.

Facts about the Engine in this module were measured on 20.10.24, 26.1.5 and 28.5.2.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from reconciler.fields import contents, endpoints, health, images, mounts, ports
from reconciler.fields.kernel import KERNEL
from reconciler.fields.limits import LIMITS
from reconciler.fields.row import (
    Body,
    Field,
    Reach,
    Site,
    attribute,
    config,
    host,
    in_place,
    merged,
    unseen,
)
from reconciler.state import ImageConfig, Spec
from topology import peers
from topology.models import Restart

SHARED_NAMESPACES: Final = {"network_mode": "NetworkMode", "pid": "PidMode", "ipc": "IpcMode"}
"""The fields by which a container moves in with another one, and where the Engine keeps them."""


def hosts_of(spec: Spec) -> dict[str, str]:
    """Field → service, for each namespace that a container shares with a service of its stack."""
    modes = ((field, str(spec.get(field, ""))) for field in SHARED_NAMESPACES)
    return {field: mode.removeprefix("service:") for field, mode in modes if mode.startswith("service:")}


def image_name(site: Site) -> str:
    """The reference of the image a service runs."""
    return images.name_of(site.stack, site.name)


def _wanted_environment(site: Site) -> dict[str, str] | None:
    """What links tell, below what the service says itself."""
    return {**peers.variables(site.name, site.stack.services), **site.service.environment} or None


def _environment(inspected: Body, _image: ImageConfig) -> dict[str, str] | None:
    pairs = (entry.partition("=") for entry in inspected["Config"].get("Env") or ())
    return {name: value for name, _, value in pairs} or None


def _labels(inspected: Body, _image: ImageConfig) -> dict[str, str] | None:
    labels = inspected["Config"].get("Labels") or {}
    return {name: value for name, value in labels.items() if not name.startswith("topo.")} or None


def _expected_command(spec: Spec, image: ImageConfig) -> Any:
    """A new entrypoint takes the image's command away, an empty command does not (`daemon/commit.go`)."""
    if spec.get("command"):
        return spec["command"]
    return None if spec.get("entrypoint") else list(image.command or ()) or None


def _expected_entrypoint(spec: Spec, image: ImageConfig) -> Any:
    return spec.get("entrypoint", list(image.entrypoint or ())) or None


def _arguments(name: str) -> Any:
    """Command and entrypoint: an empty list is a wish too ("nothing"), unlike for other fields."""

    def want(site: Site) -> list[str] | None:
        value = getattr(site.service, name)
        return None if value is None else list(value)

    return want


def _list_of(key: str) -> Any:
    def read(inspected: Body, _image: ImageConfig) -> list[str] | None:
        return list(inspected["Config"].get(key) or ()) or None

    return read


def _setter(key: str) -> Any:
    def write(body: Body, value: Any) -> None:
        body[key] = value

    return write


def _hostname(inspected: Body, _image: ImageConfig) -> str | None:
    """Unset, a container is called by its short id; in another's network stack by the other's name."""
    name: str = inspected["Config"].get("Hostname") or ""
    mode: str = inspected["HostConfig"].get("NetworkMode", "")
    borrowed = mode == "host" or mode.startswith("container:") or inspected["Id"][:12] == name
    return None if borrowed else name or None


def _wanted_domainname(site: Site) -> str | None:
    """In another's network stack the engine puts the other's in its place."""
    mode = site.service.network_mode or ""
    return None if mode.startswith(("service:", "container:")) else site.service.domainname or None


def _domainname(inspected: Body, _image: ImageConfig) -> str | None:
    mode: str = inspected["HostConfig"].get("NetworkMode", "")
    return None if mode.startswith("container:") else inspected["Config"].get("Domainname") or None


def _mode(inspected: Body, _image: ImageConfig) -> str | None:
    """Host, none or another container's; what a bridged container says here is not reliable (15j)."""
    mode: str = inspected["HostConfig"].get("NetworkMode", "")
    return mode if mode in {"host", "none"} or mode.startswith("container:") else None


def _wanted_mode(site: Site) -> str | None:
    return None if site.service.network_mode == "bridge" else site.service.network_mode


def _restart_text(policy: dict[str, Any]) -> str | None:
    """`on-failure:3`; None for the Engine's default, which is spelled "" (20.10) or "no" (newer)."""
    name, retries = policy.get("Name") or "no", policy.get("MaximumRetryCount") or 0
    if name == "no":
        return None
    return f"{name}:{retries}" if retries else str(name)


def _restart_body(text: str | None) -> dict[str, Any]:
    name, _, retries = (text or "no").partition(":")
    return {"Name": name, "MaximumRetryCount": int(retries or 0)}


def _wanted_restart(site: Site) -> str | None:
    restart = site.service.restart or Restart()
    return _restart_text({"Name": restart.policy, "MaximumRetryCount": restart.retries})


def capabilities(names: Iterable[str]) -> list[str]:
    """Capabilities have two spellings, with and without CAP_, in either case."""
    return sorted({name.upper().removeprefix("CAP_") for name in names})


def _wanted_capabilities(name: str) -> Any:
    def want(site: Site) -> list[str] | None:
        return capabilities(getattr(site.service, name)) or None

    return want


def _wanted_mac_address(site: Site) -> str | None:
    """Its own, or that on its only network: a container is made with one."""
    attachments = [*site.service.networks.values()]
    return site.service.mac_address or (attachments[0].mac_address if len(attachments) == 1 else None)


def _write_grace(body: Body, seconds: float) -> None:
    body["StopTimeout"] = math.ceil(seconds)


def _read_grace(inspected: Body, _image: ImageConfig) -> float | None:
    timeout = inspected["Config"].get("StopTimeout")
    return None if timeout is None else float(timeout)


def wanted_grace(site: Site) -> float | None:
    """In whole seconds, as engines count them, and rather more than less."""
    grace = site.service.stop_grace_period
    return None if grace is None else float(math.ceil(grace))


def _write_init(body: Body, value: bool) -> None:
    body["HostConfig"]["Init"] = value


def _write_environment(body: Body, value: dict[str, str]) -> None:
    body["Env"] = [f"{name}={text}" for name, text in sorted(value.items())]


def _write_labels(body: Body, value: dict[str, str]) -> None:
    body.setdefault("Labels", {}).update(value)


PROTECT: Final = Field(
    name="protect",
    want=attribute("protect"),
    write=lambda _body, _value: None,
    read=lambda _inspected, _image: None,
    reach=in_place,
    update=lambda _value, _spec: {},  # it is only noted
    unseen=True,
)
"""Kept by topo alone: no engine knows it."""

SERVICE: Final[tuple[Field, ...]] = (
    Field(
        name="image",
        want=image_name,
        write=_setter("Image"),
        read=lambda inspected, _image: inspected["Config"].get("Image"),
    ),
    Field(
        name="entrypoint",
        want=_arguments("entrypoint"),
        write=_setter("Entrypoint"),
        read=_list_of("Entrypoint"),
        expect=_expected_entrypoint,
    ),
    Field(
        name="command",
        want=_arguments("command"),
        write=_setter("Cmd"),
        read=_list_of("Cmd"),
        expect=_expected_command,
    ),
    Field(
        name="environment",
        want=_wanted_environment,
        write=_write_environment,
        read=_environment,
        expect=lambda spec, image: merged(image.env, spec.get("environment")),
        sensitive=True,
        keyed=True,
    ),
    Field(
        name="ports",
        want=ports.wanted,
        write=ports.write,
        read=ports.read,
    ),
    Field(
        name="expose",
        want=ports.wanted_exposed,
        write=ports.write_exposed,
        read=ports.read_exposed,
        expect=ports.expected_exposed,
    ),
    Field(
        name="volumes",
        want=mounts.wanted,
        write=mounts.write,
        read=mounts.read,
        expect=mounts.expected,
        keyed=True,
    ),
    Field(
        name="contents",
        want=contents.wanted,
        write=lambda _body, _value: None,
        read=lambda _inspected, _image: None,
        same=contents.same,
        reach=contents.reach,
        keyed=True,
        unseen=True,
    ),
    host("tmpfs", "Tmpfs", want=mounts.wanted_tmpfs, keyed=True),
    host("volumes_from", "VolumesFrom", want=mounts.wanted_from),
    Field(
        name="networks",
        want=endpoints.wanted,
        write=endpoints.write,
        read=endpoints.read,
        expect=endpoints.expected,
        reach=lambda _old, _new: Reach.RECONNECT,
        keyed=True,
    ),
    Field(
        name="network_mode",
        want=_wanted_mode,
        write=lambda body, value: body["HostConfig"].update(NetworkMode=value),
        read=_mode,
    ),
    Field(
        name="healthcheck",
        want=health.wanted,
        write=health.write,
        read=health.read,
        expect=health.expected,
    ),
    host(
        "restart",
        "RestartPolicy",
        want=_wanted_restart,
        encode=_restart_body,
        decode=_restart_text,
        reach=in_place,
        update=lambda value, _spec: {"RestartPolicy": _restart_body(value)},
    ),
    Field(
        name="hostname",
        want=attribute("hostname"),
        write=_setter("Hostname"),
        read=_hostname,
    ),
    Field(
        name="labels",
        want=lambda site: dict(site.service.labels) or None,
        write=_write_labels,
        read=_labels,
        expect=lambda spec, image: merged(image.labels, spec.get("labels")),
        keyed=True,
    ),
    Field(name="domainname", want=_wanted_domainname, write=_setter("Domainname"), read=_domainname),
    unseen("mac_address", want=_wanted_mac_address, write=_setter("MacAddress")),
    unseen(
        "annotations",
        want=lambda site: dict(site.service.annotations) or None,
        write=lambda body, value: body["HostConfig"].update(Annotations=value),
    ),
    PROTECT,
    unseen("platform", want=attribute("platform"), write=lambda _body, _value: None),
    config("user", "User", default=lambda image: image.user),
    host("group_add", "GroupAdd"),
    host("userns_mode", "UsernsMode"),
    config("working_dir", "WorkingDir", default=lambda image: image.working_dir),
    config("stop_signal", "StopSignal", default=lambda image: image.stop_signal),
    Field(name="stop_grace_period", want=wanted_grace, write=_write_grace, read=_read_grace),
    host("extra_hosts", "ExtraHosts"),
    Field(
        name="init",
        want=lambda site: site.service.init,
        write=_write_init,
        read=lambda inspected, _image: inspected["HostConfig"].get("Init"),
    ),
    host("read_only", "ReadonlyRootfs"),
    host("cap_add", "CapAdd", want=_wanted_capabilities("cap_add"), decode=capabilities),
    host("cap_drop", "CapDrop", want=_wanted_capabilities("cap_drop"), decode=capabilities),
    host("privileged", "Privileged"),
    *LIMITS,
    *KERNEL,
)
