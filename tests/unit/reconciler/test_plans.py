"""Plans as people read them: which steps, and what each waits for."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import Any

import pytest

from reconciler.address import Address, Kind
from reconciler.engines.memory import NEW, OLD, Generation, MemoryDaemon, anything
from reconciler.engines.standalone import Standalone
from reconciler.errors import Unhealthy
from reconciler.planner import plan, teardown
from reconciler.steps import CreateContainer
from tests.support.applying import applied, converged, looked
from tests.support.described import described
from tests.support.serial import FIRST, serially
from topology.models import (
    Attachment,
    Condition,
    Dependency,
    Healthcheck,
    Link,
    Mount,
    Network,
    Notice,
    Port,
    Service,
    Stack,
    UpdateConfig,
    Volume,
)

CHECK = Healthcheck(test=("CMD", "check"))


def service(*networks: str, image: str = "first:1", **more: Any) -> Service:
    return Service(image=image, networks={name: Attachment() for name in networks}, **more)


def stack(*networks: str, volumes: tuple[str, ...] = (), **services: Service) -> Stack:
    return Stack(
        name="s",
        services=services,
        networks={name: Network() for name in networks},
        volumes={name: Volume() for name in volumes},
    )


def engine(generation: Generation = NEW) -> Standalone:
    daemon = MemoryDaemon(generation=generation, registry=anything)
    for reference in ("first:1", "second:1"):
        daemon.pull(reference)
    return Standalone(daemon)


def planned(on: Standalone, wanted: Stack) -> str:
    desired, observed = looked(on, wanted)
    return described(plan(desired, observed, on), observed)


def test_a_stack_is_made_from_the_ground_up() -> None:
    wanted = stack(
        "front",
        "back",
        volumes=("data",),
        web=service("front", depends_on={"db": Dependency(condition=Condition.HEALTHY)}),
        db=service(
            "back",
            image="third:1",
            healthcheck=CHECK,
            volumes=(Mount(type="volume", source="data", target="/data"),),
        ),
    )
    assert planned(engine(), wanted) == dedent("""\
        1 create network s_back
        2 create network s_front
        3 create volume s_data
        4 pull third:1
        5 create container s-db-1 (after 1, 3, 4)
        6 create container s-web-1 (after 2)
        7 start s-db-1 (after 5)
        8 wait until s-db-1 is up (after 7)
        9 start s-web-1 (after 6, 8)
        10 wait until s-web-1 is up (after 9)""")


@pytest.mark.parametrize(
    ("generation", "steps"),
    [
        (
            OLD,
            """\
            1 create network s_one
            2 create network s_two
            3 create container s-a-1 (after 1)
            4 connect s-a-1 to s_two (after 2, 3)
            5 start s-a-1 (after 4)
            6 wait until s-a-1 is up (after 5)""",
        ),
        (
            NEW,
            """\
            1 create network s_one
            2 create network s_two
            3 create container s-a-1 (after 1, 2)
            4 start s-a-1 (after 3)
            5 wait until s-a-1 is up (after 4)""",
        ),
    ],
)
def test_an_old_engine_takes_a_second_network_in_a_second_call(generation: Generation, steps: str) -> None:
    wanted = stack("one", "two", a=service("one", "two"))
    assert planned(engine(generation), wanted) == dedent(steps)


def test_what_is_as_it_should_be_needs_nothing() -> None:
    on, wanted = engine(), stack("one", a=service("one"))
    converged(on, wanted)
    assert planned(on, wanted) == ""


def test_replicas_are_replaced_one_after_another_and_the_new_one_comes_first() -> None:
    on = engine()
    converged(on, stack("one", a=service("one", replicas=2)))
    assert planned(on, stack("one", a=service("one", replicas=2, environment={"V": "2"}))) == dedent("""\
        1 create container s-a-1.{one}
        2 start s-a-1.{one} (after 1)
        3 wait until s-a-1.{one} is up (after 2)
        4 stop s-a-1 (after 3)
        5 remove container s-a-1 (after 4)
        6 rename s-a-1.{one} to s-a-1 (after 5)
        7 create container s-a-2.{two} (after 6)
        8 start s-a-2.{two} (after 7)
        9 wait until s-a-2.{two} is up (after 8)
        10 stop s-a-2 (after 9)
        11 remove container s-a-2 (after 10)
        12 rename s-a-2.{two} to s-a-2 (after 11)""").format(**temporary(on, "s-a-1", "s-a-2"))


def temporary(on: Standalone, *names: str) -> dict[str, str]:
    """The digests in the temporary names of the next plan."""
    found = planned(on, stack("one", a=service("one", replicas=len(names), environment={"V": "2"})))
    digests = [line.rpartition(".")[2] for line in found.splitlines() if "create container" in line]
    return {key: digest.partition(" ")[0] for key, digest in zip(("one", "two"), digests, strict=True)}


TOLD = Notice(exec=("nginx", "-s", "reload"))


def shop(image: str, replicas: int = 1, **more: Any) -> Stack:
    """web is told of app's containers; app needs db on its other network."""
    return stack(
        "front",
        "back",
        web=service("front", links=(Link(service="app", alias="app", on_change=TOLD),)),
        app=service(
            "back", "front", image=image, replicas=replicas, links=(Link(service="db", alias="db"),), **more
        ),
        db=service("back"),
    )


def test_who_is_linked_to_joins_once_it_is_healthy_and_its_clients_are_told_twice() -> None:
    on = engine()
    converged(on, shop("first:1"))
    found = planned(on, shop("second:1"))
    name = found.splitlines()[0].split()[-1]
    assert found == dedent(f"""\
        1 create container {name}
        2 start {name} (after 1)
        3 wait until {name} is up (after 2)
        4 connect {name} to s_front (after 3)
        5 run nginx -s reload in s-web-1: app[1] is ready (after 4)
        6 stop s-app-1 (after 5)
        7 run nginx -s reload in s-web-1: app[1] has lost its old container (after 6)
        8 remove container s-app-1 (after 7)
        9 rename {name} to s-app-1 (after 8)""")
    converged(on, shop("second:1"))


def test_what_was_interrupted_is_brought_to_its_end_and_clients_are_told_again() -> None:
    """Nobody knows what they have heard; the old one serves until the new one is found."""
    on = engine()
    converged(on, shop("first:1"))
    name = planned(on, shop("second:1")).splitlines()[0].split()[-1]
    applied(on, shop("second:1"), serially(FIRST, limit=3))
    assert planned(on, shop("second:1")) == dedent(f"""\
        1 connect {name} to s_front
        2 run nginx -s reload in s-web-1: app[1] is ready (after 1)
        3 stop s-app-1 (after 2)
        4 remove container s-app-1 (after 3)
        5 run nginx -s reload in s-web-1: app[1] has lost its old container (after 4)
        6 rename {name} to s-app-1 (after 5)""")
    converged(on, shop("second:1"))


def test_a_dependent_starts_once_the_name_of_what_it_needs_is_there() -> None:
    on = engine()

    def both(image: str) -> Stack:
        needs = {"app": Dependency(condition=Condition.HEALTHY)}
        web = service("front", image=image, links=(Link(service="app", alias="app"),), depends_on=needs)
        made = shop(image)
        return made.model_copy(update={"services": {**made.services, "web": web}})

    converged(on, both("first:1"))
    lines = planned(on, both("second:1")).splitlines()
    joined = next(line.split()[0] for line in lines if " connect s-app-1." in line)
    started = next(line for line in lines if " start s-web-1." in line)
    assert joined in started.rpartition("(after ")[2].rstrip(")").split(", ")
    converged(on, both("second:1"))


def test_clients_are_told_of_more_and_of_fewer_replicas() -> None:
    on = engine()
    converged(on, shop("first:1"))
    assert planned(on, shop("first:1", replicas=2)) == dedent("""\
        1 create container s-app-2
        2 start s-app-2 (after 1)
        3 wait until s-app-2 is up (after 2)
        4 run nginx -s reload in s-web-1: app[2] is ready (after 3)""")
    converged(on, shop("first:1", replicas=2))
    assert planned(on, shop("first:1")) == dedent("""\
        1 stop s-app-2
        2 run nginx -s reload in s-web-1: app[2] has stopped (after 1)
        3 remove container s-app-2 (after 2)""")


def test_a_client_that_is_replaced_too_hears_until_all_is_done() -> None:
    on = engine()
    converged(on, shop("first:1"))
    after = shop("second:1")
    web = after.services["web"].model_copy(update={"image": "second:1"})
    steps = planned(on, after.model_copy(update={"services": {**after.services, "web": web}})).splitlines()
    renamed = next(number for number, step in enumerate(steps, 1) if "rename s-app-1." in step)
    create = next(step for step in steps if "create container s-web-1." in step)
    assert f"(after {renamed})" in create


def replaced(update: UpdateConfig) -> list[str]:
    """The steps that give three replicas another image, their containers called by number."""
    on = engine()
    converged(on, stack("one", a=service("one", replicas=3)))
    found = planned(on, stack("one", a=service("one", image="second:1", replicas=3, update_config=update)))
    return [re.sub(r"\.[0-9a-f]{8}", "'", step).replace("s-a-", "") for step in found.splitlines()]


def test_several_replicas_may_be_replaced_at_a_time_with_a_pause_between_the_lots() -> None:
    steps = replaced(UpdateConfig(parallelism=2, delay=1.5))
    begun = [step.partition(" ")[2] for step in steps if "create" in step or "pass" in step]
    ends = [number for number, step in enumerate(steps, 1) if "rename 1'" in step or "rename 2'" in step]
    pause = next(number for number, step in enumerate(steps, 1) if "pass" in step)
    assert begun == [
        "create container 1'",
        "create container 2'",
        f"let 1.5 s pass before the next (after {ends[0]}, {ends[1]})",
        f"create container 3' (after {pause})",
    ]


def test_all_at_once_is_a_parallelism_of_none() -> None:
    assert (
        sum("create" in step and "after" not in step for step in replaced(UpdateConfig(parallelism=0))) == 3
    )


def test_the_old_one_can_be_asked_to_go_first() -> None:
    steps = [step.split()[1] for step in replaced(UpdateConfig(order="stop-first"))[:6]]
    assert steps == ["create", "stop", "start", "wait", "remove", "rename"]


@pytest.mark.parametrize(
    ("attach", "early"), [(None, "s_back"), ("create", "s_back, s_front"), ("healthy", "s_back")]
)
def test_the_file_can_say_when_a_replacement_joins(attach: Any, early: str) -> None:
    on = engine()
    converged(on, shop("first:1"))
    after = shop("second:1")
    networks = {"back": Attachment(), "front": Attachment(attach=attach)}
    app = after.services["app"].model_copy(update={"networks": networks})
    desired, observed = looked(on, after.model_copy(update={"services": {**after.services, "app": app}}))
    create = next(step for step in plan(desired, observed, on).steps if isinstance(step, CreateContainer))
    assert ", ".join(sorted(create.body["NetworkingConfig"]["EndpointsConfig"])) == early


def test_published_ports_stay_where_they_are() -> None:
    """The gateway network carries them: it is joined from the beginning, whoever links there."""
    on = engine()
    ports = (Port(target=80),)
    for front in ("front", "aaa"):
        wanted = stack(
            front,
            "back",
            web=service(front, links=(Link(service="app", alias="app"),)),
            app=service("back", front, links=(Link(service="db", alias="db"),), ports=ports),
            db=service("back"),
        )
        desired, _ = looked(on, wanted)
        late = desired.units[Address(Kind.SERVICE, "app", 1)].joins_late
        assert late == (frozenset({"s_front"}) if front == "front" else frozenset())


def test_what_only_one_can_hold_is_let_go_before_it_is_taken() -> None:
    on = engine()
    port = (Port(target=80, published=(8080, 8080)),)
    converged(on, stack("one", a=service("one", ports=port)))
    steps = planned(on, stack("one", a=service("one", ports=port, image="second:1"))).splitlines()
    assert [step.split()[1] for step in steps] == ["create", "stop", "start", "wait", "remove", "rename"]


def test_a_move_joins_before_it_leaves() -> None:
    on = engine()
    converged(on, stack("one", "two", a=service("one")))
    assert planned(on, stack("one", "two", a=service("two"))) == dedent("""\
        1 connect s-a-1 to s_two
        2 disconnect s-a-1 from s_one (after 1)
        3 note what was changed in place (after 2)""")


def test_a_network_goes_after_the_last_has_left_it() -> None:
    on = engine()
    converged(on, stack("one", "two", a=service("one", "two"), b=service("two")))
    assert planned(on, stack("one", a=service("one"))) == dedent("""\
        1 disconnect s-a-1 from s_two
        2 stop s-b-1 (after 1)
        3 note what was changed in place (after 1)
        4 remove container s-b-1 (after 2)
        5 remove network s_two (after 1, 4)""")


def test_a_network_is_made_anew_between_leaving_and_joining() -> None:
    on = engine()
    before = stack("one", a=service("one"), b=service("one"))
    converged(on, before)
    after = before.model_copy(update={"networks": {"one": Network(internal=True)}})
    assert planned(on, after) == dedent("""\
        1 disconnect s-a-1 from s_one
        2 disconnect s-b-1 from s_one
        3 remove network s_one (after 1, 2)
        4 create network s_one (after 3)
        5 connect s-a-1 to s_one (after 1, 4)
        6 connect s-b-1 to s_one (after 2, 4)""")


def test_two_networks_are_both_there_before_a_container_joins_one_of_them() -> None:
    on = engine()
    before = stack("one", "two", a=service("one", "two"))
    converged(on, before)
    anew = {"one": Network(internal=True), "two": Network(internal=True)}
    assert planned(on, before.model_copy(update={"networks": anew})) == dedent("""\
        1 disconnect s-a-1 from s_one
        2 disconnect s-a-1 from s_two
        3 remove network s_one (after 1)
        4 remove network s_two (after 2)
        5 create network s_one (after 3)
        6 create network s_two (after 4)
        7 connect s-a-1 to s_one (after 1, 5, 6)
        8 connect s-a-1 to s_two (after 2, 5, 6)""")


def test_a_newcomer_waits_for_the_name_that_it_needs() -> None:
    on = engine()
    converged(on, stack("one", a=service("one", container_name="main")))
    assert planned(on, stack("one", b=service("one", container_name="main"))) == dedent("""\
        1 stop main
        2 remove container main (after 1)
        3 create container main (after 2)
        4 start main (after 3)
        5 wait until main is up (after 4)""")


def published(number: int) -> tuple[Port, ...]:
    return (Port(target=80, published=(number, number)),)


def test_a_port_passes_from_one_service_to_another() -> None:
    on = engine()
    converged(on, stack("one", a=service("one", ports=published(8080)), b=service("one")))
    steps = planned(on, stack("one", a=service("one"), b=service("one", ports=published(8080)))).splitlines()
    stop_a = next(number for number, step in enumerate(steps, 1) if "stop s-a-1" in step)
    start_b = next(step for step in steps if "start s-b-1" in step)
    assert str(stop_a) in start_b.rpartition("(after ")[2].rstrip(")").split(", ")
    assert "(after" not in steps[stop_a - 1]


def test_two_services_swap_their_ports() -> None:
    on = engine()
    first, second = published(8080), published(8081)
    converged(on, stack("one", a=service("one", ports=first), b=service("one", ports=second)))
    converged(on, stack("one", a=service("one", ports=second), b=service("one", ports=first)))


def test_a_port_passes_to_the_service_that_a_container_moves_in_with() -> None:
    """The owner of the network stack has to have the port before its guest comes."""
    on = engine()
    converged(on, stack("one", a=service("one"), b=service("one", ports=published(8080))))
    guest = Service(image="first:1", network_mode="service:a")
    converged(on, stack("one", a=service("one", ports=published(8080)), b=guest))


def test_replicas_shift_their_ports() -> None:
    on = engine()
    before = (Port(target=80, published=(8080, 8082)),)
    after = (Port(target=80, published=(8081, 8083)),)
    converged(on, stack("one", a=service("one", ports=before, replicas=3)))
    converged(on, stack("one", a=service("one", ports=after, replicas=3)))


def test_a_name_passes_from_one_service_to_another() -> None:
    on = engine()
    converged(on, stack("one", a=service("one", container_name="main"), b=service("one")))
    assert planned(on, stack("one", a=service("one"), b=service("one", container_name="main"))) == dedent(
        """\
        1 rename main to s-a-1
        2 rename s-b-1 to main (after 1)
        3 note what was changed in place (after 1, 2)"""
    )


def test_a_leftover_leaves_its_network_before_it_goes() -> None:
    """Both at once fails on a real engine: who is marked for removal cannot be disconnected."""
    on = engine()
    before = stack("one", a=service("one"))
    converged(on, before)
    daemon = on._daemon
    raw = daemon.container("s-a-1")
    endpoints = {"EndpointsConfig": {"s_one": {"Aliases": ["a"]}}}
    body = {"Image": "first:1", "Labels": raw["Config"]["Labels"], "NetworkingConfig": endpoints}
    daemon.create_container("left-over", {**body, "HostConfig": {"NetworkMode": "s_one"}})
    after = before.model_copy(update={"networks": {"one": Network(internal=True)}})
    assert planned(on, after) == dedent("""\
        1 disconnect left-over from s_one
        2 remove container left-over (after 1)
        3 disconnect s-a-1 from s_one (after 2)
        4 remove network s_one (after 1, 3)
        5 create network s_one (after 4)
        6 connect s-a-1 to s_one (after 3, 5)""")


def test_everything_is_taken_away_dependents_first_and_data_last() -> None:
    on = engine()
    mount = Mount(type="volume", source="data", target="/data")
    wanted = stack(
        "one",
        volumes=("data",),
        web=service("one", depends_on={"db": Dependency()}),
        db=service("one", volumes=(mount,)),
    )
    converged(on, wanted)
    desired, observed = looked(on, wanted)
    assert described(teardown(desired, observed, on, volumes=True), observed) == dedent("""\
        1 stop s-web-1
        2 remove container s-web-1 (after 1)
        3 stop s-db-1 (after 2)
        4 remove container s-db-1 (after 2, 3)
        5 remove network s_one (after 2, 4)
        6 remove volume s_data with all it holds (after 2, 4)""")


class Ailing(MemoryDaemon):
    """Some containers never get well."""

    ill: tuple[str, ...] = ()

    def start(self, container: str) -> None:
        if any(name in container for name in self.ill):
            raise Unhealthy(f"{container} is ill")
        super().start(container)


@pytest.mark.parametrize(
    ("said", "ill", "images"),
    [
        ({}, (2,), "2111"),
        ({"failure_action": "continue"}, (2,), "2122"),
        ({"failure_action": "continue"}, (1, 2, 3), "1112"),
        ({"failure_action": "continue", "delay": 0.01}, (1,), "1222"),
        ({"max_failure_ratio": 0.25}, (2,), "2122"),
        ({"max_failure_ratio": 0.25}, (1, 2), "1111"),
        ({"max_failure_ratio": 0.2}, (2,), "2111"),
    ],
)
def test_where_a_replica_fails_those_after_it_are_replaced_as_far_as_the_file_bears_it(
    said: dict[str, Any], ill: tuple[int, ...], images: str
) -> None:
    daemon = Ailing(registry=anything)
    for reference in ("first:1", "second:1"):
        daemon.pull(reference)
    on = Standalone(daemon)
    converged(on, stack("one", a=service("one", replicas=4)))
    daemon.ill = tuple(f"s-a-{number}." for number in ill)
    wanted = service("one", image="second:1", replicas=4, update_config=UpdateConfig(**said))
    applied(on, stack("one", a=wanted))
    found = {
        unit.address.replica: unit.spec["image"]
        for unit in looked(on, stack("one", a=wanted))[1].units
        if unit.serving and "." not in unit.name
    }
    assert "".join("1" if found[number] == "first:1" else "2" for number in (1, 2, 3, 4)) == images


def on_one(services: dict[str, Service]) -> Stack:
    return Stack(name="s", services=services, networks={"one": Network()})


LEFT: dict[str, dict[str, Any]] = {"gone": {}, "stays": {"b": {}}, "is another": {"b": {"image": "second:1"}}}


@pytest.mark.parametrize("after", LEFT)
@pytest.mark.parametrize("taker", ["a", "c"])
@pytest.mark.parametrize("last", [False, True], ids=["the first", "the last"])
def test_a_port_is_had_from_what_an_interrupted_replacement_left(taker: str, after: str, last: bool) -> None:
    """Whoever held it is neither the container that counts at its address nor wanted any more."""
    port = (Port(target=80, published=(8080, 8080)),)
    alone, published = service("one"), service("one", ports=port)
    then = {name: service("one", **more) for name, more in LEFT[after].items()}
    for limit in range(1, 12):
        found = engine()
        converged(found, on_one({"b": alone, taker: alone}))
        applied(found, on_one({"b": published, taker: alone}), serially(FIRST, limit=limit))
        choose = (lambda count: count - 1) if last else FIRST
        done = applied(found, on_one({**then, taker: published}), serially(choose))
        assert done.faults == [], (limit, done.faults)
