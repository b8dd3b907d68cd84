"""What the engine remembers of applies: the newest two that differ, without secrets, until the stack goes."""

from __future__ import annotations

from reconciler.history import Byline, previous
from tests.contract.samples import BASE
from tests.support.applying import converged, destroyed, looked, planned
from tests.support.bench import Bench
from topology.models import Service, Stack

WORD = "correct-horse-battery"


def stack_of(bench: Bench, version: str) -> Stack:
    environment = {"VERSION": version, "PASSWORD": WORD}
    return Stack(name=bench.prefix, services={"a": Service(**BASE, environment=environment)})


def remembered(bench: Bench, stack: Stack, at: str) -> None:
    bench.engine.remember(*looked(bench.engine, stack), Byline(by="me@here", at=at, version="1"))


def test_the_newest_two_that_differ_are_kept(bench: Bench) -> None:
    for number, version in enumerate("12233", start=1):
        remembered(bench, stack_of(bench, version), at=f"day {number}")
    found = bench.engine.history(bench.prefix, bench.prefix)
    assert [(one.number, one.at, one.by) for one in found] == [
        (3, "day 3", "me@here"),
        (5, "day 5", "me@here"),
    ]
    assert set(found[-1].wanted) == {"service.a[1]"}


def test_what_failed_is_not_gone_back_to_and_pushes_nothing_out(bench: Bench) -> None:
    for version, failed in (("1", False), ("2", True), ("3", True), ("4", False)):
        remembered(bench, stack_of(bench, version), at=f"version {version}")
        if failed:
            bench.engine.regret(bench.prefix, bench.prefix)
        found = bench.engine.history(bench.prefix, bench.prefix)
        assert (found[-1].at, found[-1].failed) == (f"version {version}", failed)
        if version != "1":
            before = previous(found)
            assert before is not None
            assert before.at == "version 1"
    assert [one.at for one in found] == ["version 1", "version 4"]
    assert sorted(name for name in bench.volume_names() if bench.prefix in name) == [
        f"topo.history.{bench.prefix}.{number}" for number in (1, 4)
    ]
    bench.engine.regret(bench.prefix, bench.prefix)
    destroyed(bench.engine, stack_of(bench, "4"))
    assert not [name for name in bench.volume_names() if bench.prefix in name]


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
