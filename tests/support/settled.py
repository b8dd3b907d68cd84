"""What Docker Compose and topo write about a service, in one form: differences of spelling are settled."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from topology import units
from topology.load.unapplied import MOUNTS

Json = dict[str, Any]


def settled_shared(said: Json) -> Json:
    """A network, volume, secret or config without what is as by default, and without what Compose forgets."""
    found = {key: value for key, value in said.items() if value not in (None, {}, [], False)}
    if found.get("enable_ipv4") is True:
        del found["enable_ipv4"]
    if "ipam" in found:
        ipam = {key: value for key, value in found["ipam"].items() if key != "options"}
        found["ipam"] = ipam | {"config": [_subnet(block) for block in ipam.get("config") or ()]}
    return {key: value for key, value in found.items() if value}


def _subnet(block: Json) -> Json:
    """Compose hands blocks and addresses on as they were typed."""
    blocks = {key: units.subnet(block[key]) for key in ("subnet", "ip_range") if block.get(key)}
    return block | blocks | ({"gateway": units.address(block["gateway"])} if block.get("gateway") else {})


def unprovided(services: Json) -> Json:
    """The services without those of providers, and what others want of these: topo leaves them out."""
    provided = {name for name, said in services.items() if said.get("provider")}
    return {
        name: said
        | {
            "depends_on": {
                key: each for key, each in (said.get("depends_on") or {}).items() if key not in provided
            },
            "links": [each for each in said.get("links") or () if each.partition(":")[0] not in provided],
        }
        for name, said in services.items()
        if name not in provided
    }


def settled(service: Json) -> Json:
    """A service in the form that both are compared in.

    Compose keeps what `deploy` and `scale` say where they say it; topo keeps it in the service's own
    fields. Compose adds what a service waits for because of links and shared namespaces to `depends_on`.
    """
    found = dict(service)
    deploy = found.pop("deploy", None) or {}
    resources = deploy.get("resources") or {}
    limits, reserved = resources.get("limits") or {}, resources.get("reservations") or {}
    found.setdefault("replicas", found.pop("scale", None) or deploy.get("replicas"))
    for field, value in (
        ("cpus", limits.get("cpus")),
        ("mem_limit", limits.get("memory")),
        ("pids_limit", limits.get("pids")),
        ("mem_reservation", reserved.get("memory")),
        ("restart", _restart(deploy.get("restart_policy"))),
    ):
        if value is not None:
            found.setdefault(field, value)
    made = {key: ROWS.get(key, _same)(value) for key, value in found.items() if key not in IGNORED}
    waits = dict(made.get("depends_on") or {})
    for name in _awaited(found):
        waits.setdefault(name, {"condition": "service_started", "required": True})
    made["depends_on"] = {name: _wait(said) for name, said in waits.items()}
    return {key: value for key, value in made.items() if value not in (None, {}, [], False, "")}


def _awaited(service: Json) -> Iterator[str]:
    for link in service.get("links") or ():
        yield link["service"] if isinstance(link, dict) else link.partition(":")[0]
    for field in ("network_mode", "ipc", "pid", "uts"):
        kind, _, name = str(service.get(field) or "").partition(":")
        if kind == "service":
            yield name
    for giver in service.get("volumes_from") or ():
        if not giver.startswith("container:"):
            yield giver.partition(":")[0]


def _wait(said: Json) -> Json:
    return {"condition": said["condition"], "required": said.get("required", True)}


def _restart(policy: Mapping[str, Any] | None) -> str | None:
    if not policy:
        return None
    word = {"none": "no", "any": "always"}.get(policy.get("condition") or "any", policy.get("condition"))
    attempts = policy.get("max_attempts")
    return f"{word}:{attempts}" if attempts and word == "on-failure" else word


def _same(value: Any) -> Any:
    return value


def _sorted(value: Any) -> Any:
    return sorted(value, key=lambda each: json.dumps(each, sort_keys=True))


def _set(value: Any) -> Any:
    return sorted({str(each) for each in value or ()})


def _exposed(value: Any) -> Any:
    """Compose keeps a range; topo has each port of it."""
    return sorted({port for each in value or () for port in _ports_of(str(each))})


def _ports_of(text: str) -> Iterator[str]:
    ports, _, protocol = text.removesuffix("/tcp").partition("/")
    first, last = units.port_range(ports)
    yield from (f"{port}/{protocol}" for port in range(first, last + 1))


def _blkio(value: Any) -> Any:
    """Compose writes what stands in lists as Go does: `Rate`, and as text."""
    if isinstance(value, dict):
        return {key.lower(): _blkio(each) for key, each in value.items()}
    return [_blkio(each) for each in value] if isinstance(value, list) else str(value)


def _givers(value: Any) -> Any:
    return [str(each).removesuffix(":rw") for each in value]


def _known_environment(value: Json) -> Json:
    """Compose keeps a name without a value; topo leaves out what nobody has set."""
    return _labels({name: text for name, text in (value or {}).items() if text is not None})


def _labels(value: Json) -> Json:
    """In names Compose doubles a dollar sign that it does not read as one."""
    return {name.replace("$$", "$"): str(text) for name, text in value.items()}


def _health(value: Json) -> Json:
    if value.get("disable") or value.get("test") == ["NONE"]:
        return {"disable": True}
    durations = ("interval", "timeout", "start_period", "start_interval")
    return {key: units.duration(each) if key in durations else each for key, each in value.items() if each}


def _ports(value: Any) -> Any:
    """Published at 0 and not said where are the same."""
    return _sorted(
        [
            {key: each for key, each in port.items() if key != "name" and (key, each) != ("published", "0")}
            for port in value
        ]
    )


def _volumes(value: Any) -> Any:
    return _sorted([_volume(mount) for mount in value if mount["type"] not in MOUNTS])


def _volume(mount: Json) -> Json:
    """A missing host folder is made by default, which Compose writes for the short form only.

    That it is not made Compose does not write at all. A slash at the end of an absolute source stays in
    Compose's answer; it means nothing.
    """
    bind = {key: each for key, each in (mount.get("bind") or {}).items() if key != "create_host_path"}
    found = {**mount, "bind": bind, "volume": mount.get("volume")}
    if mount.get("type") == "bind":
        found["source"] = os.path.normpath(mount["source"])
    return {key: each for key, each in found.items() if each and key != "consistency"}


def _links(value: Any) -> Any:
    return sorted(link if ":" in link else f"{link}:{link}" for link in value)


def _networks(value: Json) -> Json:
    return {
        name: {
            key: units.address(each) if key in ("ipv4_address", "ipv6_address") else each
            for key, each in (said or {}).items()
            if each not in (None, [], {})
        }
        for name, said in (value or {}).items()
    }


def _ulimits(value: Json) -> Json:
    """Compose leaves out what is 0."""
    return {
        name: {"soft": 0, "hard": 0} | limit if isinstance(limit, dict) else {"soft": limit, "hard": limit}
        for name, limit in value.items()
    }


def _granted(folder: str) -> Callable[[Any], Any]:
    def settle(value: Any) -> Any:
        return _sorted(
            [{**each, "target": os.path.join(folder, each.get("target") or each["source"])} for each in value]
        )

    return settle


def _build(value: Json) -> Json:
    args = _known_environment(value.get("args") or {})
    found = {**value, "args": args, "context": os.path.normpath(value["context"])}
    only_buildkit = ("additional_contexts", "cache_to", "entitlements", "privileged", "provenance", "sbom")
    return {
        key: each
        for key, each in found.items()
        if each not in (None, {}, [], False) and key not in (*only_buildkit, "secrets", "ssh")
    }


ROWS: Mapping[str, Callable[[Any], Any]] = {
    "blkio_config": _blkio,
    "build": _build,
    "cpus": float,
    "environment": _known_environment,
    "expose": _exposed,
    "extra_hosts": _sorted,
    "healthcheck": _health,
    "labels": _labels,
    "links": _links,
    "mem_limit": int,
    "mem_reservation": int,
    "mem_swappiness": int,
    "memswap_limit": int,
    "networks": _networks,
    "ports": _ports,
    "profiles": _set,
    "replicas": lambda value: 1 if value is None else value,
    "secrets": _granted("/run/secrets"),
    "configs": _granted("/"),
    "shm_size": int,
    "stop_grace_period": units.duration,
    "tmpfs": _sorted,
    "ulimits": _ulimits,
    "volumes": _volumes,
    "volumes_from": _givers,
}

IGNORED = frozenset(
    (
        "attach", "cpu_count", "cpu_percent", "credential_spec", "develop", "gpus", "models", "post_start",
        "pre_stop", "provider", "use_api_socket",
    )
)  # fmt: skip
"""What topo accepts and names in a note without keeping it."""
