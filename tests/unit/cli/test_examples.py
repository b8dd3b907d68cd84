"""The stack files of the examples: their claims hold, and nothing worse than what each is there to show."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import topo

EXAMPLES = Path(__file__).parents[3] / "examples"
STACKS = {
    "three-tier/stack.yml": (),
    "two-tier/stack.yml": (),
    "network-types/stack.yml": ("T120", "T206"),
    "connecting-containers/1-published.yml": ("T201",),
    "connecting-containers/2-names.yml": (),
    "connecting-containers/3-interface.yml": (),
    "connecting-containers/4-links.yml": (),
    "connecting-containers/5-ambassador.yml": (),
}
"""Each with the warnings that it shows."""


@pytest.mark.parametrize("name", STACKS)
def test_the_claims_hold_and_warnings_are_those_that_it_shows(name: str) -> None:
    file = EXAMPLES / name
    ran = topo(file.parent, "check", "-f", file.name)
    assert ran.code == 0, ran.out
    warnings = {line.split()[2].rstrip(":") for line in ran.out.splitlines() if ": warning T" in line}
    assert sorted(warnings) == list(STACKS[name])
