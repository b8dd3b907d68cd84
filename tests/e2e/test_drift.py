"""Kinds of drift on real engines: `status` and `plan` name the field of each, and `watch` heals it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.support.bench import real, swept
from tests.support.command import process, topo_on
from tests.support.drifts import DRIFTS, SERVICE
from tests.support.lab import LabEngine
from tests.support.watching import watching
from topology.structs import replace


def slug(kind: str) -> str:
    return kind.replace(" ", "-")


def stack_text(name: str) -> str:
    """A service for each kind; only the one whose network is removed is on `back`."""
    services = "".join(
        f"  {slug(kind)}:\n" + (SERVICE if kind == "network removed" else SERVICE.replace(", back: ", ""))
        for kind in DRIFTS
    )
    return f"name: {name}\nservices:\n{services}networks: {{front: , back: }}\n"


def named(lines: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for address, name in lines:
        found.setdefault(address, set()).add(name)
    return found


@pytest.mark.newest
def test_each_kind_of_drift_is_named_and_healed(
    lab_engine: LabEngine, stack_name: str, tmp_path: Path
) -> None:
    """All are done while `watch` is held, which would else be quicker than whoever looks with `status`."""
    (tmp_path / "stack.yml").write_text(stack_text(stack_name))
    assert process(tmp_path, "apply", "--yes", DOCKER_HOST=lab_engine.url).code == 0
    bench = replace(real(lab_engine), prefix=stack_name)
    wanted = {f"service.{slug(kind)}[1]": one.field.format(stack_name) for kind, one in DRIFTS.items()}
    missing = {"network.back", "service.removed[1]"}

    def told(command: str) -> Any:
        return json.loads(topo_on(lab_engine.url, tmp_path, command, "--format", "json").out)

    with watching(tmp_path, lab_engine.url) as seen:
        bench.hands.kill(f"{stack_name}-removed-1")
        assert seen.tells("healed", "service.removed[1]"), "it has not looked yet"
        seen.told.clear()
        with seen.held():
            for kind, drift in DRIFTS.items():
                drift.deed(bench, f"{stack_name}-{slug(kind)}-1")
            status, plan = told("status"), told("plan")
        for address in {*wanted, *missing}:
            assert seen.tells("healed", address, within=60.0), (address, seen.told)
    by_status = named((line["address"], line["field"]["name"]) for line in status["drift"])
    by_plan = named(
        (change["address"], one["name"]) for change in plan["changes"] for one in change["fields"]
    )
    by_watch = named(
        (line["address"], one["name"]) for line in seen.having("drift") for one in line.get("fields", ())
    )
    assert set(status["missing"]) == missing
    for seen_by in (by_status, by_plan, by_watch):
        assert seen_by == {address: {field} for address, field in wanted.items() if field}
    assert topo_on(lab_engine.url, tmp_path, "plan", "--detailed-exitcode").code == 0
    swept(bench.daemon, stack_name)
