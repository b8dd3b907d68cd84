"""When what was said the last time is said again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.recall.question import is_worth_it
from cli.recall.recording import FORMAT, Said, recalled
from cli.recall.store import Store

NOTE: dict[str, Any] = {
    "format": FORMAT,
    "looks": [],
    "socket": "/none",
    "answers": [],
    "out": "o",
    "err": "e",
}


def kept(folder: Path, note: dict[str, Any]) -> Said | None:
    store = Store(folder)
    store.write(b"asked", note)
    return recalled(store, b"asked")


def test_a_note_is_said_again_where_all_of_it_holds(tmp_path: Path) -> None:
    assert kept(tmp_path, NOTE) == Said("o", "e")


@pytest.mark.parametrize("part", NOTE)
def test_a_note_that_lacks_a_part_is_none(tmp_path: Path, part: str) -> None:
    assert kept(tmp_path, {name: value for name, value in NOTE.items() if name != part}) is None


@pytest.mark.parametrize("part", [{"looks": 5}, {"looks": [["smell", "a", "b"]]}, {"answers": [2]}])
def test_a_note_that_is_none_of_ours_is_none(tmp_path: Path, part: dict[str, Any]) -> None:
    assert kept(tmp_path, {**NOTE, **part}) is None


def test_a_note_of_another_format_is_none(tmp_path: Path) -> None:
    assert kept(tmp_path, {**NOTE, "format": FORMAT + 1}) is None


def test_a_file_that_was_there_is_missed(tmp_path: Path) -> None:
    assert kept(tmp_path, {**NOTE, "looks": [["read", str(tmp_path / "stack.yml"), "digest"]]}) is None


def test_an_engine_that_does_not_answer_has_not_said_the_same(tmp_path: Path) -> None:
    assert kept(tmp_path, {**NOTE, "answers": [["/_ping", "digest"]]}) is None


@pytest.mark.parametrize(
    ("arguments", "is_asked"),
    [
        (["plan"], True),
        (["plan", "-f", "stack.yml"], True),
        (["plan", "-f", "-"], False),
        (["plan", "-f-"], False),
        (["plan", "--file=-"], False),
        (["apply"], False),
        ([], False),
    ],
)
def test_only_plans_of_files_are_asked_for_again(arguments: list[str], is_asked: bool) -> None:
    assert is_worth_it(arguments, {}) is is_asked
    assert not is_worth_it(arguments, {"TOPO_NO_CACHE": "1"})
