"""Two files, or two revisions, compared by who can reach whom."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.command import topo
from tests.support.golden import matches

TIGHT = """\
name: shop
services:
  nginx: {image: "nginx:1.27", networks: [web_nw], ports: ["8080:80"], links: [app]}
  app: {image: "app:1", networks: [web_nw, db_nw], links: [db]}
  db: {image: "postgres:16", networks: [db_nw]}
networks: {web_nw: , db_nw: {internal: true}}
"""
LOOSE = TIGHT.replace("networks: [web_nw],", "networks: [web_nw, db_nw],")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "stack.yml").write_text(TIGHT)
    (tmp_path / "loose.yml").write_text(LOOSE)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(folder: Path) -> Path:
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first")
    (folder / "stack.yml").write_text(LOOSE)
    return folder


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_what_is_gained_is_as_reviewed(folder: Path, form: str) -> None:
    ran = topo(folder, "diff", "stack.yml", "loose.yml", "--format", form)
    assert (ran.code, ran.err) == (0, "")
    matches(ran.out.removesuffix("\n"), f"diff.{form}")


def test_the_other_way_round_is_lost(folder: Path) -> None:
    out = topo(folder, "diff", "loose.yml", "stack.yml").out
    assert "- nginx can no longer reach db" in out
    assert "0 pairs gained, 2 lost" in out


def test_equal_files_differ_in_nothing(folder: Path) -> None:
    ran = topo(folder, "diff", "stack.yml", "stack.yml", "--detailed-exitcode")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "nobody can reach more or less than before")


def test_a_pipeline_may_ask_for_an_exit_code(folder: Path) -> None:
    assert topo(folder, "diff", "stack.yml", "loose.yml", "--detailed-exitcode").code == 2


def test_without_a_new_one_the_file_here_is_meant(repository: Path) -> None:
    found = json.loads(topo(repository, "diff", "HEAD:stack.yml", "--format", "json").out)
    assert (found["old"]["name"], found["new"]["name"]) == ("HEAD:stack.yml", "stack.yml")
    assert [pair["source"] for pair in found["reachability"]["gained"]] == ["nginx", "db"]


def test_a_revisions_path_is_meant_from_here(repository: Path) -> None:
    (repository / "sub").mkdir()
    ran = topo(repository / "sub", "diff", "main:../stack.yml", "../loose.yml")
    assert "2 pairs gained" in ran.out


def test_a_fault_in_a_revision_names_the_revision(repository: Path) -> None:
    (repository / "stack.yml").write_text("services: [\n")
    git(repository, "commit", "-am", "broken")
    assert topo(repository, "diff", "HEAD:stack.yml", "loose.yml").err.startswith("HEAD:stack.yml:1:")


@pytest.mark.parametrize("name", ["main:stack.yml", "HEAD:nothing.yml", "--upload-pack=x:y"])
def test_a_revision_that_is_not_there_is_a_fault(folder: Path, name: str) -> None:
    ran = topo(folder, "diff", "--", name, "loose.yml")
    assert ran.code == 1
    assert ran.err.startswith("error: ")
    assert "bug" not in ran.err


MODEL = ["--engine", "memory:model.json"]


def test_what_runs_is_a_side_too(folder: Path) -> None:
    assert topo(folder, "apply", "--yes", "--quiet", *MODEL).code == 0
    ran = topo(folder, "diff", "live", "loose.yml", *MODEL)
    assert (ran.code, ran.err) == (0, "")
    assert "+ nginx can now reach db" in ran.out
    assert "2 pairs gained, 0 lost\nleast privilege: 0 of 4 pairs without need -> 2 of 6" in ran.out
    assert "0 pairs gained, 2 lost" in topo(folder, "diff", "loose.yml", "live", *MODEL).out
    again = topo(folder, "diff", "live", "--detailed-exitcode", *MODEL)
    assert (again.code, "nobody can reach more or less" in again.out) == (0, True)


def test_what_does_not_run_reaches_nobody(folder: Path) -> None:
    ran = topo(folder, "diff", "stack.yml", "live", *MODEL)
    assert "0 pairs gained, 7 lost" in ran.out


def test_what_runs_is_not_compared_with_itself(folder: Path) -> None:
    ran = topo(folder, "diff", "live", "live", *MODEL)
    assert (ran.code, "both sides are what runs now" in ran.err) == (1, True)
