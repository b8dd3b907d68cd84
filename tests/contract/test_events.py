"""What an engine tells of while it happens, and what it keeps to itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from reconciler.engines.daemon import DaemonReader, Json
from reconciler.engines.reading import Endpoint
from reconciler.engines.sdk import SdkReader
from reconciler.engines.wire import WireReader
from reconciler.errors import EngineError, Unavailable
from tests.support import bench as benches
from tests.support.bench import Bench
from tests.support.faultproxy import FaultProxy
from tests.support.lab import LabEngine
from tests.support.waiting import eventually

Heard = list[tuple[str, str]]


@contextmanager
def listening(bench: Bench, reader: DaemonReader) -> Iterator[Heard]:
    """What is heard of the test's own things: (type, action), while the block runs and no longer."""
    heard: Heard = []
    events = reader.events()

    def listen() -> None:
        heard.extend((one["Type"], one["Action"]) for one in events if mine(bench, one))

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield heard
    finally:
        events.close()
        thread.join(10)
        assert not thread.is_alive()


@contextmanager
def reading(kind: type[WireReader | SdkReader], url: str) -> Iterator[WireReader | SdkReader]:
    """A reader; the SDK closes its connections by itself."""
    reader = kind(Endpoint(url=url))
    yield reader
    if isinstance(reader, WireReader):
        reader._line.close()


def mine(bench: Bench, event: Json) -> bool:
    actor = event["Actor"]
    return str((actor.get("Attributes") or {}).get("name", actor["ID"])).startswith(bench.prefix)


def test_a_life_is_told_from_its_beginning_to_its_end(bench: Bench) -> None:
    with listening(bench, bench.daemon) as heard:
        network, other = bench.network("n"), bench.network("o")
        bench.daemon.create_volume({"Name": bench.name("v")})
        name = bench.started("a", network)
        bench.daemon.connect(other, name, {})
        bench.daemon.disconnect(other, name, force=False)
        bench.daemon.update(name, {"RestartPolicy": {"Name": "always"}})
        bench.hands.pause(name)
        bench.daemon.unpause(name)
        bench.daemon.rename(name, bench.name("b"))
        bench.daemon.stop(bench.name("b"), 0)
        bench.daemon.remove_container(bench.name("b"), volumes=False)
        bench.daemon.remove_network(bench.found_network(network)["Id"])
        bench.daemon.remove_volume(bench.name("v"))
        assert eventually(lambda: ("volume", "destroy") in heard), heard
    container = ["create", "start", "update", "pause", "unpause", "rename", "die", "destroy"]
    # On a busy machine 28.5.2 has told of pausing and unpausing twice, the second time late.
    assert list(dict.fromkeys(action for kind, action in heard if kind == "container")) == container
    network_events = [action for kind, action in heard if kind == "network"]
    # Engines before 28 tell twice of one endpoint that goes (moby#48800).
    assert list(dict.fromkeys(network_events)) == ["create", "connect", "disconnect", "destroy"]
    assert network_events.count("connect") == 2
    assert [action for kind, action in heard if kind == "volume"] == ["create", "destroy"]


def test_a_check_tells_what_it_finds_and_not_that_it_looks(bench: Bench) -> None:
    check = {"Test": ["CMD", "true"], "Interval": 100_000_000}
    with listening(bench, bench.daemon) as heard:
        name = bench.started("a", Healthcheck=check)
        assert eventually(lambda: bench.state(name)["Health"]["Status"] == "healthy")
    assert not any("exec" in action for _, action in heard)


@pytest.mark.parametrize("kind", [WireReader, SdkReader])
def test_a_reader_hears_what_happens(lab_engine: LabEngine, kind: type[WireReader | SdkReader]) -> None:
    bench = benches.real(lab_engine)
    with reading(kind, lab_engine.url) as reader, listening(bench, reader) as heard:
        bench.network("n")
        assert eventually(lambda: heard == [("network", "create")]), heard
    benches.swept(bench.daemon, bench.prefix)


@pytest.mark.parametrize("kind", [WireReader, SdkReader])
def test_a_stream_that_is_cut_says_so(lab_engine: LabEngine, kind: type[WireReader | SdkReader]) -> None:
    said: list[EngineError] = []

    def listen() -> None:
        try:
            list(events)
        except EngineError as error:
            said.append(error)

    with FaultProxy(lab_engine.socket) as proxy, reading(kind, proxy.url) as reader:
        events = reader.events()
        thread = threading.Thread(target=listen)
        thread.start()
    thread.join(10)
    events.close()
    assert [type(error) for error in said] == [Unavailable]
