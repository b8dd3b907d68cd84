"""Colour and questions depend on who is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.confirm import confirm
from cli.exits import Exit
from cli.faults import CommandError
from cli.world import wants_colour
from tests.support.command import world


@pytest.mark.parametrize(
    ("environ", "is_terminal", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"CLICOLOR_FORCE": "1"}, False, True),
        ({"CLICOLOR_FORCE": "0"}, False, False),
        ({"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({"TERM": "xterm"}, True, True),
    ],
)
def test_colour_follows_the_conventions(environ: dict[str, str], is_terminal: bool, wanted: bool) -> None:
    assert wants_colour(environ, is_terminal=is_terminal) is wanted


@pytest.mark.parametrize(("answer", "wanted"), [("y\n", "y"), ("YES\n", "y"), ("shop\n", "shop")])
def test_the_answer_that_is_wanted_goes_on(tmp_path: Path, answer: str, wanted: str) -> None:
    confirm("Go?", world(tmp_path, stdin=answer, terminal=True), wanted=wanted)


@pytest.mark.parametrize(("answer", "wanted"), [("\n", "y"), ("n\n", "y"), ("", "y"), ("y\n", "shop")])
def test_any_other_answer_is_a_refusal(tmp_path: Path, answer: str, wanted: str) -> None:
    with pytest.raises(CommandError, match="nothing was changed") as caught:
        confirm("Go?", world(tmp_path, stdin=answer, terminal=True), wanted=wanted)
    assert caught.value.code is Exit.REFUSED


def test_with_nobody_to_ask_nothing_is_changed(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nobody to ask") as caught:
        confirm("Go?", world(tmp_path, stdin="y\n"))
    assert caught.value.code is Exit.REFUSED
