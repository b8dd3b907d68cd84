"""A container → the fields of its service, as the file writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from reconciler.fields import SERVICE, mounts
from reconciler.importing.found import BRIDGE, COMPOSE, Data, One
from reconciler.importing.names import Names
from topology.units import show_duration, show_size

_USUAL: Final[Mapping[str, frozenset[str]]] = {
    "ipc": frozenset({"private", "shareable"}),
    "cgroup": frozenset({"private", "host"}),
    "runtime": frozenset({"runc", "io.containerd.runc.v2"}),
    "shm_size": frozenset({str(64 << 20)}),
    "logging": frozenset({"{'driver': 'json-file'}"}),
}
"""What engines decide where nobody does; other values of these were somebody's wish."""
_CLEARED: Final[Mapping[str, list[str]]] = {"entrypoint": [], "command": []}
"""What may be taken away from an image: an empty list is a wish too."""


def service_of(
    one: One,
    links: Sequence[str],
    peers: Mapping[str, str],
    names: Names,
    *,
    count: int,
    held: Iterable[Data],
) -> dict[str, Any]:
    spec: dict[str, Any] = {}
    for row in SERVICE:
        value = row.read(one.raw, one.image)
        if value is None and row.name in _CLEARED:
            value = []
        usual = row.expected(spec, one.image)
        left = _beyond(value, usual if usual is not None else _CLEARED.get(row.name))
        if row.name == "expose" and left is not None:
            left = [port for port in left if port not in (usual or ())]
        if left is not None and not (row.left_to_engine and str(left) in _USUAL.get(row.name, ())):
            spec[row.name] = left
    said = {name: _FORMS[name](value) if name in _FORMS else value for name, value in spec.items()}
    said |= _placed(one, spec, peers, names)
    said["volumes"] = list(
        _mounted(spec.get("volumes", {}), {each.target: each.key for each in held if each.key}, names)
    )
    labels = {name: text for name, text in spec.get("labels", {}).items() if not name.startswith(COMPOSE)}
    said["labels"] = labels
    said["links"] = list(links)
    if count > 1:
        said["deploy"] = {"replicas": count}
    elif f"{COMPOSE}service" not in (one.raw["Config"].get("Labels") or {}):
        said = {"image": said.get("image", ""), "container_name": one.name, **said}
    return {
        name: value
        for name, value in said.items()
        if value not in (None, [], {}, "") or name in spec.keys() & _CLEARED
    }


def _beyond(value: Any, usual: Any) -> Any:
    """What of a value is not so by itself."""
    if value == usual:
        return None
    if isinstance(value, Mapping) and isinstance(usual, Mapping):
        return {name: one for name, one in value.items() if usual.get(name) != one} or None
    return value


def _placed(one: One, spec: Mapping[str, Any], peers: Mapping[str, str], names: Names) -> dict[str, Any]:
    """Where it is on the network, and whose namespaces it shares."""
    found: dict[str, Any] = {}
    for name in ("network_mode", "pid", "ipc"):
        mode = str(spec.get(name, ""))
        if mode.startswith("container:"):
            found[name] = _shared(mode.removeprefix("container:"), peers)
    attached: Mapping[str, Mapping[str, Any]] = spec.get("networks", {})
    if "network_mode" in spec:
        found["networks"] = None
    elif set(attached) == {BRIDGE}:
        found |= {"networks": None, "network_mode": BRIDGE}
    else:
        found["networks"] = {
            names.network(name): _endpoint(endpoint, one) for name, endpoint in attached.items()
        }
    return found


def _shared(holder: str, peers: Mapping[str, str]) -> str:
    return f"service:{peers[holder]}" if holder in peers else f"container:{holder}"


def _endpoint(endpoint: Mapping[str, Any], one: One) -> dict[str, Any] | None:
    """Without the names that it has anyway."""
    aliases = [alias for alias in endpoint.get("aliases", ()) if alias not in {one.service, one.name}]
    said = {name: value for name, value in endpoint.items() if name not in {"aliases", "links", "stale"}}
    return ({"aliases": aliases} if aliases else {}) | said or None


def _mounted(volumes: Mapping[str, str], held: Mapping[str, str], names: Names) -> Iterator[str]:
    for target, text in (dict.fromkeys(held, "") | dict(volumes)).items():
        source, options = mounts.split(text)
        if target in held:
            source = held[target]
        elif source and not source.startswith("/"):
            source = names.volume(source)
        yield ":".join(filter(None, (source, target, options)))


def _check(check: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: show_duration(value) if isinstance(value, float) else value for name, value in check.items()
    }


def _ulimits(limits: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: dict(zip(("soft", "hard"), map(int, text.split(":")), strict=True))
        for name, text in limits.items()
    }


def _blkio(said: Mapping[str, Any]) -> dict[str, Any]:
    def listed(name: str, value: Any) -> Any:
        key = "weight" if name == "weight_device" else "rate"
        return (
            [{"path": path, key: one} for path, one in value.items()] if isinstance(value, Mapping) else value
        )

    return {name: listed(name, value) for name, value in said.items()}


_FORMS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "expose": lambda ports: [port.removesuffix("/tcp") for port in ports],
    "ports": lambda ports: [port.removesuffix("/tcp") for port in ports],
    "tmpfs": lambda found: [":".join(filter(None, pair)) for pair in found.items()],
    "volumes_from": lambda found: [f"container:{name}" for name in found],
    "healthcheck": _check,
    "stop_grace_period": show_duration,
    "ulimits": _ulimits,
    "blkio_config": _blkio,
    "mem_limit": show_size,
    "memswap_limit": show_size,
    "mem_reservation": show_size,
    "shm_size": show_size,
}
"""How the file writes what is canonical in another way here."""
