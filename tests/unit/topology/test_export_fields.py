"""Every field of a stack is carried into an export to Kubernetes, or told."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.published_schemas import NEWEST, OLDEST, faults
from topology.export.kubernetes import Export, exported
from topology.export.kubernetes.fields import FIELDS, Carried, Unsaid
from topology.models import Model, Service, Stack


def inner(annotation: Any) -> Iterator[type[Model]]:
    """The models in the type of a field."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for part in typing.get_args(annotation) if not isinstance(annotation, types.GenericAlias) else ():
        yield from inner(part)
    if isinstance(annotation, types.GenericAlias):
        for part in typing.get_args(annotation):
            yield from inner(part)


def looked_into(model: type[Model], seen: set[type[Model]]) -> Iterator[type[Model]]:
    """A model and all that stand in fields that are carried."""
    if model in seen:
        return
    seen.add(model)
    yield model
    for name, field in model.model_fields.items():
        if isinstance(FIELDS.get(model, {}).get(name, Carried()), Carried):
            for one in inner(field.annotation):
                yield from looked_into(one, seen)


@pytest.mark.parametrize("model", list(looked_into(Stack, set())))
def test_each_field_is_carried_or_told(model: type[Model]) -> None:
    assert set(FIELDS[model]) == set(model.model_fields)


SECRETS = {"key": {"content": "k"}}
CONFIGS = {"page": {"content": "p"}}
SAMPLES: dict[str, Any] = {
    "image": "y:2",
    "command": ["serve", "$$", "$(X)"],
    "entrypoint": ["run"],
    "environment": {"COLOUR": "green"},
    "ports": [{"target": 80, "published": "8080"}],
    "expose": ["9000"],
    "volumes": [{"type": "volume", "source": "data", "target": "/data"}],
    "volumes_from": ["b"],
    "secrets": ["key"],
    "configs": [{"source": "page", "mode": "0440"}],
    "networks": {"n": {"aliases": ["other"]}},
    "network_mode": "host",
    "links": ["b"],
    "healthcheck": {"test": ["CMD", "true"], "interval": "1.5s"},
    "ready": {"tcp": 80},
    "restart": "on-failure",
    "replicas": 3,
    "mode": "global",
    "endpoint_mode": "dnsrr",
    "service_labels": {"team": "shop"},
    "placement": {"constraints": ["node.role == worker"], "preferences": [{"spread": "node.labels.zone"}]},
    "restart_policy": {"condition": "none"},
    "cpus_reserved": 0.5,
    "update_config": {"parallelism": 2, "order": "start-first"},
    "hostname": "called",
    "labels": {"a": "b"},
    "annotations": {"c": "d"},
    "user": "1000:1001",
    "group_add": ["44"],
    "working_dir": "/srv",
    "stop_grace_period": "3s",
    "extra_hosts": ["db.example:10.0.0.5"],
    "init": True,
    "read_only": True,
    "tmpfs": ["/run:size=1m"],
    "cap_add": ["NET_ADMIN"],
    "cap_drop": ["CAP_CHOWN"],
    "privileged": True,
    "mem_limit": "100m",
    "mem_reservation": "50m",
    "cpus": 1.5,
    "cpu_period": 50000,
    "cpu_quota": 50000,
    "shm_size": "64m",
    "sysctls": {"net.core.somaxconn": "1024"},
    "dns_search": ["example.com"],
    "dns_opt": ["ndots:1"],
    "security_opt": ["no-new-privileges:true", "seccomp=unconfined", "apparmor=unconfined"],
    "pid": "host",
    "ipc": "host",
    "runtime": "gvisor",
    "tty": True,
    "stdin_open": True,
    "platform": "linux/arm64",
    "pull_policy": "always",
}
"""A value of each field of a service that is carried."""


def test_there_is_a_sample_for_each_field_that_is_carried() -> None:
    carried = {name for name, entry in FIELDS[Service].items() if isinstance(entry, Carried)}
    assert set(SAMPLES) == carried


def export(**service: Any) -> Export:
    """A stack whose first service has this, beside one that gives it volumes and is linked to it."""
    joined: dict[str, Any] = {} if "network_mode" in service else {"networks": {"n": {}}}
    second = {
        "image": "x:1",
        "networks": {"n": {}},
        "links": [{"service": "a", "alias": "a", "port": 80}],
        "volumes": [{"type": "volume", "source": "data", "target": "/b"}],
    }
    said = {
        "name": "s",
        "services": {"a": {"image": "x:1", **joined, **service}, "b": second},
        "networks": {"n": {}},
        "volumes": {"data": {}},
        "secrets": SECRETS,
        "configs": CONFIGS,
    }
    return exported(Stack.model_validate(said), files={})


@pytest.mark.parametrize("field", SAMPLES)
def test_what_is_carried_shows_in_valid_objects(field: str) -> None:
    beside = {"cpu_quota": 25000} if field == "cpu_period" else {}
    made = export(**beside, **{field: SAMPLES[field]})
    if field in {"restart", "restart_policy"}:  # only a Job may end, so that is all there is to say
        assert any(found.path[2] == field for found in made.notes if len(found.path) > 2)
    else:
        assert made.objects != export(**beside).objects
    assert [fault for one in made.objects for at in (OLDEST, NEWEST) for fault in faults(one, at)] == []


UNSAID = {name: entry for name, entry in FIELDS[Service].items() if isinstance(entry, Unsaid)}
WRITTEN: dict[str, Any] = {
    "depends_on": {"b": {}},
    "external_links": ["other"],
    "devices": ["/dev/a:/dev/a"],
    "rollback_config": {"parallelism": 2},
    "dns": ["10.0.0.1"],
    "logging": {"driver": "none"},
    "blkio_config": {"weight": 10},
    "ulimits": {"nofile": "10"},
    "storage_opt": {"size": "1g"},
    "device_cgroup_rules": ["c 1:3 r"],
    "cgroup": "host",
    "ignore": ["restart"],
}
"""A value of each field that is not carried and takes more than a number or a text."""


@pytest.mark.parametrize("field", UNSAID)
def test_what_is_not_carried_is_told_with_its_place(field: str) -> None:
    told = f"{field} of service a is not carried: {UNSAID[field].why}"
    notes = export(**{field: WRITTEN.get(field, "1")}).notes
    assert [(one.code, one.path) for one in notes if one.message == told] == [
        ("T501", ("services", "a", field))
    ]
