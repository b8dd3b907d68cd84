"""Whatever people do in whatever order, on a real engine: the next apply makes it as the stack says.

A few sequences are tried every time; `pytest tests/contract/test_sequences.py --sequences 20` tries more.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.support import bench as benches
from tests.support.applying import applied, converged, destroyed
from tests.support.bench import PLAIN, Bench
from tests.support.deeds import DEEDS, done
from tests.support.lab import LabEngine
from tests.support.shops import shops
from topology.models import Service, Stack

RESTART = "the engine is started anew"


def at_once(stack: Stack) -> Stack:
    """The same with containers that run, and end when they are told to, whatever their image."""
    return stack.model_copy(update={"services": {name: _plain(one) for name, one in stack.services.items()}})


def _plain(service: Service) -> Service:
    program, *arguments = service.command or ()
    said = {"entrypoint": (program,), "command": tuple(arguments), "stop_signal": "SIGKILL"}
    return service.model_copy(update=said)


ACTIONS = st.lists(
    st.tuples(st.sampled_from([*DEEDS, RESTART]), st.integers(0, 5)) | shops().map(at_once),
    min_size=2,
    max_size=5,
)


@pytest.fixture
def shared(own_engine: LabEngine) -> Bench:
    """An engine of our own where others live too: two things there look almost like ours."""
    bench = benches.real(own_engine)
    bench.daemon.create_network({"Name": "foreign"})
    bench.daemon.create_volume({"Name": "foreign", "Labels": {"topo.stack": "shop", "topo.owner": "other"}})
    labels = {"topo.stack": "shop", "topo.owner": "other", "topo.address": "service.web[1]"}
    policy = {"Name": "always"}
    host = {"NetworkMode": "foreign", "RestartPolicy": policy}
    body = {
        "Image": PLAIN,
        "Cmd": ["sleep", "100000"],
        "Labels": labels,
        "HostConfig": host,
        "StopSignal": "SIGKILL",
    }
    bench.daemon.create_container("foreign-1", body)
    bench.daemon.start("foreign-1")
    return bench


def strangers(bench: Bench) -> str:
    """All that others made, but for what a restart of the engine changes."""
    raw = bench.daemon.container("foreign-1")
    networks = [one["Id"] for one in bench.daemon.networks() if one["Name"] == "foreign"]
    volumes = [one for one in bench.daemon.volumes() if one["Name"] == "foreign"]
    kept = [
        raw["Id"],
        raw["Created"],
        _said(raw["Config"]),
        _said(raw["HostConfig"]),
        sorted(raw["NetworkSettings"]["Networks"]),
    ]
    return json.dumps([kept, networks, volumes], sort_keys=True, indent=1)


def _said(settings: dict[str, object]) -> dict[str, object]:
    """An engine that starts anew writes an empty list where there was nothing."""
    return {name: value for name, value in settings.items() if value}


def test_any_sequence_ends_where_the_stack_says(
    own_engine: LabEngine, shared: Bench, request: pytest.FixtureRequest
) -> None:
    def act(action: tuple[str, int] | Stack) -> None:
        if isinstance(action, Stack):
            applied(shared.engine, action)
        elif action[0] == RESTART:
            own_engine.script("dstop")
            own_engine.script("dstart")
        else:
            done(shared, action)

    @seed(1)
    @settings(
        max_examples=request.config.getoption("--sequences"),
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(actions=ACTIONS, last=shops().map(at_once))
    def tried(actions: list[tuple[str, int] | Stack], last: Stack) -> None:
        alone = strangers(shared)
        for action in actions:
            act(action)
        converged(shared.engine, last)
        assert strangers(shared).splitlines() == alone.splitlines()
        destroyed(shared.engine, last)

    tried()
