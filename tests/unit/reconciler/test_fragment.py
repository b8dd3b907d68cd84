"""The two words that build every plan."""

from __future__ import annotations

import pytest

from reconciler import address
from reconciler.contents import Unshown
from reconciler.engines.memory import MemoryDaemon
from reconciler.engines.standalone import Standalone
from reconciler.fragment import NOTHING, Fragment
from reconciler.plan import Plan, key_of, ordered
from reconciler.state import Desired
from reconciler.steps import StartContainer, Step

A, B, C, D = (StartContainer(address=address.service(name, 1), container=name) for name in "abcd")


def needs(fragment: Fragment) -> dict[Step, set[Step]]:
    return {step: set(before) for step, before in fragment.needs.items()}


def test_steps_of_one_fragment_follow_each_other() -> None:
    assert needs(Fragment.of(A, B, C)) == {A: set(), B: {A}, C: {B}}


def test_then_begins_when_all_that_comes_before_has_ended() -> None:
    both = Fragment.of(A).beside(Fragment.of(B))
    assert needs(both.then(Fragment.of(C, D))) == {A: set(), B: set(), C: {A, B}, D: {C}}


def test_beside_adds_no_order() -> None:
    assert needs(Fragment.of(A, B).beside(Fragment.of(C))) == {A: set(), B: {A}, C: set()}


def test_nothing_changes_nothing() -> None:
    one = Fragment.of(A)
    assert needs(NOTHING.then(one)) == needs(one.then(NOTHING)) == needs(one.beside(NOTHING)) == needs(one)
    assert not NOTHING
    assert not Fragment.together([])


def test_then_is_associative() -> None:
    a, b, c = Fragment.of(A), Fragment.of(B), Fragment.of(C)
    assert needs(a.then(b).then(c)) == needs(a.then(b.then(c)))


def test_a_step_can_wait_for_others_as_well() -> None:
    assert needs(Fragment.of(A, B).waiting(B, on=[C])) == {A: set(), B: {A, C}}


def test_an_order_respects_every_need_and_else_the_order_given() -> None:
    assert ordered({C: frozenset({A}), B: frozenset(), A: frozenset()}) == [B, A, C]


def test_steps_that_wait_for_each_other_have_no_order() -> None:
    with pytest.raises(ValueError, match="wait for each other"):
        ordered({A: frozenset({B}), B: frozenset({A})})


def test_plans_that_do_the_same_have_one_fingerprint() -> None:
    plan = Plan(stack="s", needs={A: frozenset(), B: frozenset({A})})
    assert plan.fingerprint == Plan(stack="s", needs={A: frozenset(), B: frozenset({A})}).fingerprint
    assert plan.fingerprint != Plan(stack="s", needs={A: frozenset(), B: frozenset()}).fingerprint


def test_a_fingerprint_cannot_be_made_without_the_engine() -> None:
    needs: dict[Step, frozenset[Step]] = {A: frozenset()}
    assert (
        Plan(stack="s", needs=needs, key=Unshown("1")).fingerprint
        != Plan(stack="s", needs=needs, key=Unshown("2")).fingerprint
    )
    daemon = MemoryDaemon()
    observed = Standalone(daemon).observe(Desired(stack="s", owner="s"))
    ids = {raw["Name"]: raw["Id"] for raw in daemon.networks()}
    assert key_of(observed) == " ".join(sorted((ids["host"], ids["none"])))
