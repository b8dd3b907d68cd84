"""Every daemon has the protocol's methods, with the protocol's parameters, and no others."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from reconciler.engines.daemon import Daemon, DaemonReader
from reconciler.engines.memory import OLD, MemoryDaemon
from reconciler.engines.reading import Endpoint
from reconciler.engines.sdk import SdkDaemon, SdkReader
from reconciler.engines.standalone import Standalone
from reconciler.engines.wire import WireReader
from reconciler.engines.writing import WireDaemon
from reconciler.errors import Rejected
from tests.contract.test_drift import stack_of
from tests.support import applying
from tests.support.applying import converged, left, planned
from tests.support.bench import Bench, modelled


def signatures(kind: type) -> dict[str, list[tuple[str, object]]]:
    """Public methods with their parameters; `get` is how a reader sends, not a call of the protocol."""
    return {
        name: [(one.name, one.kind) for one in inspect.signature(method).parameters.values()]
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and name != "get"
    }


@pytest.mark.parametrize("kind", [SdkDaemon, WireDaemon, MemoryDaemon])
def test_a_daemon_has_the_calls_of_the_protocol_and_no_others(kind: type) -> None:
    assert signatures(kind) == signatures(Daemon)


@pytest.mark.parametrize("kind", [SdkReader, WireReader])
def test_a_reader_has_the_reading_calls_and_no_others(kind: type) -> None:
    assert signatures(kind) == signatures(DaemonReader)


def test_an_engine_says_its_version_and_the_api_it_speaks(bench: Bench) -> None:
    said = bench.daemon.version()
    assert bench.traits.version == said["Version"]
    assert bench.traits.api >= (1, 41)


def test_the_sdk_carries_out_what_is_sent_over_the_wire_elsewhere(real_bench: Bench) -> None:
    """It does wherever the engine is behind TCP, TLS or SSH; all other tests use what a socket gets."""
    bench = real_bench
    assert bench.lab is not None
    far, stack = Standalone(SdkDaemon(Endpoint(url=bench.lab.url))), stack_of(bench)
    assert isinstance(bench.daemon, WireDaemon)
    converged(far, stack)
    bench.daemon.stop(f"{bench.prefix}-a-1", 0)
    converged(far, stack)
    assert left(planned(bench.engine, stack)) == []
    assert applying.destroyed(far, stack).outcome.ok


def test_a_model_can_be_kept_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    bench = modelled(OLD, tmp_path, file=file)
    network = bench.network("n", Labels={"k": "v"})
    name = bench.started("a", network, HostConfig={"Binds": ["/data"]})
    again = MemoryDaemon(file=file)
    assert again.container(name) == bench.daemon.container(name)
    assert again.networks() == bench.daemon.networks()
    assert again.volumes() == bench.daemon.volumes()
    assert again.version() == bench.daemon.version()


def test_looking_does_not_touch_the_file(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    bench = modelled(OLD, tmp_path, file=file)
    bench.started("a", Cmd=["true"])
    before = file.stat()
    again = MemoryDaemon(file=file)
    again.containers(), again.networks(), again.volumes(), again.container(bench.name("a"))
    assert file.stat() == before


def test_a_file_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    file.write_text("[1, 2, 3]")
    with pytest.raises(Rejected, match=str(file)):
        MemoryDaemon(file=file)
