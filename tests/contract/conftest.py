"""One suite, several daemons: a test that asks for `bench` runs on every model and on the lab's engines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from reconciler.engines.memory import Generation
from tests.support import bench as benches
from tests.support import lab
from tests.support.bench import Bench
from tests.support.lab import LabEngine
from tests.support.services import ServiceBench, bench_on

_MODELS = [pytest.param(one, id=f"memory-{name}") for name, one in benches.GENERATIONS.items()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, scope in (("bench", "function"), ("shared_bench", "module")):
        if name in metafunc.fixturenames:
            newest = metafunc.definition.get_closest_marker("newest") is not None
            real = _engines(newest=newest)
            metafunc.parametrize(name, [*_MODELS, *real], indirect=True, scope=scope)  # type: ignore[arg-type]  # one of its words


def _engines(*, newest: bool) -> Sequence[object]:
    engines = [
        pytest.param(engine, id=f"engine-{engine.version}", marks=pytest.mark.docker)
        for engine in lab.engines()[-1 if newest else 0 :]
    ]
    return engines or [pytest.param(None, id="no-engine", marks=pytest.mark.docker)]


@pytest.fixture
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A daemon with the images PLAIN and RICH, for one test."""
    yield from _bench(request.param, tmp_path_factory)


@pytest.fixture
def real_bench(lab_engine: LabEngine) -> Iterator[Bench]:
    """The same without the models, for what is seen on the socket."""
    found = benches.real(lab_engine)
    yield found
    benches.swept(found.daemon, found.prefix)


@pytest.fixture
def services(manager: LabEngine) -> Iterator[ServiceBench]:
    """A Swarm of one node for one test."""
    with bench_on(manager) as bench:
        yield bench


@pytest.fixture(scope="module")
def shared_bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The same for all tests of a module, which leave it as they found it."""
    yield from _bench(request.param, tmp_path_factory)


def _bench(
    wanted: Generation | LabEngine | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    if isinstance(wanted, Generation):
        yield benches.modelled(wanted, tmp_path_factory.mktemp("bench"))
    elif wanted is not None:
        found = benches.real(wanted)
        yield found
        benches.swept(found.daemon, found.prefix)
    elif lab.required():
        pytest.fail("engines are required, but TOPO_TEST_LAB is not set; tests/run.sh starts some")
    else:
        pytest.skip("no lab: TOPO_TEST_LAB is not set; tests/run.sh starts one")
