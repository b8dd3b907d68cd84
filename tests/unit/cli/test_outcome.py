"""After apply: what was done, what failed and why, and whether the engine now is as asked."""

from __future__ import annotations

import pytest

from cli.exits import Exit
from cli.render import outcome
from cli.render.ink import Ink, Look
from cli.report.outcome import DONE, FAILED, SKIPPED, Distant, DoneLine, Outcome, Removal, removed
from cli.report.plan import CREATE, REPLACE, ObstacleLine, Plan, StepLine
from tests.support.golden import matches
from tests.unit.cli.test_plan import change, field
from topology.structs import replace

PLAN = Plan(
    stack="shop",
    engine="x",
    changes=(change("web", CREATE), change("web", CREATE, replica=2), change("db", REPLACE)),
    steps=tuple(StepLine(address="service.web[1]", text=f"step {number}") for number in range(5)),
)
GOOD = tuple(DoneLine(address="service.web[1]", text="t", result=DONE, seconds=0.1) for _ in range(5))
BAD = DoneLine(
    address="service.web[2]",
    text="start shop-web-2",
    result=FAILED,
    seconds=0.0,
    error="starting shop-web-2: port 8080 on the host is already taken",
    hints=("published at stack.yml:14:9",),
)
LEFT = DoneLine(address="service.web[2]", text="t", result=SKIPPED, seconds=0.0, error="needs service.web[2]")


def test_success_is_one_line() -> None:
    report = Outcome(plan=PLAN, steps=GOOD, unconverged=(), seconds=4.24)
    assert outcome.text(report, Look()) == "done: 2 created and 1 replaced in 4.2 s"
    assert report.code is Exit.DONE


def test_what_went_wrong_on_the_way_of_what_is_done_is_told() -> None:
    late = replace(GOOD[0], hints=("task 1 on one failed: exit (3)",))
    report = Outcome(plan=PLAN, steps=(*GOOD[1:], late), unconverged=(), seconds=1.0)
    assert outcome.text(report, Look()) == (
        "note: service.web[1]: on the way, task 1 on one failed: exit (3)\n"
        "done: 2 created and 1 replaced in 1.0 s"
    )
    assert report.code is Exit.DONE


def test_a_failure_is_told_with_what_is_behind_it_and_what_was_skipped() -> None:
    report = Outcome(plan=PLAN, steps=(*GOOD[:2], BAD, LEFT, LEFT), seconds=1.0)
    matches(outcome.text(report, Look()), "apply_failed.txt")
    assert report.code is Exit.FAILED


def test_an_interruption_says_what_is_left() -> None:
    report = Outcome(plan=PLAN, steps=GOOD[:3], remaining=("a", "b"), interrupted=True)
    assert outcome.text(report, Look()) == (
        "interrupted: 3 of 5 steps done, 2 to go; topo apply goes on from here"
    )
    assert report.code is Exit.INTERRUPTED


def test_what_did_not_converge_is_named_by_its_field() -> None:
    still = change("web", REPLACE, field("user", "a", "b"))
    report = Outcome(plan=PLAN, steps=GOOD, unconverged=(still,))
    assert outcome.text(report, Look()).splitlines()[0] == "still differs: service.web[1]: user"
    assert report.code is Exit.FAILED


def test_nothing_to_do_is_said() -> None:
    report = Outcome(plan=Plan(stack="shop", engine="x"))
    assert outcome.text(report, Look()) == "nothing to do: shop is as the stack says"
    assert (outcome.text(report, Look(quiet=True)), report.code) == ("", Exit.DONE)


def test_obstacles_fail_an_apply() -> None:
    obstacle = ObstacleLine(address="network.x", message="is somebody else's", mend="rename it")
    report = Outcome(plan=replace(PLAN, obstacles=(obstacle,)))
    assert "in the way: network.x: is somebody else's" in outcome.text(report, Look(quiet=True))
    assert report.code is Exit.FAILED


@pytest.mark.parametrize("steps", [GOOD, (*GOOD[:4], BAD)])
def test_quiet_says_only_what_went_wrong(steps: tuple[DoneLine, ...]) -> None:
    text = outcome.text(Outcome(plan=PLAN, steps=steps, unconverged=()), Look(quiet=True))
    assert bool(text) is (BAD in steps)


def test_a_destroy_names_the_volumes_that_it_kept() -> None:
    report = removed(Outcome(plan=PLAN, steps=GOOD, unconverged=()), ("shop_data",))
    assert outcome.summary(report, Ink()).endswith("; kept 1 volume: shop_data (--volumes removes them too)")
    assert report.kind == "destroy"


def test_volumes_out_of_reach_are_named_by_their_nodes_with_what_removes_them() -> None:
    distant = (Distant(node="two", volumes=("a", "b")), Distant(node="three", volumes=("a",)))
    report = removed(Outcome(plan=PLAN, steps=GOOD, unconverged=()), (), distant)
    assert outcome.text(report, Look()).splitlines()[1:] == [
        "  kept on two: a and b",
        "  kept on three: a",
        "  = on each, `docker volume rm NAME` removes them; so does --volumes with --node URL for each",
    ]


def test_a_destroy_of_nothing_says_so() -> None:
    report = Removal(plan=Plan(stack="shop", engine="x"))
    assert outcome.text(report, Look()) == "nothing to remove: shop owns nothing here"
