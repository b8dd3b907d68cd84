"""Where notes of earlier plans lie: for their owner alone, a limited number, and without a value."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.recall import store
from cli.recall.store import Store


def test_a_note_is_found_by_its_question(tmp_path: Path) -> None:
    kept = Store(tmp_path / "notes")
    kept.write(b"one", {"out": "1"})
    kept.write(b"two", {"out": "2"})
    assert (Store(tmp_path / "notes").read(b"one"), kept.read(b"three")) == ({"out": "1"}, None)


def test_a_note_that_is_broken_is_no_note(tmp_path: Path) -> None:
    kept = Store(tmp_path)
    kept.write(b"one", {"out": "1"})
    for content in ("{", "[]", "\0"):
        next(tmp_path.glob("*.json")).write_text(content)
        assert kept.read(b"one") is None


def test_forgetting_what_is_not_there_is_no_fault(tmp_path: Path) -> None:
    kept = Store(tmp_path)
    kept.write(b"one", {})
    kept.forget(b"one")
    kept.forget(b"one")
    assert kept.read(b"one") is None


def test_only_the_owner_may_look(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "notes"
    Store(folder).write(b"one", {})
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_a_folder_where_others_write_is_not_trusted(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(PermissionError):
        Store(tmp_path)


def test_another_key_makes_other_digests(tmp_path: Path) -> None:
    one, two = Store(tmp_path / "one"), Store(tmp_path / "two")
    assert one.digest(b"hunter2") == Store(tmp_path / "one").digest(b"hunter2")
    assert one.digest(b"hunter2") != two.digest(b"hunter2")


def test_the_oldest_notes_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST", 3)
    kept = Store(tmp_path)
    for age, name in enumerate((b"a", b"b", b"c", b"d", b"e")):
        kept.write(name, {})
        os.utime(tmp_path / f"{kept.digest(name)}.json", (age, age))
    kept.write(b"f", {})
    assert [kept.read(name) is not None for name in (b"a", b"b", b"c", b"d", b"e", b"f")] == [
        False,
        False,
        False,
        True,
        True,
        True,
    ]
