"""What an earlier topo made is, for this one, as the stack says: an upgrade replaces nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from reconciler.address import SPEC
from reconciler.fields import SERVICE
from reconciler.record import digest
from tests.support.command import topo

DATA = Path(__file__).parents[1] / "data"
MADE = sorted(DATA.glob("made-*"))


@pytest.mark.parametrize("made", MADE, ids=lambda path: str(path.name))
def test_a_stack_that_was_made_before_needs_nothing(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "stack")
    ran = topo(
        tmp_path / "stack",
        "plan",
        "--detailed-exitcode",
        "--engine",
        "memory:engine.json",
        environ={"KEY": "k"},
    )
    assert (ran.code, ran.out) == (0, "nothing to do: before is as the stack says\n")


def test_what_was_recorded_then_speaks_of_most_fields() -> None:
    """A field that no kept stack sets could change its recorded form unnoticed."""
    recorded: set[str] = set()
    for made in MADE:
        world = json.loads((made / "engine.json").read_text())
        for container in world["containers"].values():
            recorded |= set(json.loads(container["config"]["Labels"][SPEC]))
    assert len(recorded) > 0.6 * len(SERVICE), sorted({row.name for row in SERVICE} - recorded)


def test_what_was_recorded_then_tells_the_cause_and_is_recorded_better_when_made_anew(tmp_path: Path) -> None:
    """Digests were keyed by the stack's name, so that a weak secret could be guessed from a label."""
    folder = tmp_path / "stack"
    shutil.copytree(DATA / "made-before", folder)
    on = ("--engine", "memory:engine.json")

    def specs(name: str) -> str:
        world = json.loads((folder / "engine.json").read_text())
        return str(
            [one["config"]["Labels"][SPEC] for one in world["containers"].values() if name in one["name"]]
        )

    def planned(key: str) -> dict[str, set[tuple[str, str]]]:
        ran = topo(folder, "plan", *on, "--format", "json", environ={"KEY": key})
        changes = json.loads(ran.out)["changes"]
        return {each["address"]: {(one["name"], one["cause"]) for one in each["fields"]} for each in changes}

    app = {"service.app[1]", "service.app[2]"}
    changed = {"contents./run/secrets/key": "stack changed"}
    assert planned("other") == {key: set(changed.items()) for key in app}
    said = (folder / "stack.yml").read_text()
    (folder / "stack.yml").write_text(said.replace("correct-horse", "wrong-horse"))
    assert planned("k")["service.web[1]"] == {("environment.PASSWORD", "stack changed")}
    before = specs("app")
    assert digest("before", "correct-horse") in specs("web")
    assert topo(folder, "apply", "--yes", *on, environ={"KEY": "k"}).code == 0
    assert digest("before", "wrong-horse") not in specs("web")
    assert "sealed:" in specs("web")
    assert specs("app") == before
    assert planned("k") == {}
    assert topo(folder, "apply", "--yes", *on, environ={"KEY": "other"}).code == 0
    assert digest("before", "other") not in specs("app")
    assert planned("other") == {}
    assert planned("k") == {key: set(changed.items()) for key in app}
    assert "service.app[1]" in topo(folder, "rollback", "--yes", *on, environ={"KEY": "k"}).out
