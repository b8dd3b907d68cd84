"""Who plans only looks: on the socket there is nothing but GET and HEAD."""

from __future__ import annotations

import pytest

from reconciler.engines import connect
from reconciler.engines.observing import StandaloneReader
from reconciler.engines.reading import Endpoint
from reconciler.engines.sdk import SdkReader
from reconciler.engines.standalone import Standalone
from reconciler.engines.wire import WireReader
from reconciler.expand import expand
from reconciler.planner import plan, teardown
from tests.contract.test_drift import stack_of
from tests.support.applying import applied
from tests.support.bench import Bench
from tests.support.faultproxy import FaultProxy


@pytest.mark.parametrize("kind", [SdkReader, WireReader])
def test_a_plan_sends_only_what_changes_nothing(
    real_bench: Bench, kind: type[SdkReader | WireReader]
) -> None:
    bench = real_bench
    assert bench.lab is not None
    stack = stack_of(bench)
    with FaultProxy(bench.lab.socket) as proxy:
        engine = StandaloneReader(kind(Endpoint(url=proxy.url)))
        for step in ("nothing is there", "everything is there", "something drifted"):
            desired = expand(stack, engine.traits)
            observed = engine.observe(desired)
            plan(desired, observed, engine)
            teardown(desired, observed, engine, volumes=True)
            if step == "nothing is there":
                applied(bench.engine, stack)
            bench.daemon.stop(f"{bench.prefix}-a-1", 0)
        assert proxy.requests
        assert {request.method for request in proxy.requests} <= {"GET", "HEAD"}


def test_applying_a_second_time_sends_nothing_that_could_change_anything(real_bench: Bench) -> None:
    bench = real_bench
    assert bench.lab is not None
    stack = stack_of(bench)
    applied(bench.engine, stack)
    with FaultProxy(bench.lab.socket) as proxy:
        again = applied(Standalone(connect.daemon(Endpoint(url=proxy.url))), stack)
        assert again.plan.steps == ()
        assert proxy.requests
        assert proxy.writes == []
