"""A plan is read by a person who decides: which field, why, with a gap or not, and who reaches whom then."""

from __future__ import annotations

import pytest

import reconciler.steps
from cli.exits import Exit
from cli.render import plan
from cli.render.document import document
from cli.render.ink import Ink, Look
from cli.render.reachability import MOST_PAIRS
from cli.render.steps import SAYINGS, said
from cli.report.plan import (
    ACTIONS,
    CREATE,
    RECONNECT,
    REMOVE,
    REPLACE,
    UPDATE,
    ChangeLine,
    FieldLine,
    ObstacleLine,
    Plan,
    Reachability,
    ReachLine,
    StepLine,
)
from cli.report.planned import field_line
from reconciler.address import Address, Kind
from reconciler.diff import Action, Cause, FieldChange
from reconciler.fields import Reach
from reconciler.steps import ConnectNetwork, Step
from tests.support.golden import matches
from topology.structs import replace


def field(name: str, old: object, new: object, cause: str = "stack changed", **more: object) -> FieldLine:
    given = {"reach": "replace", "sensitive": False, **more}
    return FieldLine(name=name, old=old, new=new, cause=cause, **given)  # type: ignore[arg-type]  # fields by name


def change(name: str, action: str, *fields: FieldLine, replica: int = 1, **more: object) -> ChangeLine:
    kind = str(more.pop("kind", "service"))
    given = {"reason": "does not exist", **more}
    number = replica if kind == "service" else 0
    return ChangeLine(
        address=f"{kind}.{name}[{number}]" if number else f"{kind}.{name}",
        kind=kind,
        name=name,
        replica=number,
        action=action,
        fields=fields,
        **given,  # type: ignore[arg-type]  # fields by name
    )


STEPS = (
    StepLine(address="network.db_nw", text="create network shop_db_nw"),
    StepLine(address="service.db[1]", text="create container shop-db-1", needs=(0,)),
)
WEB = {"image": "shop/web:3", "networks": {"shop_web_nw": {}, "shop_db_nw": {}}, "ports": ["8080:80/tcp"]}
FULL = Plan(
    stack="shop",
    engine="Docker 28.5.2 at unix:///var/run/docker.sock",
    changes=(
        change("db_nw", CREATE, kind="network"),
        change(
            "web_nw",
            REPLACE,
            field("internal", None, True),
            kind="network",
            reason="internal cannot be changed",
        ),
        change("data", CREATE, kind="volume"),
        change("agent", REMOVE, reason="is no longer in the stack"),
        change(
            "cache",
            UPDATE,
            field("mem_limit", 268435456, 536870912, reach="in place"),
            field("restart", "no", "always", "drifted", reach="in place"),
        ),
        *(change("web", CREATE, replica=number, spec=WEB) for number in (1, 2, 3, 5)),
        change(
            "nginx",
            RECONNECT,
            field("networks.shop_db_nw", {"aliases": ["nginx"]}, None, "drifted", reach="reconnect"),
            field("networks.shop_web_nw", None, {"aliases": ["nginx", "www"]}, reach="reconnect"),
        ),
        change(
            "db",
            REPLACE,
            field("image", "postgres:15", "postgres:16"),
            field("environment.PASSWORD", "(hidden)", "(hidden)", sensitive=True),
            field("environment.TOKEN", None, "(hidden)", sensitive=True),
            field("command", ["postgres"], None, "stack changed and drifted"),
            gap=True,
            reason="image cannot be changed",
        ),
        change("job", REPLACE, field("image", "a", "b", "image changed"), gap=False, leftovers=2),
    ),
    reachability=Reachability(
        gained=(ReachLine(source="nginx", target="web", path="web_nw: nginx -> web:8000"),),
        lost=(ReachLine(source="nginx", target="db", path="db_nw: nginx -> db:5432"),),
    ),
    steps=STEPS,
)


def test_the_text_is_as_reviewed() -> None:
    matches(plan.text(FULL, Look()), "plan.txt")


def test_the_steps_are_listed_when_asked_for() -> None:
    text = plan.text(replace(FULL, changes=(), reachability=Reachability(), show_steps=True), Look())
    assert text.splitlines()[:3] == [
        "steps",
        "  1  create network shop_db_nw",
        "  2  create container shop-db-1  after 1",
    ]


def test_the_summary_counts_every_action() -> None:
    assert plan.summary(FULL, Ink()) == (
        "6 to create, 1 to update, 1 to reconnect, 3 to replace, 1 to remove"
    )


def test_updates_in_place_are_counted_only_where_there_are_any() -> None:
    only = replace(FULL, changes=(change("web", CREATE),))
    assert plan.summary(only, Ink()) == "1 to create, 0 to reconnect, 0 to replace, 0 to remove"


def test_an_empty_plan_says_that_there_is_nothing_to_do() -> None:
    assert plan.text(Plan(stack="shop", engine="x"), Look()) == "nothing to do: shop is as the stack says"


def test_quiet_leaves_the_summary() -> None:
    assert plan.text(FULL, Look(quiet=True)) == plan.summary(FULL, Ink())


def test_an_obstacle_says_where_the_file_asks_for_it_and_what_to_do() -> None:
    obstacle = ObstacleLine(
        address="service.web[1]",
        message="port 8080 on the host is already published by container other",
        mend="publish another port",
        place="stack.yml:14:9",
    )
    blocked = replace(FULL, obstacles=(obstacle,))
    assert plan.text(blocked, Look(quiet=True)) == (
        "in the way: service.web[1]: port 8080 on the host is already published by container other\n"
        "  = asked for at stack.yml:14:9; publish another port\n\n"
        "1 obstacle: this plan cannot be carried out"
    )
    assert blocked.code is Exit.FAILED


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (FULL, Exit.DONE),
        (replace(FULL, detailed=True), Exit.NO),
        (Plan(stack="shop", engine="x", detailed=True), Exit.DONE),
    ],
)
def test_pending_changes_are_a_no_only_when_asked_for(made: Plan, code: Exit) -> None:
    assert made.code is code


def test_many_pairs_are_counted_and_not_listed() -> None:
    pairs = tuple(ReachLine(source=f"s{n}", target="t", path="n: s -> t") for n in range(40))
    lines = plan.text(replace(FULL, changes=(), reachability=Reachability(gained=pairs)), Look()).splitlines()
    assert sum(line.startswith("  + s") for line in lines) == MOST_PAIRS
    assert "  + and 28 more pairs" in lines


def test_json_carries_every_change_with_its_fields() -> None:
    found = document(FULL)
    assert found["format_version"] == 1
    assert found["changes"][-2]["gap"] is True
    assert found["changes"][4]["fields"][0] == {
        "name": "mem_limit",
        "old": 268435456,
        "new": 536870912,
        "cause": "stack changed",
        "reach": "in place",
        "sensitive": False,
    }
    assert found["steps"][1] == {
        "address": "service.db[1]",
        "text": "create container shop-db-1",
        "needs": [0],
    }


def test_a_secret_is_neither_in_the_text_nor_in_the_json() -> None:
    made = FieldChange(
        name="environment.PASSWORD",
        old="hunter2",
        new="hunter3",
        cause=Cause.STACK,
        reach=Reach.REPLACE,
        sensitive=True,
    )
    line = field_line(made, "key")
    report = replace(FULL, changes=(change("web", REPLACE, line),))
    assert "hunter" not in plan.text(report, Look()) + str(document(report))
    assert "environment.PASSWORD  (sensitive, changed)" in plan.text(report, Look())


def test_the_words_of_actions_are_the_reconcilers() -> None:
    assert set(ACTIONS) == {action.value for action in Action}
    assert set(plan.SIGNS) == {action.value for action in Action}


def kinds_of_step() -> set[type[Step]]:
    return {kind for kind in vars(reconciler.steps).values() if _is_step(kind)}


def _is_step(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Step) and value is not Step


def test_each_kind_of_step_has_its_words() -> None:
    assert set(SAYINGS) == kinds_of_step()


def test_a_step_calls_things_by_their_names() -> None:
    step = ConnectNetwork(
        address=Address(Kind.SERVICE, "web", 1), container="c" * 64, network="shop_db_nw", endpoint={}
    )
    assert said(step, {"c" * 64: "shop-web-1"}) == "connect shop-web-1 to shop_db_nw"
