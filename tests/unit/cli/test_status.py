"""Status: each container that is wanted or there, what drifted, and one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.exits import Exit
from cli.render import status
from cli.render.ink import Look
from cli.report.status import DriftLine, Status, UnitLine
from tests.support.command import topo
from tests.support.golden import matches
from tests.unit.cli.test_plan import change, field
from topology.structs import replace


def unit(service: str, replica: int = 1, **more: object) -> UnitLine:
    given = {
        "wanted": True,
        "job": False,
        "status": "running",
        "health": "none",
        "exit_code": None,
        "error": "",
        "up_seconds": 45.0,
        "image": "busybox",
        "ports": (),
        "networks": ("web_nw",),
        "container": f"shop-{service}-{replica}",
        "id": "0123456789abcdef",
        **more,
    }
    return UnitLine(address=f"service.{service}[{replica}]", service=service, replica=replica, **given)  # type: ignore[arg-type]  # fields by name


WELL = Status(stack="shop", engine="x", units=(unit("web"),), drift=(), missing=(), pending=(), obstacles=())
FULL = replace(
    WELL,
    units=(
        unit("db", health="healthy", up_seconds=93_784.0),
        unit("job", job=True, status="exited", exit_code=0, up_seconds=None),
        unit(
            "nginx",
            ports=("8080:80/tcp", "53/udp"),
            up_seconds=725.0,
            addresses={"web_nw": ("10.0.0.2", "fd00::2")},
        ),
        unit("old", wanted=False, networks=()),
        unit("web", status="exited", exit_code=137, up_seconds=None),
        unit("web", 2, status="absent", up_seconds=None, id=""),
        unit("web", 3, health="unhealthy", up_seconds=3_700.0),
        unit("web", 4, health="starting", ready=False, lacks="nothing listens on port 80"),
        unit("web", 5, ready=False, lacks="port 80 does not answer"),
        unit("web", 6, ready=True),
    ),
    drift=(
        DriftLine(address="service.web[1]", field=field("state", "exited", "running", "drifted")),
        DriftLine(address="service.db[1]", field=field("mem_limit", 1024, 2048, "drifted")),
        DriftLine(address="service.db[1]", field=field("networks.shop_web_nw", {}, None, "drifted")),
        DriftLine(address="service.nginx[1]", field=field("networks.shop_db_nw", None, {}, "drifted")),
        DriftLine(
            address="service.nginx[1]", field=field("environment.KEY", "(hidden)", "(hidden)", sensitive=True)
        ),
    ),
    missing=("network.db_nw", "service.web[2]"),
    pending=(change("web", "replace"),),
)


def test_the_text_is_as_reviewed() -> None:
    matches(status.text(FULL, Look()), "status.txt")


def test_all_well_is_a_yes() -> None:
    assert WELL.code is Exit.DONE
    assert status.text(WELL, Look()).splitlines()[-1] == "shop: 1 of 1 container well"
    assert status.text(WELL, Look(quiet=True)) == ""


@pytest.mark.parametrize(
    "worse",
    [
        {"drift": FULL.drift},
        {"missing": ("service.web[2]",)},
        {"units": (unit("web", health="unhealthy"),)},
        {"units": (unit("web", status="exited", exit_code=0),)},
    ],
)
def test_drift_and_what_is_missing_or_ill_are_a_no(worse: dict[str, object]) -> None:
    assert replace(WELL, **worse).code is Exit.NO  # type: ignore[arg-type]  # fields by name


def test_a_change_of_the_file_alone_is_no_drift() -> None:
    assert replace(WELL, pending=FULL.pending).code is Exit.DONE


def test_a_container_that_nobody_wants_does_not_count() -> None:
    assert replace(WELL, units=(unit("old", wanted=False, status="dead"),)).code is Exit.DONE


@pytest.mark.parametrize(("said", "code"), [("", Exit.NO), ("deploy: {mode: replicated-job}", Exit.DONE)])
def test_what_ended_well_is_well_only_if_it_was_meant_to_end(tmp_path: Path, said: str, code: Exit) -> None:
    engine = ("--engine", "memory:engine.json")
    service = ", ".join(filter(None, ['image: busybox, command: ["true"]', said]))
    (tmp_path / "stack.yml").write_text(f"name: shop\nservices: {{once: {{{service}}}}}\n")
    applied = topo(tmp_path, "apply", "--yes", *engine)
    assert ("deploy: {mode: replicated-job}" in applied.out) == (code is Exit.NO)
    assert topo(tmp_path, "status", *engine).code == code
    planned = topo(tmp_path, "plan", "--detailed-exitcode", *engine)
    assert (planned.code == Exit.DONE) == (code is Exit.DONE)


def test_an_update_that_is_not_at_its_end_is_told_in_the_words_of_the_engine() -> None:
    report = replace(
        WELL,
        units=(
            unit("db", running=1, asked=1, update="rolled back", update_said="rollback completed"),
            unit("web", running=1, asked=2, update="updating", update_said="update in progress"),
        ),
    )
    shown = status.text(report, Look())
    assert "1 of 2 run, updating" in shown
    assert "  db   rollback completed\n  web  update in progress; topo apply watches it to its end" in shown
