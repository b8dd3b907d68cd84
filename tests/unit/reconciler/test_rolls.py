"""An engine that is at an update already, or gave one up: what a plan says of it and does about it."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import rolls
from reconciler.address import Address, Kind
from reconciler.choice import Choice, chosen, left_out
from reconciler.diff import UnitChange, diff
from reconciler.engines.swarm.lowering import lower
from reconciler.state import Desired, Granularity, LiveUnit, Observed, Roll, Rolling, Status, Traits, Unit
from reconciler.steps import Step, UpdateService, WaitService


def spec(image: str) -> dict[str, Any]:
    return {"image": image, "endpoint_mode": "vip"}


AT = Address(Kind.SERVICE, "web")
TRAITS = Traits(version="28.5.2", api=(1, 51), granularity=Granularity.SERVICE)
DESIRED = Desired(stack="shop", owner="shop", units={AT: Unit(address=AT, name="shop_web", spec=spec("a"))})

AGAIN = "this plan tries it again; `topo rollback` goes back to what was before"


def observed(state: Rolling, image: str = "a") -> Observed:
    live = LiveUnit(
        address=AT,
        id="s",
        name="shop_web",
        spec=spec(image),
        recorded=spec(image),
        status=Status.PAUSED if state is Rolling.PAUSED else Status.RUNNING,
        roll=Roll(state=state, said="why", since="2026"),
    )
    return Observed(traits=TRAITS, units=(live,))


def change(state: Rolling, image: str = "a") -> UnitChange | None:
    found = diff(DESIRED, observed(state, image)).changes
    assert all(isinstance(one, UnitChange) for one in found)
    return next((one for one in found if isinstance(one, UnitChange)), None)


def steps(state: Rolling, image: str = "a") -> list[Step]:
    found = change(state, image)
    return [*lower(DESIRED, observed(state, image), found)] if found else []


@pytest.mark.parametrize(("state", "back"), [(Rolling.UNDER_WAY, False), (Rolling.GOING_BACK, True)])
def test_what_goes_on_already_is_waited_for_and_not_told_again(state: Rolling, back: bool) -> None:
    (wait,) = steps(state)
    assert isinstance(wait, WaitService)
    assert (wait.since, wait.back) == ("2026", back)


@pytest.mark.parametrize("state", [Rolling.UNDER_WAY, Rolling.GOING_BACK, Rolling.TAKEN_BACK])
def test_what_is_to_be_another_is_told_at_once(state: Rolling) -> None:
    update, wait = steps(state, image="b")
    assert isinstance(update, UpdateService)
    assert isinstance(wait, WaitService)
    assert (wait.since, wait.back) == ("", False)


def test_an_update_that_was_taken_back_to_what_is_wanted_is_nothing_to_do() -> None:
    assert change(Rolling.TAKEN_BACK) is None


def test_what_an_engine_is_at_is_no_drift() -> None:
    there = observed(Rolling.UNDER_WAY)
    whole = diff(DESIRED, there)
    part = chosen(whole, DESIRED, there, Choice(drift_only=True))
    assert not part
    assert left_out(whole, part) == frozenset(), "what is waited for is there already"


@pytest.mark.parametrize(
    ("state", "image", "note"),
    [
        (Rolling.UNDER_WAY, "a", "an update of service.web is under way: why; this plan waits for its end"),
        (Rolling.UNDER_WAY, "b", "an update of service.web is under way: why; this plan begins another one"),
        (
            Rolling.PAUSED,
            "a",
            "the update of service.web is paused: why; " + AGAIN,
        ),
        (Rolling.PAUSED, "b", "the update of service.web is paused: why; this plan begins another one"),
        (
            Rolling.GOING_BACK,
            "a",
            "an update of service.web is being taken back: why; this plan waits for its end",
        ),
        (
            Rolling.TAKEN_BACK,
            "b",
            "the last update of service.web was taken back: why; this plan begins another one",
        ),
    ],
)
def test_the_plan_says_what_goes_on_and_what_it_does_about_it(state: Rolling, image: str, note: str) -> None:
    found = change(state, image)
    assert found is not None
    assert [*rolls.notes([found])] == [note]
