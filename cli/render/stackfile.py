"""A Stack → the stack file that says it, one form for each thing: what `topo config` prints can be read back.

A field that has no row in a table here is written as the model holds it, so a new field shows up by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from topology.models import (
    Attachment,
    Dependency,
    Expose,
    Healthcheck,
    Ipam,
    Mount,
    Port,
    Restart,
    Service,
    Stack,
)
from topology.units import show_duration, show_port, show_size

Form = Callable[[Any], Any]


def written(stack: Stack) -> dict[str, Any]:
    """The stack as a mapping of plain values; what is as by default is left out, `$` is doubled."""
    parts = {
        "services": {name: _service(service) for name, service in stack.services.items()},
        "networks": {name: _fields(network, _NETWORK) for name, network in stack.networks.items()},
        "volumes": {name: _fields(volume, {}) for name, volume in stack.volumes.items()},
        "policy": _fields(stack.policy, {}),
    }
    head = {"name": stack.name} | ({"owner": stack.owner} if stack.owner else {})
    found: dict[str, Any] = _literal(head | {name: part for name, part in parts.items() if part})
    return found


def _service(service: Service) -> dict[str, Any]:
    return _fields(service, _SERVICE)


def _fields(model: BaseModel, forms: Mapping[str, Form]) -> dict[str, Any]:
    """The fields that were set to something else than their default, in the order of the model."""
    plain = model.model_dump(mode="json", exclude_defaults=True)
    return {
        name: forms[name](getattr(model, name)) if name in forms else plain[name]
        for name in type(model).model_fields
        if name in plain
    }


def _literal(value: Any) -> Any:
    """`value` with every `$` doubled, so that reading it back finds no variables."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, Mapping):
        return {name: _literal(each) for name, each in value.items()}
    return [_literal(each) for each in value] if isinstance(value, (list, tuple)) else value


def _port(port: Port) -> str:
    return show_port(port.host_ip, port.published, port.target, port.protocol)


def _expose(expose: Expose) -> str:
    return str(expose.port) if expose.protocol == "tcp" else f"{expose.port}/{expose.protocol}"


def _mount(mount: Mount) -> dict[str, Any]:
    """Compose's long form, which keeps what belongs to one type of mount below its name."""
    below: Mapping[str, dict[str, Any]] = {
        "bind": {
            "create_host_path": mount.create_host_path,
            "selinux": mount.selinux,
            "propagation": mount.propagation,
        },
        "volume": {"nocopy": mount.nocopy},
        "tmpfs": {"size": mount.size},
    }
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
    )


def _attachments(attachments: Mapping[str, Attachment]) -> dict[str, Any]:
    return {name: _fields(attachment, {}) or None for name, attachment in attachments.items()}


def _dependencies(dependencies: Mapping[str, Dependency]) -> dict[str, Any]:
    return {
        name: {"condition": dependency.condition.value} | _fields(dependency, {})
        for name, dependency in dependencies.items()
    }


def _healthcheck(check: Healthcheck) -> dict[str, Any]:
    if check.test == ("NONE",):
        return {"disable": True}
    durations = ("interval", "timeout", "start_period", "start_interval")
    return _fields(check, dict.fromkeys(durations, show_duration))


def _restart(restart: Restart) -> str:
    return f"{restart.policy}:{restart.retries}" if restart.retries else restart.policy


def _ipam(ipam: Ipam) -> dict[str, Any]:
    return _fields(ipam, {})


def _each(form: Form) -> Form:
    return lambda values: [form(value) for value in values]


_SERVICE: Mapping[str, Form] = {
    "ports": _each(_port),
    "expose": _each(_expose),
    "volumes": _each(_mount),
    "networks": _attachments,
    "depends_on": _dependencies,
    "healthcheck": _healthcheck,
    "restart": _restart,
    "stop_grace_period": show_duration,
    "mem_limit": show_size,
}

_NETWORK: Mapping[str, Form] = {"ipam": _ipam}
