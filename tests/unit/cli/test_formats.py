"""A check in each format, read by what reads that format, and reviewed as a file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from tests.support import tap
from tests.support.command import Ran, topo
from tests.support.golden import matches
from topology.codes import TITLES
from topology.rules import LIVE_RULES, RULES

DATA = Path(__file__).parents[2] / "data"
BROKEN = "services:\n  a: {image: x, prots: [1]}\n"
CLEAN = "name: s\nservices:\n  a: {image: 'x:1', restart: always}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(DATA / "policies" / "everything.yml", tmp_path / "stack.yml")
    return tmp_path


def checked(folder: Path, form: str, text: str | None = None) -> Ran:
    if text is not None:
        (folder / "stack.yml").write_text(text)
    return topo(folder, "check", "--format", form)


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "tap", "github", "markdown"])
def test_a_check_in_each_format_is_as_reviewed(folder: Path, form: str) -> None:
    ran = checked(folder, form)
    assert (ran.code, ran.err) == (2, "")
    matches(ran.out.removesuffix("\n"), f"everything.{form}")


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "tap", "github", "markdown"])
@pytest.mark.parametrize(("text", "code"), [(BROKEN, 1), (CLEAN, 0)])
def test_the_exit_code_is_the_same_in_each_format(tmp_path: Path, form: str, text: str, code: int) -> None:
    assert checked(tmp_path, form, text).code == code


# SARIF


def sarif(ran: Ran) -> dict[str, Any]:
    """The log's only run, once the log is what the standard says."""
    log = json.loads(ran.out)
    schema = json.loads((DATA / "schemas" / "sarif-2.1.0-part.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize("text", [None, BROKEN, CLEAN])
def test_sarif_is_valid_and_each_result_has_its_rule(folder: Path, text: str | None) -> None:
    run = sarif(checked(folder, "sarif", text))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [*TITLES, *(rule.code for rule in (*RULES, *LIVE_RULES))]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_sarif_regions_are_the_words_that_are_meant(folder: Path) -> None:
    lines = (folder / "stack.yml").read_text().splitlines()
    results = {result["ruleId"]: result for result in sarif(checked(folder, "sarif"))["results"]}
    place = results["T103"]["locations"][0]["physicalLocation"]
    region = place["region"]
    assert place["artifactLocation"]["uri"] == "stack.yml"
    assert lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1] == "shall"


def test_sarif_suppresses_what_is_waived_and_says_why(folder: Path) -> None:
    results = sarif(checked(folder, "sarif"))["results"]
    suppressed = {result["ruleId"]: result["suppressions"] for result in results if "suppressions" in result}
    assert suppressed == {
        "T101": [{"kind": "external", "justification": "moved in #12, 50% done (until 2026-06-30)"}],
        "T204": [{"kind": "external", "justification": "it reads | labels"}],
    }


def test_sarif_says_that_a_stack_could_not_be_read(tmp_path: Path) -> None:
    assert sarif(checked(tmp_path, "sarif", BROKEN))["invocations"][0]["executionSuccessful"] is False


# JUnit


def test_junit_has_a_case_for_each_claim_with_its_verdict(folder: Path) -> None:
    root = ElementTree.fromstring(checked(folder, "junit").out.encode())  # noqa: S314  # our own output
    claims, rules = root.findall("testsuite")
    verdicts = {case.get("name"): [child.tag for child in case] for case in claims}
    assert verdicts == {
        "app can reach db on 5432 by name": [],
        "nginx cannot reach db": ["skipped"],
        "only app can reach db": ["failure"],
        "db cannot reach app even through others": ["failure"],
        "db shall not reach nginx": ["failure"],
        "nginx cannot reach database": ["failure"],
    }
    assert {case.get("name") for case in rules.iter("testcase") if case.find("failure") is not None} >= {
        "T120 more can be reached than is needed",
        "T302 data store without a volume",
    }


def test_junit_counts_what_it_holds(folder: Path) -> None:
    root = ElementTree.fromstring(checked(folder, "junit").out.encode())  # noqa: S314  # our own output
    for suite in (root, *root.findall("testsuite")):
        assert int(suite.get("tests", "")) == len(list(suite.iter("testcase")))
        assert int(suite.get("failures", "")) == len(list(suite.iter("failure")))
        assert int(suite.get("skipped", "")) == len(list(suite.iter("skipped")))


def test_junit_survives_what_xml_cannot_hold(tmp_path: Path) -> None:
    text = 'services:\n  a: {image: x, "pr\\x01<&\\"ots": [1]}\n'
    ElementTree.fromstring(checked(tmp_path, "junit", text).out.encode())  # noqa: S314  # our own output


# TAP


def test_tap_is_read_by_a_tap_reader(folder: Path) -> None:
    run = tap.read(checked(folder, "tap").out)
    assert run.planned == len(run.points)
    assert not run.passed
    by_name = {point.name: point for point in run.points}
    assert by_name["app can reach db on 5432 by name"].ok
    assert by_name["nginx cannot reach db (broken)"].directive == (
        "TODO waived: moved in \\#12, 50% done (until 2026-06-30)"
    )
    assert by_name["only app can reach db (broken)"].diagnostics["at"] == "stack.yml:28:7"


def test_tap_passes_when_the_check_does(tmp_path: Path) -> None:
    assert tap.read(checked(tmp_path, "tap", CLEAN).out).passed


def test_tap_bails_out_of_a_stack_that_cannot_be_read(tmp_path: Path) -> None:
    run = tap.read(checked(tmp_path, "tap", BROKEN).out)
    assert run.bailed_out == "the stack cannot be used"


# GitHub and markdown


def test_github_commands_cannot_be_broken_out_of(tmp_path: Path) -> None:
    text = 'services:\n  a: {image: x, "p,%::ots\\n::error::x": [1]}\n'
    lines = checked(tmp_path, "github", text).out.splitlines()
    assert len([line for line in lines if line.startswith("::")]) == 1
    assert "%2C%25%3A%3Aots" in lines[0]


def test_markdown_cells_cannot_be_broken_out_of(tmp_path: Path) -> None:
    text = "services:\n  a: {image: x, 'p|<b>@everyone`': [1]}\n"
    out = checked(tmp_path, "markdown", text).out
    assert "p\\|\\<b\\>@\u200beveryone\\`" in out


# To a file


def test_a_result_goes_to_a_file_and_the_terminal_says_so(folder: Path) -> None:
    ran = topo(folder, "check", "--format", "sarif", "-o", "out.sarif")
    assert (ran.code, ran.out, ran.err) == (2, "", "written to out.sarif\n")
    sarif(Ran(0, (folder / "out.sarif").read_text(), ""))


def test_a_file_that_cannot_be_written_is_a_fault(folder: Path) -> None:
    ran = topo(folder, "check", "-o", "missing/out.txt")
    assert (ran.code, ran.err) == (1, "error: cannot write missing/out.txt: no such file or directory\n")
