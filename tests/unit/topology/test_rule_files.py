"""Each rule has a stack file that it finds at fault and one that it lets pass, in `tests/data/rules`.

A failing file ends with `# expect: LINE:COLUMN SEVERITY MESSAGE | LABEL`; to add a rule, add its two files.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from topology.findings import Finding
from topology.load import load
from topology.rules import RULES, check

FOLDER = Path(__file__).parents[2] / "data" / "rules"
MARK = "# expect: "
TODAY = date(2026, 3, 1)
CODES = [rule.code for rule in RULES]


def found(code: str, file: str) -> list[Finding]:
    read = load([file], environ={}, directory=FOLDER, name="shop")
    return [one for one in check(read.stack, source=read.source, today=TODAY) if one.code == code]


def as_expected(finding: Finding) -> str:
    assert finding.span is not None
    place = f"{finding.span.line}:{finding.span.column}"
    return f"{place} {finding.severity.value} {finding.message} | {finding.label}"


@pytest.mark.parametrize("code", CODES)
def test_a_rule_finds_its_fault(code: str) -> None:
    lines = (FOLDER / f"{code}-fails.yml").read_text().splitlines()
    expected = [line.removeprefix(MARK) for line in lines if line.startswith(MARK)]
    assert expected
    assert [as_expected(finding) for finding in found(code, f"{code}-fails.yml")] == expected


@pytest.mark.parametrize("code", CODES)
def test_a_rule_lets_its_opposite_pass(code: str) -> None:
    assert found(code, f"{code}-passes.yml") == []


@pytest.mark.parametrize("code", CODES)
def test_a_finding_points_at_text_and_says_what_to_do(code: str) -> None:
    for finding in found(code, f"{code}-fails.yml"):
        assert finding.span is not None
        assert finding.span.text[finding.span.column - 1 :].strip()
        assert finding.label
        assert finding.mend


def test_every_file_belongs_to_a_rule() -> None:
    assert {path.name.split("-")[0] for path in FOLDER.glob("*.yml")} == set(CODES)


def test_codes_are_unique_and_in_order() -> None:
    assert sorted(set(CODES)) == CODES


def test_reasons_and_mends_are_sentences_and_titles_are_not() -> None:
    for rule in RULES:
        assert rule.why.endswith(".")
        assert rule.mend.endswith(".")
        assert not rule.title.endswith(".")
