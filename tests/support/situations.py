"""Small worlds for laws: few names and few values, so that collisions are common."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from hypothesis import strategies as st

from reconciler.engines.daemon import Json
from reconciler.engines.memory import NEW, OLD, Generation, MemoryDaemon, containers
from reconciler.errors import EngineError
from topology.models import (
    Attachment,
    Condition,
    Dependency,
    Healthcheck,
    Ipam,
    Mount,
    Network,
    Port,
    Restart,
    Service,
    Stack,
    Subnet,
    Volume,
)

STACK: Final = "s"
SERVICES: Final = ("a", "b", "c")
NETWORKS: Final = ("one", "two")
MIB: Final = 1024 * 1024
_IMAGES: Final[dict[str, Json]] = {
    "first:1": {"Cmd": ["run"], "Env": ["HOME=/"]},
    "second:1": {"Cmd": ["run"], "Volumes": {"/keep": {}}, "ExposedPorts": {"80/tcp": {}}},
}

_HEALTH: Final = Healthcheck(test=("CMD", "check"), interval=1.0)
_FIXED: Final = Network(ipam=Ipam(config=(Subnet(subnet="10.9.0.0/24"),)))


def _attachments(name: str) -> st.SearchStrategy[dict[str, Attachment]]:
    one = st.builds(Attachment, aliases=st.sampled_from([(), ("front",)]))
    fixed = st.just(Attachment(ipv4_address=f"10.9.0.{10 + SERVICES.index(name)}"))
    return st.fixed_dictionaries({}, optional={"one": one, "two": one, "fixed": fixed})


def _mounts() -> st.SearchStrategy[tuple[Mount, ...]]:
    return st.sampled_from(
        [
            (),
            (),
            (Mount(type="volume", source="data", target="/data"),),
            (Mount(type="volume", target="/more"),),
        ]
    )


@st.composite
def services(draw: st.DrawFn, name: str, earlier: tuple[str, ...]) -> Service:
    """One service; it may need those whose names come before its own, or live with one of them."""
    needs = draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier else []
    said: dict[str, Any] = {
        "image": draw(st.sampled_from(sorted(_IMAGES))),
        "environment": draw(st.sampled_from([{}, {"V": "1"}, {"V": "2"}])),
        "mem_limit": draw(st.sampled_from([None, 32 * MIB, 64 * MIB])),
        "restart": draw(st.sampled_from([None, Restart(policy="always")])),
        "healthcheck": draw(st.sampled_from([None, _HEALTH])),
        "depends_on": {
            one: Dependency(condition=draw(st.sampled_from([Condition.STARTED, Condition.HEALTHY])))
            for one in needs
        },
        "volumes": draw(_mounts()),
    }
    if earlier and draw(st.integers(0, 5)) == 0:
        return Service(**said, network_mode=f"service:{draw(st.sampled_from(earlier))}")
    networks = draw(_attachments(name))
    if not networks:
        return Service(**said, network_mode=draw(st.sampled_from(["bridge", "none", "host"])))
    return Service(
        **said,
        networks=networks,
        replicas=1 if "fixed" in networks else draw(st.integers(1, 2)),
        container_name=draw(st.sampled_from([None, None, f"called-{name}"])),
    )


@st.composite
def stacks(draw: st.DrawFn) -> Stack:
    """A stack that an engine can carry out."""
    names = draw(st.lists(st.sampled_from(SERVICES), unique=True).map(sorted))
    found: dict[str, Service] = {}
    for name in names:
        found[name] = draw(services(name, tuple(found)))
    found = {name: _sane(service) for name, service in found.items()}
    publisher = draw(st.sampled_from([None, *names])) if names else None
    if publisher and found[publisher].networks:
        port = Port(target=80, published=(8080, 8080))
        found[publisher] = found[publisher].model_copy(update={"ports": (port,), "replicas": 1})
    networks = {
        "one": Network(internal=draw(st.booleans())),
        "two": Network(labels=draw(st.sampled_from([{}, {"k": "v"}]))),
        "fixed": _FIXED,
    }
    joined = {name for one in found.values() for name in one.networks}
    kept = {name: network for name, network in networks.items() if name in joined or draw(st.booleans())}
    return Stack(name=STACK, services=found, networks=kept, volumes={"data": Volume()})


def _sane(service: Service) -> Service:
    """Several replicas cannot have one name."""
    return service if service.replicas == 1 else service.model_copy(update={"container_name": None})


def _image(reference: str) -> Json | None:
    return _IMAGES.get(reference)


def world(generation: Generation) -> MemoryDaemon:
    """An engine with all images, and with neighbours that look a lot like the stack's own things."""
    daemon = MemoryDaemon(generation=generation, registry=_image)
    for reference in _IMAGES:
        daemon.pull(reference)
    daemon.create_network({"Name": "foreign", "Labels": {"who": "somebody"}})
    labels = {"topo.stack": STACK, "topo.owner": "somebody-else", "topo.address": "service.a[1]"}
    daemon.create_volume({"Name": "foreign", "Labels": labels})
    for name in ("foreign-runs", "foreign-rests"):
        endpoints = {"EndpointsConfig": {"foreign": {"Aliases": ["a"]}}}
        body = {"Image": "first:1", "Labels": labels, "NetworkingConfig": endpoints}
        daemon.create_container(name, {**body, "HostConfig": {"NetworkMode": "foreign"}})
    daemon.start("foreign-runs")
    return daemon


GENERATIONS: Final = (OLD, NEW)


def neighbours(daemon: MemoryDaemon) -> str:
    """All that the engine tells of those that are not the stack's."""
    found = [daemon.container(name) for name in ("foreign-runs", "foreign-rests")]
    found += [one for one in daemon.networks() if one["Name"] in {"foreign", "bridge", "host", "none"}]
    found += [one for one in daemon.volumes() if one["Name"] == "foreign"]
    return json.dumps(found, sort_keys=True)


def volumes_of(daemon: MemoryDaemon) -> set[str]:
    """The volumes that hold data of the stack; journals hold none."""
    return {one["Name"] for one in daemon.volumes() if not one["Name"].startswith("topo.")}


# What people do


def _ours(daemon: MemoryDaemon) -> list[str]:
    labelled = (one for one in daemon.containers() if one["Labels"].get("topo.owner") == STACK)
    return sorted(one["Names"][0].removeprefix("/") for one in labelled)


def _paused(daemon: MemoryDaemon, name: str) -> None:
    containers.pause(daemon.world.container(name))


def _network_removed(daemon: MemoryDaemon, network: str) -> None:
    for name in _ours(daemon):
        if network in daemon.container(name)["NetworkSettings"]["Networks"]:
            daemon.disconnect(network, name, force=True)
    daemon.remove_network(network)


Action = Callable[[MemoryDaemon], None]


def by_hand(draw: st.DrawFn) -> Action:
    """One thing that somebody does to the stack; where it makes no sense the engine refuses it."""
    at, network = draw(st.integers(0, 5)), f"{STACK}_{draw(st.sampled_from(NETWORKS))}"
    to_one: dict[str, Callable[[MemoryDaemon, str], None]] = {
        "stop": lambda daemon, name: daemon.stop(name, 0),
        "pause": _paused,
        "remove": lambda daemon, name: daemon.remove_container(name, volumes=False),
        "rename": lambda daemon, name: daemon.rename(name, f"renamed-{at}"),
        "disconnect": lambda daemon, name: daemon.disconnect(network, name, force=True),
        "connect": lambda daemon, name: daemon.connect(network, name, {"Aliases": ["odd"]}),
        "bridge": lambda daemon, name: daemon.connect("bridge", name, {}),
        "update": lambda daemon, name: daemon.update(name, {"Memory": 8 * MIB, "MemorySwap": 16 * MIB}),
        "lose network": lambda daemon, _name: _network_removed(daemon, network),
    }
    act = to_one[draw(st.sampled_from(sorted(to_one)))]

    def done(daemon: MemoryDaemon) -> None:
        names = _ours(daemon)
        if names:
            try:
                act(daemon, names[at % len(names)])
            except EngineError:
                return

    return done


hands = st.composite(by_hand)
