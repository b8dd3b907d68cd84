"""Watching a model of an engine, on a clock that the tests turn."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from msgspec import Struct, field

from cli.commands.watch import WatchOptions
from cli.faults import CommandError
from cli.options import Format
from cli.watching.engine import FRESH, Connected
from cli.watching.inbox import Back, Happened, Lost, Message, Reread
from cli.watching.loop import Mode, Watch
from cli.watching.rereading import Rereading
from cli.watching.telling import Teller
from cli.wiring import read as read_stack
from cli.world import World
from reconciler.engine import Engine
from reconciler.engines.daemon import Events, Json
from reconciler.engines.memory import MemoryDaemon, anything
from reconciler.engines.standalone import Standalone
from reconciler.errors import EngineError, Unavailable
from reconciler.history import Byline
from reconciler.lease import Lease, Process
from reconciler.pace import Pace
from tests.support.applying import converged, looked
from tests.support.command import topo, world
from topology.load import Loaded

STACK = """\
name: shop
services:
  web: {image: busybox, networks: [front]}
  app: {image: busybox, networks: [front]}
networks: {front: }
"""
SLOW = """\
name: shop
networks: {front: }
services:
  web: {image: busybox, networks: [front]}
  app: {image: busybox, networks: [front]}
"""
RELEVANT: Json = {
    "Type": "network",
    "Action": "connect",
    "Actor": {"ID": "x", "Attributes": {"name": "shop_front"}},
}
FOREIGN: Json = {
    "Type": "container",
    "Action": "start",
    "Actor": {"ID": "y", "Attributes": {"name": "other"}},
}

Deed = Callable[[], object]


class Script(Struct):
    """An inbox whose messages and deeds come at their times, and a clock that stands still in between."""

    now: float = 0.0
    planned: list[tuple[float, Message | Deed]] = field(default_factory=list)
    end: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)

    def clock(self) -> float:
        return self.now

    def at(self, when: float, what: Message | Deed) -> None:
        self.planned.append((when, what))
        self.planned.sort(key=lambda one: one[0])

    def put(self, message: Message) -> None:
        self.at(self.now, message)

    def next(self, within: float) -> Message | None:
        until = min(self.now + within, self.end)
        while self.planned and self.planned[0][0] <= until:
            when, what = self.planned.pop(0)
            self.now = max(self.now, when)
            if not callable(what):
                return what
            what()
        self.now = until
        if self.now >= self.end:
            self.stop.set()
        return None


class Modelled(Struct):
    """A connection to a model that counts looks and can be away."""

    daemon: MemoryDaemon
    looks: int = 0
    fault: EngineError | None = None
    unready: CommandError | None = None
    called: str = "a model"
    meanwhile: list[Deed] = field(default_factory=list)
    """What happens between a look and the changes that follow from it."""
    amid: list[Deed] = field(default_factory=list)
    """What happens in the midst of a look."""

    @property
    def engine(self) -> Engine:
        while self.meanwhile:
            self.meanwhile.pop()()
        return Standalone(self.daemon)

    @property
    def reader(self) -> Engine:
        self.looks += 1
        while self.amid:
            self.amid.pop()()
        if self.fault is not None:
            raise self.fault
        return Standalone(self.daemon)

    def events(self) -> Events:
        return self.daemon.events()

    def renew(self) -> None:
        if self.unready is not None:
            raise self.unready


class Scene(Struct):
    """A stack that is applied and watched."""

    script: Script
    on: Modelled
    watch: Watch
    around: World
    folder: Path

    def run(self, until: float) -> list[dict[str, object]]:
        """What is told until then."""
        self.script.end = until
        self.script.stop.clear()
        self.watch.run()
        assert isinstance(self.around.stdout, StringIO)
        lines = self.around.stdout.getvalue().splitlines()
        self.around.stdout.truncate(0)
        self.around.stdout.seek(0)
        return [json.loads(line) for line in lines]

    def write(self, text: str) -> None:
        (self.folder / "stack.yml").write_text(text)

    def container(self, service: str) -> str:
        return f"shop-{service}-1"

    def kill(self, service: str) -> None:
        self.on.daemon.stop(self.container(service), 0)

    def leave(self, service: str) -> None:
        self.on.daemon.disconnect("shop_front", self.container(service), force=True)

    def status(self, service: str) -> str:
        return str(self.on.daemon.container(self.container(service))["State"]["Status"])

    def is_joined(self, service: str) -> bool:
        return (
            "shop_front" in self.on.daemon.container(self.container(service))["NetworkSettings"]["Networks"]
        )


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return staged(tmp_path, Mode())


def staged(folder: Path, mode: Mode, text: str = STACK) -> Scene:
    (folder / "stack.yml").write_text(text)
    around = world(folder)
    options = WatchOptions(format=Format.JSON)
    read: Loaded = read_stack(options, around)
    on = Modelled(MemoryDaemon(registry=anything))
    converged(on.engine, read.stack)
    remembered(on.engine, read)
    script = Script()
    tell = Teller(stack="shop", options=options, world=around)
    watch = Watch(
        read=read,
        reread=Rereading(read, options, around, tell, script.clock),
        on=on,
        mode=mode,
        pace=Pace(clock=script.clock),
        hear=script.next,
        tell=tell,
        world=around,
        stop=script.stop,
    )
    script.at(0.0, Back())
    return Scene(script=script, on=on, watch=watch, around=around, folder=folder)


def remembered(engine: Engine, read: Loaded) -> None:
    desired, observed = looked(engine, read.stack)
    byline = Byline(by="somebody@here", at="2026-03-01T12:00:00+00:00", version="0")
    engine.remember(desired, observed, byline)


def events(told: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(one["event"], one.get("address")) for one in told]


def test_what_drifts_is_told_and_healed(scene: Scene) -> None:
    scene.script.at(10.0, lambda: scene.leave("web"))
    scene.script.at(10.0, Happened(RELEVANT))
    scene.script.at(20.0, lambda: scene.kill("app"))
    scene.script.at(20.0, Happened(RELEVANT))
    told = scene.run(30.0)
    web, app = "service.web[1]", "service.app[1]"
    assert events(told) == [("drift", web), ("healed", web), ("drift", app), ("healed", app)]
    assert (scene.is_joined("web"), scene.status("app")) == (True, "running")


def test_what_no_event_told_of_is_found_at_the_resync(scene: Scene) -> None:
    scene.script.at(10.0, lambda: scene.kill("app"))
    assert scene.run(299.0) == []
    assert [one["event"] for one in scene.run(310.0)] == ["drift", "healed"]


def test_only_telling_touches_nothing(tmp_path: Path) -> None:
    scene = staged(tmp_path, Mode(heals=False))
    scene.script.at(10.0, lambda: scene.kill("app"))
    scene.script.at(10.0, Happened(RELEVANT))
    scene.script.at(20.0, Happened(RELEVANT))
    scene.script.at(30.0, lambda: scene.on.daemon.start(scene.container("app")))
    scene.script.at(30.0, Happened(RELEVANT))
    before = scene.on.daemon.volumes()
    address = "service.app[1]"
    assert events(scene.run(25.0)) == [("drift", address)]
    assert (scene.status("app"), scene.on.daemon.volumes()) == ("exited", before)
    assert events(scene.run(40.0)) == [("settled", address)]


def test_a_storm_costs_few_looks_and_leaves_nothing_behind(scene: Scene) -> None:
    scene.run(1.0)
    before = scene.on.looks
    for number in range(10_000):
        scene.script.planned.append((2.0 + number / 1000, Happened(RELEVANT if number % 2 else FOREIGN)))
    assert scene.run(20.0) == []
    assert 10 <= scene.on.looks - before <= 12  # one a second while it lasts
    assert not scene.watch._drift
    assert not scene.watch._since
    assert not scene.watch.pace._troubles


def test_what_happens_to_others_is_no_reason_to_look(scene: Scene) -> None:
    scene.run(1.0)
    before = scene.on.looks
    for number in range(1_000):
        scene.script.planned.append((2.0 + number / 10, Happened(FOREIGN)))
    scene.run(200.0)
    assert scene.on.looks == before


def test_a_container_that_dies_again_and_again_is_left_to_rest_in_between(scene: Scene) -> None:
    def die() -> None:
        if scene.status("web") == "running":
            scene.kill("web")

    for second in range(1, 121):
        scene.script.at(float(second), die)
        scene.script.at(float(second), Happened(RELEVANT))
    healed = [one for one in scene.run(120.0) if one["event"] == "healed"]
    assert 10 <= len(healed) <= 13  # five at once, then after 1, 2, 4, 8, 16 and 32 seconds


def test_what_cannot_be_healed_is_told_once_for_each_time_it_was_tried(scene: Scene) -> None:
    """Another container has taken the name."""
    daemon = scene.on.daemon

    def take() -> None:
        daemon.remove_container(scene.container("web"), volumes=False)
        daemon.create_container(scene.container("web"), {"Image": "busybox"})

    scene.script.at(5.0, take)
    scene.script.at(5.0, Happened(RELEVANT))
    scene.script.at(9.0, lambda: scene.kill("app"))
    scene.script.at(9.0, Happened(RELEVANT))
    told = scene.run(60.0)
    assert events(told) == [
        ("drift", "service.web[1]"),
        ("obstacle", "service.web[1]"),
        ("drift", "service.app[1]"),
        ("healed", "service.app[1]"),
    ]
    assert scene.status("app") == "running"
    scene.script.at(70.0, lambda: daemon.remove_container(scene.container("web"), volumes=False))
    scene.script.at(70.0, Happened({**FOREIGN, "Action": "destroy"}))
    assert events(scene.run(80.0)) == [("healed", "service.web[1]")], "as soon as nothing is in its way"


def test_an_engine_that_goes_away_is_told_of_once_and_looked_at_when_it_is_back(scene: Scene) -> None:
    def away() -> None:
        scene.on.fault = Unavailable("no such socket")

    def again() -> None:
        scene.on.fault = None
        scene.kill("web")

    scene.script.at(5.0, away)
    for second in range(5, 30):
        scene.script.at(float(second), Lost(Unavailable("the connection was cut")))
    scene.script.at(30.0, again)
    scene.script.at(30.0, Back())
    told = scene.run(40.0)
    assert [one["event"] for one in told] == ["lost", "back", "drift", "healed"]


def test_an_engine_that_is_back_and_not_ready_yet_is_asked_again(scene: Scene) -> None:
    def ready() -> None:
        scene.on.unready = None
        scene.kill("web")

    scene.on.unready = CommandError("this engine manages no Swarm")
    scene.script.at(5.0, Lost(Unavailable("the connection was cut")))
    scene.script.at(6.0, Back())
    scene.script.at(10.0, ready)
    assert [one["event"] for one in scene.run(30.0)] == ["lost", "back", "drift", "healed"]


def test_each_time_that_somebody_else_changes_the_stack_is_told(scene: Scene) -> None:
    for start in (10.0, 50.0):
        there = Process(host="elsewhere", pid=1)
        other = Lease(stack="shop", doing="apply", user="me", process=there, since="now")
        scene.script.at(start, lambda: scene.kill("web"))
        scene.script.at(start, partial(scene.on.engine.claim, other, lambda _lease: False))
        scene.script.at(start, Happened(RELEVANT))
        scene.script.at(start + 5.0, lambda: scene.on.daemon.start(scene.container("web")))
        scene.script.at(start + 5.0, partial(scene.on.engine.release, other))
        scene.script.at(start + 5.0, Happened(RELEVANT))
    assert [one["event"] for one in scene.run(90.0)] == ["drift", "waiting", "settled"] * 2


def test_what_an_engine_told_long_ago_is_asked_again(tmp_path: Path) -> None:
    """Such as which image a registry has: a reader asks once, for a plan, and watching goes on for weeks."""
    script = Script()
    options = WatchOptions(engine="memory:engine.json")
    on = Connected(options, world(tmp_path), None, script.clock)
    reader, engine = on.reader, on.engine
    script.now = FRESH
    assert (on.reader, on.engine) == (reader, engine)
    script.now = FRESH + 1.0
    assert on.reader is not reader
    assert on.engine is not engine


def test_a_look_is_given_up_when_an_end_is_asked_for_and_a_repair_is_not(scene: Scene) -> None:
    def ended() -> None:
        scene.script.stop.set()
        scene.watch.looking.give_up()

    scene.on.daemon.stop("shop-web-1", 1)
    scene.on.amid.append(ended)
    assert scene.run(until=10.0) == []
    scene.script.at(0.0, Back())
    scene.on.meanwhile.append(ended)
    assert [one["event"] for one in scene.run(until=10.0)] == ["drift"]


def test_an_engine_that_hears_and_does_not_answer_is_asked_less_and_less_often(scene: Scene) -> None:
    scene.run(1.0)
    scene.on.fault = Unavailable("no answer")
    before = scene.on.looks
    scene.script.at(2.0, Happened(RELEVANT))
    scene.run(250.0)
    assert scene.on.looks - before <= 9


def test_a_change_of_the_file_waits_for_an_apply_and_does_not_keep_drift_from_being_healed(
    scene: Scene,
) -> None:
    text = STACK.replace("web: {image: busybox,", "web: {image: busybox, restart: always, user: '7',")
    scene.script.at(5.0, lambda: scene.write(text))
    scene.script.at(5.0, Reread())
    scene.script.at(10.0, lambda: scene.leave("web"))
    scene.script.at(10.0, Happened(RELEVANT))
    told = scene.run(20.0)
    assert events(told) == [("read", None), ("drift", "service.web[1]"), ("healed", "service.web[1]")]
    assert scene.is_joined("web")
    assert scene.on.daemon.container("shop-web-1")["Config"].get("User", "") == ""


def test_with_follow_the_file_is_done_as_soon_as_it_changes(tmp_path: Path) -> None:
    scene = staged(tmp_path, Mode(follows=True))

    scene.script.at(5.0, lambda: scene.write(STACK.replace("app:", "api:")))
    told = events(scene.run(20.0))
    assert ("read", None) in told
    assert {("healed", "service.api[1]"), ("healed", "service.app[1]")} <= set(told)
    assert {one["Names"][0] for one in scene.on.daemon.containers()} == {"/shop-web-1", "/shop-api-1"}
    assert len(scene.on.reader.history("shop", "shop")) == 2


def test_a_file_is_not_done_before_it_is_whole(tmp_path: Path) -> None:
    """What has been written of it is a stack as well, one without the service `app`."""
    scene = staged(tmp_path, Mode(follows=True), SLOW)
    lines = SLOW.replace("busybox", "alpine").splitlines(keepends=True)
    for number in range(1, len(lines) + 1):
        scene.script.at(4.5 + 0.7 * number, partial(scene.write, "".join(lines[:number])))
    scene.script.at(7.9, lambda: scene.kill("web"))
    scene.script.at(7.9, Happened(RELEVANT))
    web, app = "service.web[1]", "service.app[1]"
    assert events(scene.run(8.5)) == [("drift", web), ("healed", web)], "what drifts is healed meanwhile"
    told = events(scene.run(20.0))
    assert told == [("read", None), ("drift", app), ("drift", web), ("healed", app), ("healed", web)]


def test_a_file_that_cannot_be_used_is_refused_and_what_was_read_still_counts(scene: Scene) -> None:
    scene.script.at(5.0, lambda: scene.write("name: shop\nservices: {web: {imag: x}}\n"))
    scene.script.at(5.0, Reread())
    scene.script.at(6.0, lambda: scene.kill("web"))
    scene.script.at(6.0, Happened(RELEVANT))
    refused, *others = scene.run(20.0)
    assert refused["event"] == "refused"
    assert "imag" in str(refused["hints"])
    assert [one["event"] for one in others] == ["drift", "healed"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--report", "--follow"], "--report changes nothing"),
        (["--resync", "soon"], "--resync"),
        (["--resync", "1ms"], "at least a second"),
        (["--metrics", "here"], "--metrics here is no address"),
        (["--metrics", "127.0.0.1:99999"], "is no address"),
    ],
)
def test_misuse_is_told_with_what_to_do(tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "stack.yml").write_text(STACK)
    ran = topo(tmp_path, "watch", "--engine", "memory", *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert words in ran.err
