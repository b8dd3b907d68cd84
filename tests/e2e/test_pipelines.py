"""The pipelines that people copy: what stands in them runs, and fails when a claim is broken."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from tests.unit.cli.test_run import STACK

CI = Path(__file__).parents[2] / "examples" / "ci"
BROKEN = STACK.replace("[web_nw]", "[web_nw, db_nw]")


def example(name: str) -> Any:
    return yaml.safe_load((CI / name).read_text())


def ran(folder: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env={"PATH": path, "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("text", "code"), [(STACK, 0), (BROKEN, 2)])
def test_the_action_annotates_and_leaves_a_report(tmp_path: Path, text: str, code: int) -> None:
    (tmp_path / "other.yml").write_text(text)
    script = example("action.yml")["runs"]["steps"][-1]["run"]
    done = ran(tmp_path, script, FILE="other.yml", STRICT="false")
    assert done.returncode == code, done.stderr
    assert ("::error file=other.yml,line=22" in done.stdout) is (code == 2)
    results = json.loads((tmp_path / "topo.sarif").read_text())["runs"][0]["results"]
    assert any(one["ruleId"] == "T101" for one in results) is (code == 2)


def test_the_action_can_be_strict(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(
        STACK.replace("image: postgres", "image: postgres\n    privileged: true")
    )
    script = example("action.yml")["runs"]["steps"][-1]["run"]
    codes = [ran(tmp_path, script, FILE="", STRICT=strict).returncode for strict in ("false", "true")]
    assert codes == [0, 2]


@pytest.mark.parametrize(("text", "code"), [(STACK, 0), (BROKEN, 2)])
def test_the_job_reports_a_case_for_each_claim(tmp_path: Path, text: str, code: int) -> None:
    (tmp_path / "stack.yml").write_text(text)
    done = ran(tmp_path, example("gitlab-ci.yml")["topo"]["script"][-1])
    assert done.returncode == code
    cases = ElementTree.parse(tmp_path / "topo.xml").iter("testcase")  # noqa: S314  # our own
    assert {case.get("name"): case.find("failure") is not None for case in cases}[
        "nginx cannot reach db"
    ] is (code == 2)


@pytest.mark.parametrize(("text", "code"), [(STACK, 0), (BROKEN, 2)])
def test_the_hook_judges_what_it_is_run_for(tmp_path: Path, text: str, code: int) -> None:
    (tmp_path / "stack.yml").write_text(text)
    (hook,) = example("pre-commit-config.yaml")["repos"][0]["hooks"]
    assert ran(tmp_path, shlex.join(shlex.split(hook["entry"]))).returncode == code
    names = (
        "stack.yml",
        "deploy/compose.prod.yaml",
        "docker-compose.yml",
        ".env",
        "README.md",
        "my-stack.yml",
    )
    assert [name for name in names if re.search(hook["files"], name)] == list(names[:4])
