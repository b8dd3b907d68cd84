"""`deploy`, `scale` and `replicas`: what belongs to the service itself moves there."""

from __future__ import annotations

from pydantic import ValidationError

from topology.codes import CONFLICT, NOT_USED
from topology.findings import Path, Related
from topology.forms import Bytes, Number, Replicas, Whole
from topology.load.context import Context
from topology.load.translate import translate
from topology.load.words import error, name_of, note, span_of
from topology.models import Model, Placement, RestartPolicy, UpdateConfig
from topology.source import Map, SourceMap, Text, Value


class Limits(Model):
    """The most of each resource that a container gets."""

    cpus: Number | None = None
    memory: Bytes | None = None
    pids: Whole | None = None


class Reservations(Model):
    """What a container is promised. Only memory means something to one engine."""

    also = frozenset(("devices", "generic_resources"))

    cpus: Number | None = None
    memory: Bytes | None = None


class Resources(Model):
    """What a container gets at most and at least."""

    limits: Limits = Limits()
    reservations: Reservations = Reservations()


class Deploy(Model):
    """What a file may say below `deploy`."""

    also = frozenset(("labels",))

    mode: str | None = None
    endpoint_mode: str | None = None
    replicas: Replicas | None = None
    resources: Resources = Resources()
    restart_policy: RestartPolicy | None = None
    placement: Placement | None = None
    update_config: UpdateConfig | None = None
    rollback_config: UpdateConfig | None = None


_CLUSTER = {
    "endpoint_mode": "endpoint_mode",
    "labels": "service_labels",
    "mode": "mode",
    "placement": "placement",
    "restart_policy": "restart_policy",
}
"""What only a cluster can do, or can do whole, and the field of a service that holds it."""

_FOR_CLUSTER = (*_CLUSTER.values(), "cpus_reserved")
_CLUSTER_RESERVATIONS = ("cpus", "devices", "generic_resources")
_ONE_ENGINE_MODES = ("replicated", "global", "replicated-job", "global-job")
_JOBS = _ONE_ENGINE_MODES[2:]
_RESOURCES = {
    "limits": {"cpus": "cpus", "memory": "mem_limit", "pids": "pids_limit"},
    "reservations": {"memory": "mem_reservation"},
}
_RESERVED = {"cpus": "cpus_reserved"}
"""What only a cluster can promise: it looks for a node that has it."""

_POLICIES = {"none": "no", "on-failure": "on-failure", "any": "always"}


def fold(service: Map, path: Path, context: Context) -> None:
    """Moves what `deploy`, `scale` and `update` say into the service's own fields."""
    deploy = service.pop("deploy", None)
    if context.engine != "swarm":
        for key in [key for key in service if key in _FOR_CLUSTER and service[key] is not None]:
            if key != "mode" or service[key] not in _JOBS:
                _unused(key, key, path, context)
    _moved(deploy, service, path, context)


def _moved(deploy: Value, service: Map, path: Path, context: Context) -> None:
    _move(service, "scale", service, "replicas", said="scale", path=path, context=context)
    _move(service, "update", service, "update_config", said="update", path=path, context=context)
    if deploy is None:
        return
    _check(deploy, path, context)
    if not isinstance(deploy, Map):
        return
    deploy = Map.of(dict(deploy), deploy.at)
    _move(deploy, "replicas", service, "replicas", said="deploy.replicas", path=path, context=context)
    _resources(deploy.get("resources"), service, path, context)
    _restart(deploy.get("restart_policy"), service)
    for name in ("update_config", "rollback_config"):
        _move(deploy, name, service, name, said=f"deploy.{name}", path=path, context=context)
    _note_unused(deploy, path, context)
    if context.engine != "swarm" and deploy.get("mode") in _JOBS:
        _move(deploy, "mode", service, "mode", said="deploy.mode", path=path, context=context)
    if context.engine == "swarm":
        for name, field in _CLUSTER.items():
            _move(deploy, name, service, field, said=f"deploy.{name}", path=path, context=context)


def _resources(resources: Value, service: Map, path: Path, context: Context) -> None:
    for kind, fields in _RESOURCES.items():
        said = resources.get(kind) if isinstance(resources, Map) else None
        if isinstance(said, Map):
            said = Map.of(dict(said), said.at)
            more = _RESERVED if kind == "reservations" and context.engine == "swarm" else {}
            for name, field in {**fields, **more}.items():
                where = f"deploy.resources.{kind}.{name}"
                _move(said, name, service, field, said=where, path=path, context=context)


def _check(deploy: Value, path: Path, context: Context) -> None:
    try:
        Deploy.model_validate(deploy)
    except ValidationError as fault:
        above = (*path, "deploy")
        within: Value = deploy
        for key in reversed(above):
            within = Map.of({Text.of(str(key), deploy.at): within}, deploy.at) if deploy is not None else None
        context.findings.extend(translate(fault, SourceMap(within), Deploy, above))


def _move(giver: Map, name: str, taker: Map, field: str, *, said: str, path: Path, context: Context) -> None:
    """Moves a value; one that is there already must say the same."""
    key = next((key for key in giver if key == name), None)
    value = giver.pop(name, None)
    if key is None or value is None:
        return
    own = next((key for key in taker if key == field), None)
    if own is None or taker[own] is None:
        at = key.at if isinstance(key, Text) else value.at
        taker.pop(field, None)
        taker[Text.of(field, at)] = value
    elif str(taker[own]) != str(value):
        first = Related(message=f"{_both(field, taker[own])} is said", span=span_of(own))
        message = f"{name_of(path)} says {_both(field, taker[own])} and {_both(said, value)}"
        here = value if isinstance(value, Text) else key
        context.findings.append(
            error(CONFLICT, message, mend="keep one of the two", span=span_of(here), related=(first,))
        )


def _both(field: str, value: Value) -> str:
    """A field with what it says, where that is a word."""
    return f"{field} {value}" if isinstance(value, Text) else field


def _restart(policy: Value, service: Map) -> None:
    """`restart` wins where both are said, as in Compose."""
    if not isinstance(policy, Map) or not policy or service.get("restart") is not None:
        return
    condition = policy.get("condition") or "any"
    word = _POLICIES.get(str(condition), str(condition))
    attempts = policy.get("max_attempts")
    if word == "on-failure" and isinstance(attempts, Text):
        word = f"{word}:{attempts}"
    at = condition.at if isinstance(condition, Text) else policy.at
    service.pop("restart", None)
    service[Text.of("restart", at)] = Text.of(word, at)


def _note_unused(deploy: Map, path: Path, context: Context) -> None:
    for key in deploy:
        single = key == "mode" and deploy[key] in _ONE_ENGINE_MODES
        applied = single or key == "restart_policy" or context.engine == "swarm"
        if key in _CLUSTER and deploy[key] is not None and not applied:
            _unused(f"deploy.{key}", key, path, context)
    policy = deploy.get("restart_policy")
    for key in policy if isinstance(policy, Map) and context.engine != "swarm" else ():
        if key in ("delay", "window"):
            _unused(f"deploy.restart_policy.{key}", key, path, context)
    resources = deploy.get("resources")
    reserved = resources.get("reservations") if isinstance(resources, Map) else None
    for key in reserved if isinstance(reserved, Map) else ():
        if key in _CLUSTER_RESERVATIONS and not (key in _RESERVED and context.engine == "swarm"):
            _unused(f"deploy.resources.reservations.{key}", key, path, context)


def _unused(said: str, key: str, path: Path, context: Context) -> None:
    message = f"{said} of {name_of(path)} is not applied"
    context.findings.append(note(NOT_USED, message, label="only a cluster can do it", span=span_of(key)))
