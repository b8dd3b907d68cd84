"""One suite, several daemons: a test that asks for `bench` runs on every model and on the lab's engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import bench as benches
from tests.support import lab
from tests.support.bench import Bench
from tests.support.lab import LabEngine

_MODELS = [pytest.param(one, id=f"memory-{name}") for name, one in benches.GENERATIONS.items()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "bench" in metafunc.fixturenames:
        engines = [
            pytest.param(engine, id=f"engine-{engine.version}", marks=pytest.mark.docker)
            for engine in lab.engines()
        ]
        nobody = [pytest.param(None, id="no-engine", marks=pytest.mark.docker)]
        metafunc.parametrize("bench", [*_MODELS, *(engines or nobody)], indirect=True)


@pytest.fixture
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """A daemon with the images PLAIN and RICH, for one test."""
    engine = request.param
    if isinstance(engine, LabEngine):
        bench = benches.real(engine)
        yield bench
        benches.swept(bench.daemon, bench.prefix)
    elif engine is not None:
        yield benches.modelled(engine, tmp_path)
    elif lab.required():
        pytest.fail("engines are required, but TOPO_TEST_LAB is not set; tests/run.sh starts some")
    else:
        pytest.skip("no lab: TOPO_TEST_LAB is not set; tests/run.sh starts one")
