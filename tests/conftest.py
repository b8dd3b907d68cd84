"""Fixtures for tests on real engines: a test that asks for `lab_engine` runs on each engine of the lab.

One that is marked `newest` runs on the newest of them: what it tries, others try on all.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import NoReturn

import docker
import pytest
from hypothesis import settings

from tests.support import lab
from tests.support.faultproxy import FaultProxy
from tests.support.lab import LabEngine
from tests.support.swarm import LabSwarm, NoSwarm, three_nodes

ENGINES = lab.engines()
_NO_LAB = "no lab: TOPO_TEST_LAB is not set; tests/run.sh starts one"

settings.register_profile("topo", deadline=None)  # a busy machine is no reason to fail
settings.register_profile("long", deadline=None, max_examples=1000)  # pytest --hypothesis-profile long
settings.load_profile("topo")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--truth-examples", type=int, default=3, help="stacks per engine in tests/truth")
    parser.addoption("--every-call", action="store_true", help="let each call of an apply fail in each way")
    parser.addoption("--fault-pairs", type=int, default=1, help="pairs of calls that fail in one apply")
    parser.addoption("--random-stacks", type=int, default=1, help="stacks that are applied twice")
    parser.addoption("--sequences", type=int, default=1, help="sequences of deeds and applies per engine")
    parser.addoption("--image-changes", type=int, default=1, help="images that a service gets under load")
    parser.addoption("--rounds", type=int, default=2, help="rounds of two applies at once")
    parser.addoption("--lost-nodes", action="store_true", help="kill a worker of a Swarm, and a leader")
    parser.addoption("--truth-seed", type=int, default=1, help="where the making of those stacks begins")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "lab_engine" in metafunc.fixturenames:
        newest = metafunc.definition.get_closest_marker("newest")
        engines = ENGINES[-1:] if newest else ENGINES
        names = [f"engine-{engine.version}" for engine in engines] or ["no-engine"]
        metafunc.parametrize("lab_engine", engines or [None], ids=names, indirect=True, scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if {"lab_engine", "manager", "swarm_nodes"} & fixtures:
            item.add_marker(pytest.mark.docker)
        if {"manager", "swarm_nodes"} & fixtures:
            item.add_marker(pytest.mark.swarm)


@pytest.fixture(scope="session")
def lab_engine(request: pytest.FixtureRequest) -> LabEngine:
    """A real engine, shared by all tests: what a test makes there carries its stack's name and is removed."""
    engine = request.param
    if not isinstance(engine, LabEngine):
        _without(_NO_LAB)
    return engine


def _without(reason: str) -> NoReturn:
    if lab.required():
        pytest.fail(f"engines are required, but there is {reason}")
    pytest.skip(reason)


@pytest.fixture
def swarm_nodes(request: pytest.FixtureRequest) -> Iterator[LabSwarm]:
    """A Swarm of three nodes of the newest release, one of them a manager unless a parameter says how many.

    There is one at a time: while its networks come and go, every other engine waits for the kernel.
    """
    if not ENGINES:
        _without(_NO_LAB)
    try:
        with lab.alone("swarm"), three_nodes(ENGINES[-1], managers=getattr(request, "param", 1)) as nodes:
            yield nodes
    except NoSwarm as error:
        _without(f"no Swarm of three nodes: {error}")
    assert nodes.is_gone


@pytest.fixture
def own_engine(lab_engine: LabEngine) -> Iterator[LabEngine]:
    """An engine of the same release that the test may stop, kill or spoil."""
    with lab.another(lab_engine) as engine:
        yield engine


@pytest.fixture(scope="session")
def manager() -> Iterator[LabEngine]:
    """An engine of the newest release that manages a Swarm of itself; all services there are of tests."""
    if not ENGINES:
        _without(_NO_LAB)
    with lab.another(ENGINES[-1]) as engine:
        with engine.client() as client:
            client.swarm.init("127.0.0.1")
        yield engine


@pytest.fixture(scope="session")
def docker_client(lab_engine: LabEngine) -> Iterator[docker.DockerClient]:
    """The SDK's client of that engine, to look at the world and to change it behind topo's back."""
    with lab_engine.client() as client:
        yield client


@pytest.fixture
def stack_name(docker_client: docker.DockerClient) -> Iterator[str]:
    """A name that no other test has; what carries it as label `topo.stack` is removed afterwards."""
    name = f"t{secrets.token_hex(4)}"
    yield name
    lab.remove_stack(docker_client, name)


@pytest.fixture
def fault_proxy(lab_engine: LabEngine) -> Iterator[FaultProxy]:
    """The engine behind a proxy that records requests and makes chosen ones fail."""
    with FaultProxy(lab_engine.socket) as proxy:
        yield proxy
