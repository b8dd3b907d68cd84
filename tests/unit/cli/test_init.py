"""`topo init` begins a file that a check accepts, changes nothing of one that it copies, overwrites none."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.support.command import topo

COMPOSE = """\
# ours
services:
  web:
    image: nginx:alpine
    ports: ["8080:80"]
    environment:
      - KEY=${KEY}
      - |
        BANNER=hello
        ${NAME}
    command: >-
      echo
      ${WORD}
  db: {image: "postgres:16"}
"""


def test_what_begins_from_nothing_passes_its_check(tmp_path: Path) -> None:
    assert topo(tmp_path, "init").out == "wrote stack.yml\nnext: topo check\n"
    assert topo(tmp_path, "check", "--strict").code == 0


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text("mine")
    refused = topo(tmp_path, "init")
    assert (refused.code, (tmp_path / "stack.yml").read_text()) == (3, "mine")
    assert "--force" in refused.err
    assert topo(tmp_path, "init", "--force").code == 0
    assert (tmp_path / "stack.yml").read_text() != "mine"


def test_a_copy_says_beside_its_lines_what_check_says_and_means_the_same(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    made = topo(tmp_path, "init", "--from", "compose.yaml")
    assert made.code == 0, made.err
    text = (tmp_path / "stack.yml").read_text()
    assert yaml.safe_load(text) == yaml.safe_load(COMPOSE)
    lines = text.splitlines()
    at = lines.index("      - KEY=${KEY}")
    assert "      # topo: warning T009: variable KEY is not set" in lines[at - 3 : at]
    assert [line for line in lines if not line.lstrip().startswith("#") and line] == COMPOSE.splitlines()[1:]


def test_a_comment_never_stands_inside_a_text(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    shown = topo(tmp_path, "init", "--from", "compose.yaml", "--output", "-").out.splitlines()
    assert shown[shown.index("      - |") + 1 :][:2] == ["        BANNER=hello", "        ${NAME}"]
    assert shown[shown.index("    command: >-") + 1 :][:2] == ["      echo", "      ${WORD}"]
    assert not (tmp_path / "stack.yml").exists()


def test_a_faulty_file_is_copied_with_its_faults(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services:\n  web:\n    imag: nginx\n")
    assert topo(tmp_path, "init", "--from", "compose.yaml").code == 0
    assert '    # topo: error T003: service web has no field "imag"' in (tmp_path / "stack.yml").read_text()


def test_a_copy_stays_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "compose.yaml").write_text(COMPOSE)
    refused = topo(tmp_path, "init", "--from", "there/compose.yaml", "--output", "stack.yml")
    assert (refused.code, (tmp_path / "stack.yml").exists()) == (1, False)
    assert topo(tmp_path, "init", "--from", "there/compose.yaml").out.startswith("wrote there/stack.yml")


def test_a_file_that_is_missing_is_said(tmp_path: Path) -> None:
    missing = topo(tmp_path, "init", "--from", "compose.yaml")
    assert (missing.code, "there is no such file" in missing.err) == (1, True)
