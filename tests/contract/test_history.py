"""What the engine remembers of applies: the newest two that differ, without secrets, until the stack goes."""

from __future__ import annotations

from tests.contract.samples import BASE
from tests.support.applying import converged, destroyed, looked, planned
from tests.support.bench import Bench
from topology.models import Service, Stack

WORD = "correct-horse-battery"


def stack_of(bench: Bench, version: str) -> Stack:
    environment = {"VERSION": version, "PASSWORD": WORD}
    return Stack(name=bench.prefix, services={"a": Service(**BASE, environment=environment)})


def remembered(bench: Bench, stack: Stack, at: str) -> None:
    bench.engine.remember(*looked(bench.engine, stack), by="me@here", at=at, version="1")


def test_the_newest_two_that_differ_are_kept(bench: Bench) -> None:
    for number, version in enumerate("12233", start=1):
        remembered(bench, stack_of(bench, version), at=f"day {number}")
    found = bench.engine.history(bench.prefix, bench.prefix)
    assert [(one.number, one.at, one.by) for one in found] == [
        (3, "day 3", "me@here"),
        (5, "day 5", "me@here"),
    ]
    assert set(found[-1].wanted) == {"service.a[1]"}


def test_what_is_remembered_is_what_labels_record_and_holds_no_secret(bench: Bench) -> None:
    stack = stack_of(bench, "1")
    remembered(bench, stack, at="now")
    converged(bench.engine, stack)
    (unit,) = looked(bench.engine, stack)[1].units
    (entry,) = bench.engine.history(bench.prefix, bench.prefix)
    assert entry.wanted[str(unit.address)].spec == unit.recorded
    assert WORD not in str(entry.wanted)


def test_it_is_no_volume_of_the_stack_and_goes_with_it(bench: Bench) -> None:
    stack = stack_of(bench, "1")
    remembered(bench, stack, at="now")
    converged(bench.engine, stack)
    remembered(bench, stack, at="then")
    assert planned(bench.engine, stack).steps == ()
    destroyed(bench.engine, stack)
    assert bench.engine.history(bench.prefix, bench.prefix) == ()
    assert not [name for name in bench.volume_names() if bench.prefix in name]
