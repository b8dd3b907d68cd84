"""An engine that is read in one way and written in another."""

from __future__ import annotations

from reconciler.engines.daemon import Daemon, Deferred
from reconciler.engines.memory import MemoryDaemon, anything
from reconciler.engines.standalone import Standalone
from reconciler.state import Desired


def test_whoever_only_looks_connects_for_nothing_else_and_whoever_writes_does_so_once() -> None:
    daemon, opened = MemoryDaemon(registry=anything), []

    def writer() -> Daemon:
        opened.append(daemon)
        return daemon

    engine = Standalone(Deferred(reader=daemon, writer=writer))
    wanted = Desired(stack="shop", owner="shop")
    seen = engine.observe(wanted)
    assert engine.history("shop", "shop") == ()
    assert engine.leases("shop") == ()
    assert opened == []

    for second in ("one", "two"):
        engine.remember(wanted, seen, by="me", at=second, version="1")
    assert opened == [daemon]
    assert engine.history("shop", "shop")[-1].at == "two"
