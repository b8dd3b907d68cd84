"""What runs is held against the claims: what people do behind topo's back is found, and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from msgspec import Struct

from reconciler.expand import expand
from reconciler.live import running
from tests.contract.samples import ON_NETWORK
from tests.support.applying import converged
from tests.support.bench import Bench, free_port
from topology.findings import Finding
from topology.graph import topology_of
from topology.models import Attachment, Link, Network, Policy, Port, Service, Stack
from topology.rules import check

CLAIMS = (
    "a cannot reach c",
    "only b, d can reach c",
    "b can reach c by name",
    "c cannot reach world",
    "only b, d, world can reach a on 80",
)


def stack_of(bench: Bench, port: int) -> Stack:
    """a and b on front, b and c on the internal back; d lives with b."""
    front, back = {"front": Attachment()}, {"back": Attachment(aliases=("store",))}
    lodging = {**ON_NETWORK, "network_mode": "service:b"}
    return Stack(
        name=bench.prefix,
        services={
            "a": Service(**ON_NETWORK, networks=front, ports=(Port(target=80, published=(port, port)),)),
            "b": Service(
                **ON_NETWORK,
                networks={**front, **back},
                links=(Link(service="c", alias="c"),),
                hostname="b",  # an alias that cannot be told from what old engines add
            ),
            "c": Service(**ON_NETWORK, networks=back),
            "d": Service(**lodging),
        },
        networks={"front": Network(), "back": Network(internal=True)},
        policy=Policy(claims=CLAIMS),
    )


class Scene(Struct, frozen=True):
    """An applied stack, and hands to change it."""

    bench: Bench
    stack: Stack
    port: int

    def name(self, service: str) -> str:
        return f"{self.bench.prefix}-{service}-1"

    def network(self, key: str) -> str:
        return f"{self.bench.prefix}_{key}"

    def found(self, *, everybody: bool = False) -> list[Finding]:
        """The findings about claims and about what runs."""
        engine = self.bench.engine
        desired = expand(self.stack, engine.traits)
        survey = engine.survey(desired, everybody=everybody)
        live = running(topology_of(self.stack), desired, survey, everybody=everybody)
        found = check(self.stack, running=live)
        return [one for one in found if one.code.startswith(("T10", "T11", "T4"))]

    def said(self, *, everybody: bool = False) -> set[str]:
        """The same as texts, in which names are short."""
        texts = {f"{one.code} {one.message}" for one in self.found(everybody=everybody)}
        return {text.replace(f"{self.bench.prefix}-", "") for text in texts}


@pytest.fixture(scope="module")
def made(shared_bench: Bench) -> Scene:
    port = free_port()
    shared_bench.network("elsewhere")
    return Scene(shared_bench, stack_of(shared_bench, port), port)


@pytest.fixture
def scene(made: Scene) -> Scene:
    """As it should be, whatever the test before has left."""
    converged(made.bench.engine, made.stack)
    assert made.said() == set()
    return made


@contextmanager
def foreign(scene: Scene, name: str, *networks: str, **body: Any) -> Iterator[None]:
    """Somebody else's container, for the length of the block."""
    made = scene.bench.started(name, *networks, **body)
    try:
        yield
    finally:
        scene.bench.daemon.remove_container(made, volumes=False)


def test_whoever_joins_a_network_or_a_network_stack_is_found(scene: Scene) -> None:
    with foreign(scene, "nosy", scene.network("back")):
        assert scene.said() == {
            "T401 foreign container nosy has joined back",
            "T101 claim broken: only b, d can reach c",
        }
    with foreign(scene, "lodger", HostConfig={"NetworkMode": f"container:{scene.name('c')}"}):
        assert scene.said() == {
            "T401 foreign container lodger lives in the network stack of c",
            "T101 claim broken: only b, d can reach c",
        }
    assert scene.said() == set()


def test_the_whole_engine_counts_when_it_is_asked_for(scene: Scene) -> None:
    with foreign(scene, "neighbour", scene.bench.name("elsewhere")):
        assert scene.said() == set()
        assert "T101 claim broken: only b, d, world can reach a on 80" in scene.said(everybody=True)


def test_a_stranger_who_took_over_the_sockets_mount_is_found(scene: Scene) -> None:
    giver = {"Binds": ["/run:/there:ro"], "NetworkMode": "none"}
    taker = {"VolumesFrom": [scene.bench.name("giver")]}
    with (
        foreign(scene, "giver", HostConfig=giver),
        foreign(scene, "taker", scene.network("front"), HostConfig=taker),
    ):
        broken = [one for one in scene.found() if one.code == "T102"]
        assert any("taker mounts /run, which holds the Docker socket" in one.label for one in broken)


def test_a_port_that_somebody_else_holds_is_found(scene: Scene) -> None:
    scene.bench.daemon.stop(scene.name("a"), 0)
    binding = {"8080/tcp": [{"HostIp": "", "HostPort": str(scene.port)}]}
    body = {"ExposedPorts": {"8080/tcp": {}}, "HostConfig": {"PortBindings": binding}}
    with foreign(scene, "thief", scene.bench.name("elsewhere"), **body):
        assert f"T404 port {scene.port}:80/tcp of a is held by thief" in scene.said()


Deed = Callable[[Scene], None]


def join(scene: Scene) -> None:
    scene.bench.daemon.connect(scene.network("front"), scene.name("c"), {})


def leave(scene: Scene) -> None:
    scene.bench.daemon.disconnect(scene.network("back"), scene.name("b"), force=True)


def forget_names(scene: Scene) -> None:
    scene.bench.daemon.disconnect(scene.network("back"), scene.name("c"), force=True)
    scene.bench.daemon.connect(scene.network("back"), scene.name("c"), {})


def stop(scene: Scene) -> None:
    scene.bench.daemon.stop(scene.name("c"), 0)


def restart_the_holder(scene: Scene) -> None:
    scene.bench.daemon.stop(scene.name("b"), 0)
    scene.bench.daemon.start(scene.name("b"))


def make_the_network_anew(scene: Scene) -> None:
    """Without `internal`, as one forgets it."""
    daemon, back = scene.bench.daemon, scene.network("back")
    for service in ("b", "c"):
        daemon.disconnect(back, scene.name(service), force=True)
    daemon.remove_network(back)
    daemon.create_network({"Name": back})
    for service in ("b", "c"):
        daemon.connect(back, scene.name(service), {"Aliases": [service, "store"]})


DEEDS: dict[Deed, set[str]] = {
    join: {
        "T402 c-1 is on front, which the file does not say",
        "T101 claim broken: a cannot reach c",
        "T101 claim broken: only b, d can reach c",
        "T101 claim broken: c cannot reach world",
        "T101 claim broken: only b, d, world can reach a on 80",
    },
    leave: {
        "T402 b-1 is not on back",
        "T101 claim broken: b can reach c by name",
        "T110 link of b to c leads nowhere",
    },
    forget_names: {
        "T403 c-1 has lost the name c and store on back",
        "T101 claim broken: b can reach c by name",
        "T110 link of b to c leads nowhere",
    },
    stop: {"T408 c does not run as the file says", "T101 claim broken: b can reach c by name"},
    restart_the_holder: {"T405 d lives in a dead network stack"},
    make_the_network_anew: {
        "T406 back was made anew by somebody else",
        "T407 back runs with internal false, not true",
        "T101 claim broken: c cannot reach world",
        "T101 claim broken: only b, d, world can reach a on 80",
    },
}
"""What people do, and all that is said of it; what topo cannot mend by itself comes last."""


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_what_is_done_by_hand_is_found_with_what_it_breaks(scene: Scene, deed: Deed) -> None:
    deed(scene)
    assert scene.said() == DEEDS[deed]
