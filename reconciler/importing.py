"""Containers that others made → what a stack file would say of them. Pure: inspect answers in, values out.

What the image or the engine gives by itself is left out. Networks and volumes become external ones: they are
there, and whoever reads the file later must not take them for topo's own. Values that are secrets become
variables, and are handed over apart from the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from reconciler import address
from reconciler.errors import NotFound, Rejected
from reconciler.fields import SERVICE, mounts
from reconciler.state import NO_IMAGE, ImageConfig
from topology.secrets import is_secret
from topology.units import show_duration, show_size

Json = dict[str, Any]

_COMPOSE: Final = "com.docker.compose."
_RUNNING: Final = frozenset({"running", "paused"})
_BRIDGE: Final = "bridge"
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
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_NOT_IN_A_NAME: Final = re.compile(r"[^a-zA-Z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A link that nobody declared: a variable of `client` names `server`."""

    client: str
    server: str
    variable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """An anonymous volume, whose data only one container knows.

    `key` is what the file calls it; "" where each replica has its own, which a file cannot say.
    """

    service: str
    target: str
    volume: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a stack file would say; `secrets` are the values of the variables in it."""

    services: Mapping[str, Mapping[str, Any]]
    networks: Mapping[str, Mapping[str, Any]]
    volumes: Mapping[str, Mapping[str, Any]]
    claims: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    guesses: tuple[Guess, ...] = ()
    data: tuple[Data, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _One:
    """A container with the name of the service that it becomes."""

    service: str
    raw: Json
    image: ImageConfig

    @property
    def name(self) -> str:
        return str(self.raw["Name"]).removeprefix("/")


def imported(raws: Iterable[Json], images: Mapping[str, ImageConfig]) -> Imported:
    """All of them as one stack; `images` by id. Replicas of a Compose service become one service."""
    some = list(_named(raws, images))
    first = {one.service: one for one in reversed(some)}
    ordered = {one.service: first[one.service] for one in some}
    peers = {name: one.service for one in some for name in (one.service, one.name, str(one.raw["Id"]))}
    count = {name: sum(one.service == name for one in some) for name in ordered}
    names = _Names()
    services, links, guesses = {}, {}, []
    data: list[Data] = []
    for name, one in ordered.items():
        links[name] = list(_links(one, peers))
        found = [] if links[name] else list(_guessed(one, peers, [*ordered.values()]))
        guesses += found
        links[name] += [guess.server for guess in found]
        held = [each for other in some if other.service == name for each in _data(other)]
        if count[name] == 1:
            held = [replace(each, key=names.data(each)) for each in held]
        services[name] = _service(one, links[name], peers, names, count=count[name], held=held)
        data += held
    hidden = _Hidden.of(ordered.values())
    return Imported(
        services={name: hidden.without_secrets(name, said) for name, said in services.items()},
        networks=names.networks(),
        volumes=names.volumes(),
        claims=tuple(
            f"{client} can reach {server}"
            for client, several in links.items()
            for server in dict.fromkeys(link.partition(":")[0] for link in several)
        ),
        secrets=hidden.values,
        guesses=tuple(guesses),
        data=tuple(data),
    )


def _named(raws: Iterable[Json], images: Mapping[str, ImageConfig]) -> Iterator[_One]:
    """By the order of their creation, so that what is needed tends to come first."""
    for raw in sorted(raws, key=lambda raw: (str(raw["Created"]), str(raw["Name"]))):
        labels = raw["Config"].get("Labels") or {}
        said = labels.get(f"{_COMPOSE}service") or str(raw["Name"]).removeprefix("/")
        yield _One(service=_slug(said), raw=raw, image=images.get(raw["Image"], NO_IMAGE))


def _slug(text: str) -> str:
    return _NOT_IN_A_NAME.sub("-", text).strip("-.") or "service"


class _Names:
    """What the file calls networks and volumes that are there."""

    def __init__(self) -> None:
        self._networks: dict[str, str] = {}
        self._volumes: dict[str, str] = {}

    def network(self, name: str) -> str:
        return self._key(self._networks, name)

    def volume(self, name: str) -> str:
        return self._key(self._volumes, name)

    def data(self, one: Data) -> str:
        """Of an anonymous volume, whose name says nothing."""
        return self._key(
            self._volumes, one.volume, f"{one.service}-{one.target.strip('/').rpartition('/')[2]}"
        )

    def networks(self) -> dict[str, dict[str, Any]]:
        return self._external(self._networks)

    def volumes(self) -> dict[str, dict[str, Any]]:
        return self._external(self._volumes)

    @staticmethod
    def _key(known: dict[str, str], name: str, called: str = "") -> str:
        key = _slug(called or name)
        while known.get(key, name) != name:
            key += "-"
        known[key] = name
        return key

    @staticmethod
    def _external(known: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        return {
            key: {"external": True} | ({} if key == name else {"name": name}) for key, name in known.items()
        }


# Links


def _links(one: _One, peers: Mapping[str, str]) -> Iterator[str]:
    """Those of `--link`, on the default bridge or on a network of one's own."""
    legacy = [text.lstrip("/") for text in one.raw["HostConfig"].get("Links") or ()]
    attached: Mapping[str, Json] = one.raw["NetworkSettings"].get("Networks") or {}
    own = [text for endpoint in attached.values() for text in endpoint.get("Links") or ()]
    for text in dict.fromkeys([*legacy, *own]):
        target, _, alias = text.partition(":")
        alias = alias.rpartition("/")[2]
        if target in peers and peers[target] != one.service:
            server = peers[target]
            yield server if alias in {"", server} else f"{server}:{alias}"


def _guessed(one: _One, peers: Mapping[str, str], all_of_them: Sequence[_One]) -> Iterator[Guess]:
    """A value such as `db`, `db:5432` or `postgres://db/shop` names a peer that shares a network."""
    near = {other.service for other in all_of_them if _networks(one) & _networks(other)}
    seen: set[str] = set()
    for variable, value in _environment(one).items():
        for word in _WORD.findall(value):
            server = peers.get(word)
            if server in near - seen - {one.service}:
                seen.add(server)
                yield Guess(client=one.service, server=server, variable=variable)


def _networks(one: _One) -> set[str]:
    return set(one.raw["NetworkSettings"].get("Networks") or {}) - {_BRIDGE, "none"}


# Fields


def _environment(one: _One) -> dict[str, str]:
    said = dict(entry.partition("=")[::2] for entry in one.raw["Config"].get("Env") or ())
    return {name: value for name, value in said.items() if one.image.env.get(name) != value}


def _data(one: _One) -> Iterator[Data]:
    """Its anonymous volumes, without those that it has from other containers."""
    own = {*(one.raw["Config"].get("Volumes") or ()), *(mounts.read(one.raw, NO_IMAGE) or ())}
    for target, volume in sorted(mounts.anonymous(one.raw).items()):
        if target in own:
            yield Data(service=one.service, target=target, volume=volume)


def _service(
    one: _One,
    links: Sequence[str],
    peers: Mapping[str, str],
    names: _Names,
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
    labels = {name: text for name, text in spec.get("labels", {}).items() if not name.startswith(_COMPOSE)}
    said["labels"] = labels
    said["links"] = list(links)
    if count > 1:
        said["deploy"] = {"replicas": count}
    elif f"{_COMPOSE}service" not in (one.raw["Config"].get("Labels") or {}):
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


def _placed(one: _One, spec: Mapping[str, Any], peers: Mapping[str, str], names: _Names) -> dict[str, Any]:
    """Where it is on the network, and whose namespaces it shares."""
    found: dict[str, Any] = {}
    for name in ("network_mode", "pid", "ipc"):
        mode = str(spec.get(name, ""))
        if mode.startswith("container:"):
            found[name] = _shared(mode.removeprefix("container:"), peers)
    attached: Mapping[str, Mapping[str, Any]] = spec.get("networks", {})
    if "network_mode" in spec:
        found["networks"] = None
    elif set(attached) == {_BRIDGE}:
        found |= {"networks": None, "network_mode": _BRIDGE}
    else:
        found["networks"] = {
            names.network(name): _endpoint(endpoint, one) for name, endpoint in attached.items()
        }
    return found


def _shared(holder: str, peers: Mapping[str, str]) -> str:
    return f"service:{peers[holder]}" if holder in peers else f"container:{holder}"


def _endpoint(endpoint: Mapping[str, Any], one: _One) -> dict[str, Any] | None:
    """Without the names that it has anyway."""
    aliases = [alias for alias in endpoint.get("aliases", ()) if alias not in {one.service, one.name}]
    said = {name: value for name, value in endpoint.items() if name not in {"aliases", "links", "stale"}}
    return ({"aliases": aliases} if aliases else {}) | said or None


def _mounted(volumes: Mapping[str, str], held: Mapping[str, str], names: _Names) -> Iterator[str]:
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


# Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hidden:
    """Values that are secrets: service and variable → the name that the file has instead, and its value."""

    called: Mapping[tuple[str, str], str]
    values: Mapping[str, str]

    @classmethod
    def of(cls, some: Iterable[_One]) -> _Hidden:
        found = {
            (one.service, name): value
            for one in some
            for name, value in _environment(one).items()
            if is_secret(name, value)
        }
        values: dict[str, set[str]] = {}
        for (_, name), value in found.items():
            values.setdefault(name, set()).add(value)
        called = {
            (service, name): _variable(name if len(values[name]) == 1 else f"{service}_{name}")
            for service, name in found
        }
        return cls(called=called, values={called[key]: value for key, value in found.items()})

    def without_secrets(self, service: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """The fields as a file may hold them: `$` doubled, and a variable for each secret."""
        found: dict[str, Any] = _literal(said)
        for name in said.get("environment", {}):
            if (service, name) in self.called:
                found["environment"][name] = f"${{{self.called[service, name]}:?}}"
        return found


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", name).upper()


def _literal(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, Mapping):
        return {name: _literal(one) for name, one in value.items()}
    return [_literal(one) for one in value] if isinstance(value, (list, tuple)) else value


def chosen(listed: Iterable[Json], names: Sequence[str]) -> tuple[str, ...]:
    """The ids of the containers that are meant: those named, else all that run and are not topo's.

    Raises:
        NotFound: there is none of a name.
        Rejected: it is topo's already.
    """
    if not names:
        return tuple(str(raw["Id"]) for raw in listed if raw["State"] in _RUNNING and not _stack_of(raw))
    known = {name.lstrip("/"): raw for raw in listed for name in (*(raw.get("Names") or ()), raw["Id"])}
    found = []
    for name in names:
        raw = known.get(name)
        if raw is None:
            raise NotFound(f"there is no container {name}")
        if stack := _stack_of(raw):
            raise Rejected(f"{name} is of the stack {stack} already")
        found.append(str(raw["Id"]))
    return tuple(found)


def _stack_of(raw: Json) -> str | None:
    return (raw.get("Labels") or {}).get(address.STACK)
