"""A Stack → the stack file that says it, one form for each thing: what `topo config` prints can be read back.

A field that has no row in a table here is written as the model holds it, so a new field shows up by itself.
JSON takes Compose's long forms (`longform`), so that the two can be laid beside each other key by key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from topology.models import (
    Attachment,
    Build,
    BuildSecret,
    Content,
    Dependency,
    Expose,
    ExternalLink,
    Grant,
    Healthcheck,
    Ipam,
    Link,
    Mount,
    OnChange,
    Port,
    Ready,
    Restart,
    Service,
    Stack,
    UpdateConfig,
    VolumesFrom,
)
from topology.units import show_duration, show_port, show_range, show_size

Form = Callable[[Any], Any]

HEAD = ("owner", "engine")
"""What a stack says of itself beside its name."""

_DEPLOY = {
    "mode": "mode",
    "endpoint_mode": "endpoint_mode",
    "service_labels": "labels",
    "placement": "placement",
    "restart_policy": "restart_policy",
    "update_config": "update_config",
    "rollback_config": "rollback_config",
}
"""Fields of a service that Compose has below `deploy` alone, and what it calls them there."""


def written(stack: Stack) -> dict[str, Any]:
    """The stack as a mapping of plain values; what is as by default is left out, `$` is doubled."""
    parts = {
        "services": {name: service_fields(service, SERVICE) for name, service in stack.services.items()},
        "networks": {name: fields(network, NETWORK) for name, network in stack.networks.items()},
        "volumes": {name: fields(volume, {}) for name, volume in stack.volumes.items()},
        "secrets": {name: content(secret) for name, secret in stack.secrets.items()},
        "configs": {name: content(config) for name, config in stack.configs.items()},
        "policy": fields(stack.policy, {}),
    }
    head = {"name": stack.name} | {key: said for key in HEAD if (said := getattr(stack, key))}
    found: dict[str, Any] = literal(head | {name: part for name, part in parts.items() if part})
    return found


def service_fields(service: Service, forms: Mapping[str, Form]) -> dict[str, Any]:
    """A service's fields; what only `deploy` can say is written there."""
    found = fields(service, forms)
    deploy = {key: found.pop(name) for name, key in _DEPLOY.items() if name in found}
    return found | ({"deploy": deploy} if deploy else {})


def fields(model: BaseModel, forms: Mapping[str, Form]) -> dict[str, Any]:
    """The fields that were set to something else than their default, in the order of the model."""
    plain = model.model_dump(mode="json", exclude_defaults=True)
    return {
        name: forms[name](getattr(model, name)) if name in forms else plain[name]
        for name in type(model).model_fields
        if name in plain
    }


def content(given: Content) -> dict[str, Any]:
    """Where a secret or config comes from; what a variable held is never written."""
    found = fields(given, {})
    return {name: value for name, value in found.items() if name != "content" or not given.environment}


def literal(value: Any) -> Any:
    """`value` with every `$` doubled, so that reading it back finds no variables."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, Mapping):
        return {name: literal(each) for name, each in value.items()}
    return [literal(each) for each in value] if isinstance(value, (list, tuple)) else value


def _port(port: Port) -> Any:
    if port.name or port.app_protocol or port.mode != "ingress":
        return long_port(port)
    return show_port(port.host_ip, port.published, port.target, port.protocol)


def long_port(port: Port) -> dict[str, Any]:
    """Compose's long form of a port."""
    published = None if port.published is None else show_range(port.published)
    found = {
        "name": port.name,
        "mode": port.mode,
        "host_ip": port.host_ip,
        "target": port.target,
        "published": published,
        "protocol": port.protocol,
        "app_protocol": port.app_protocol,
    }
    return {name: value for name, value in found.items() if value is not None}


def _expose(expose: Expose) -> str:
    return str(expose.port) if expose.protocol == "tcp" else f"{expose.port}/{expose.protocol}"


def _mount(mount: Mount) -> dict[str, Any]:
    """Compose's long form, which keeps what belongs to one type of mount below its name."""
    below: Mapping[str, dict[str, Any]] = {
        "bind": {
            "create_host_path": mount.create_host_path,
            "selinux": mount.selinux,
            "propagation": mount.propagation,
            "recursive": mount.recursive,
        },
        "volume": {
            "nocopy": mount.nocopy,
            "subpath": mount.subpath,
            "labels": mount.labels or None,
        },
        "tmpfs": {"size": mount.size, "mode": mount.mode},
    }
    label = {"bind": {"selinux": mount.selinux}} if mount.selinux and mount.type != "bind" else {}
    usual = {True: {"create_host_path"}, False: {"nocopy"}}
    own = {
        name: value
        for name, value in below[mount.type].items()
        if value is not None and not (isinstance(value, bool) and name in usual[value])
    }
    found = {"type": mount.type, "source": mount.source, "target": mount.target}
    return (
        {name: value for name, value in found.items() if value is not None}
        | ({"read_only": True} if mount.read_only else {})
        | ({mount.type: own} if own else {})
        | label
        | ({} if mount.on_change.recreate else {"on_change": _on_change(mount.on_change)})
    )


def _on_change(said: OnChange) -> str | dict[str, Any]:
    told = fields(said, {})
    return {name: value for name, value in told.items() if name != "recreate"} or "ignore"


def _grant(grant: Grant) -> dict[str, Any]:
    return fields(grant, {"mode": show_mode})


def show_mode(mode: int) -> str:
    """Permission bits as everyone writes them: 288 → `0440`."""
    return f"0{mode:o}"


def _link(link: Link) -> Any:
    if link.port is not None or link.on_change or link.env:
        return fields(link, {})
    return link.service if link.alias == link.service else f"{link.service}:{link.alias}"


def _external_link(link: ExternalLink) -> str:
    return link.container if link.alias == link.container else f"{link.container}:{link.alias}"


def _volumes_from(giver: VolumesFrom) -> str:
    name = f"container:{giver.container}" if giver.service is None else giver.service
    return f"{name}:ro" if giver.read_only else name


def _update(update: UpdateConfig) -> dict[str, Any]:
    return fields(update, {"delay": show_duration, "monitor": show_duration})


def _build(build: Build) -> dict[str, Any]:
    return fields(build, {"shm_size": show_size, "secrets": _each(_build_secret)})


def _build_secret(secret: BuildSecret) -> Any:
    return secret.source if secret.target == secret.source else fields(secret, {})


def _attachments(attachments: Mapping[str, Attachment]) -> dict[str, Any]:
    return {name: fields(attachment, {}) or None for name, attachment in attachments.items()}


def _dependencies(dependencies: Mapping[str, Dependency]) -> dict[str, Any]:
    return {
        name: {"condition": dependency.condition.value} | fields(dependency, {})
        for name, dependency in dependencies.items()
    }


def _healthcheck(check: Healthcheck) -> dict[str, Any]:
    if check.test == ("NONE",):
        return {"disable": True}
    durations = ("interval", "timeout", "start_period", "start_interval")
    return fields(check, dict.fromkeys(durations, show_duration))


def _ready(ready: Ready) -> dict[str, Any]:
    return fields(ready, {"http": lambda page: f"{page.port}{page.path}", "within": show_duration})


def _restart(restart: Restart) -> str:
    return f"{restart.policy}:{restart.retries}" if restart.retries else restart.policy


def _ipam(ipam: Ipam) -> dict[str, Any]:
    return fields(ipam, {})


def _each(form: Form) -> Form:
    return lambda values: [form(value) for value in values]


SERVICE: Mapping[str, Form] = {
    "build": _build,
    "ports": _each(_port),
    "expose": _each(_expose),
    "volumes": _each(_mount),
    "volumes_from": _each(_volumes_from),
    "secrets": _each(_grant),
    "configs": _each(_grant),
    "networks": _attachments,
    "links": _each(_link),
    "external_links": _each(_external_link),
    "depends_on": _dependencies,
    "healthcheck": _healthcheck,
    "ready": _ready,
    "restart": _restart,
    "update_config": _update,
    "rollback_config": _update,
    "stop_grace_period": show_duration,
    "mem_limit": show_size,
}

NETWORK: Mapping[str, Form] = {"ipam": _ipam}
