"""What an earlier topo made is, for this one, as the stack says: an upgrade replaces nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from reconciler.address import SPEC
from reconciler.fields import SERVICE
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
