"""Health checks: what a container says of itself."""

from __future__ import annotations

from reconciler.engines.daemon import Json
from tests.support.bench import Bench
from tests.support.waiting import eventually

MILLISECOND = 1_000_000


def check(*test: str, **more: int) -> Json:
    return {
        "Test": list(test),
        "Interval": 100 * MILLISECOND,
        "Timeout": 1000 * MILLISECOND,
        "Retries": 1,
        **more,
    }


def health(bench: Bench, name: str) -> str | None:
    return (bench.state(name).get("Health") or {}).get("Status")


def test_a_check_that_succeeds_makes_healthy(bench: Bench) -> None:
    name = bench.started("a", Healthcheck=check("CMD", "true"))
    assert eventually(lambda: health(bench, name) == "healthy")


def test_a_check_that_fails_makes_unhealthy_and_leaves_a_note(bench: Bench) -> None:
    name = bench.started("a", Healthcheck=check("CMD-SHELL", "exit 1"))
    assert eventually(lambda: health(bench, name) == "unhealthy")
    state = bench.state(name)
    assert state["Status"] == "running"
    assert state["Health"]["Log"][-1]["ExitCode"] == 1


def test_who_stopped_is_not_healthy(bench: Bench) -> None:
    name = bench.started("a", Healthcheck=check("CMD", "true"))
    assert eventually(lambda: health(bench, name) == "healthy")
    bench.daemon.stop(name, 0)
    assert health(bench, name) == "unhealthy"
    bench.daemon.start(name)
    assert eventually(lambda: health(bench, name) == "healthy")


def test_without_a_check_nothing_is_said(bench: Bench) -> None:
    assert health(bench, bench.started("a")) is None
    assert health(bench, bench.started("b", Healthcheck={"Test": ["NONE"]})) is None


def test_a_start_interval_is_kept_where_the_engine_knows_it(bench: Bench) -> None:
    name = bench.made("a", Healthcheck=check("CMD", "true", StartInterval=500 * MILLISECOND))
    kept = bench.daemon.container(name)["Config"]["Healthcheck"].get("StartInterval")
    assert kept == (500 * MILLISECOND if bench.traits.start_interval else None)
