"""Kinds of drift on a model: `plan` names the field, and watching takes each away."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.planning import takeover
from cli.watching.inbox import Happened
from cli.watching.loop import Mode
from reconciler.adoption import Wish
from reconciler.executor import execute
from tests.support.applying import planned
from tests.support.bench import Bench, MemoryHands
from tests.support.drifts import DRIFTS, SERVICE
from tests.unit.cli.test_watch import RELEVANT, Scene, events, staged

STACK = f"name: shop\nservices:\n  web:\n{SERVICE}networks: {{front: , back: }}\n"
AT = "service.web[1]"


@pytest.mark.parametrize("kind", DRIFTS)
def test_each_kind_of_drift_is_named_and_taken_away(kind: str, tmp_path: Path) -> None:
    scene: Scene = staged(tmp_path, Mode(), STACK)
    daemon = scene.on.daemon
    bench = Bench(daemon=daemon, hands=MemoryHands(daemon), prefix="shop", folder=tmp_path)
    field = DRIFTS[kind].field.format("shop")
    scene.run(1.0)
    DRIFTS[kind].deed(bench, "shop-web-1")
    (change,) = (
        one for one in planned(scene.on.engine, scene.watch.read.stack).changes if str(one.address) == AT
    )
    assert field in {one.name for one in change.fields} or not (field or change.fields)
    scene.script.at(2.0, Happened(RELEVANT))
    told = scene.run(20.0)
    drifted: Any = next(one for one in told if one["event"] == "drift" and one["address"] == AT)
    named = {one["name"] for one in drifted.get("fields", ())}
    assert field in named or not (field or named)
    assert any(one["event"] == "healed" and one["address"] == AT for one in told), told
    assert not planned(scene.on.engine, scene.watch.read.stack)


def test_ten_thousand_events_leave_nothing_in_memory(tmp_path: Path) -> None:
    """Each is about another container, and half of them about the stack's networks."""
    scene = staged(tmp_path, Mode())

    def after(number: int) -> int:
        began = scene.script.now
        for one in range(number):
            actor = {"ID": f"{began}-{one}", "Attributes": {"name": "shop_front" if one % 2 else "x"}}
            event = {"Type": "network", "Action": "connect", "Actor": actor}
            scene.script.planned.append((began + one / 1000, Happened(event)))
        assert scene.run(began + number / 1000 + 5) == []
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        few = after(1_000)
        assert after(10_000) - few < 64 << 10
    finally:
        tracemalloc.stop()


def test_what_drifts_between_a_look_and_the_mending_is_told_as_well(tmp_path: Path) -> None:
    scene = staged(tmp_path, Mode())
    scene.run(1.0)
    scene.kill("app")
    scene.on.meanwhile.append(lambda: scene.kill("web"))
    scene.script.at(2.0, Happened(RELEVANT))
    app, web = "service.app[1]", "service.web[1]"
    assert events(scene.run(20.0)) == [("drift", app), ("drift", web), ("healed", app), ("healed", web)]


def test_what_is_adopted_meanwhile_is_watched_from_then_on(tmp_path: Path) -> None:
    """The labels of a thing cannot change, so its own events never say whose it is."""
    scene = staged(tmp_path, Mode())
    daemon, name = scene.on.daemon, "shop-app-1"
    daemon.remove_container(name, volumes=False)
    daemon.create_container(
        name, {"Image": "busybox", "NetworkingConfig": {"EndpointsConfig": {"shop_front": {}}}}
    )
    daemon.start(name)
    assert [one["event"] for one in scene.run(1.0)] == ["drift", "obstacle"]

    def happens(deed: Callable[[], object]) -> None:
        """What the engine then tells of."""
        told = daemon.events()
        deed()
        told.close()
        for event in told:
            scene.script.put(Happened(event))

    def adopted() -> None:
        engine = scene.on.engine
        taken = takeover(scene.watch.read, engine, scene.on.called, Wish(project="shop"))
        assert execute(taken.plan, engine.run).ok

    scene.script.at(10.0, lambda: happens(adopted))
    assert ("settled", "service.app[1]") in events(scene.run(20.0))
    scene.script.at(30.0, lambda: happens(lambda: daemon.stop(name, 0)))
    assert events(scene.run(40.0)) == [("drift", "service.app[1]"), ("healed", "service.app[1]")]
