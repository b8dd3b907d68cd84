"""Every file in `tests/data/faults` is refused, or warned of, with exactly the findings it names.

A file ends with lines `# expect: LINE:COLUMN CODE MESSAGE | LABEL`; to add a case, add a file. A place in
another file has its name in front; what files bring in lies in `parts`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from topology.codes import TITLES
from topology.findings import Finding, StackError
from topology.load import load

FOLDER = Path(__file__).parents[2] / "data" / "faults"
FILES = sorted(FOLDER.glob("*.yml"))
MARK = "# expect: "


def findings_of(file: Path) -> tuple[Finding, ...]:
    named = None if file.read_text().startswith("name:") else "shop"
    try:
        return load([file.name], environ={}, directory=FOLDER, name=named).findings
    except StackError as refused:
        return refused.findings


def as_expected(finding: Finding, file: Path) -> str:
    place = f"{finding.span.line}:{finding.span.column}" if finding.span else "-"
    if finding.span and finding.span.file != file.name:
        place = f"{finding.span.file}:{place}"
    label = f" | {finding.label}" if finding.label else ""
    return f"{place} {finding.code} {finding.message}{label}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_faulty_file_gives_what_it_names(file: Path) -> None:
    expected = [line.removeprefix(MARK) for line in file.read_text().splitlines() if line.startswith(MARK)]
    assert [as_expected(finding, file) for finding in findings_of(file)] == expected


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_caret_stands_under_text(file: Path) -> None:
    for finding in findings_of(file):
        assert finding.span is not None
        assert finding.span.text[finding.span.column - 1 :].strip()
        assert all(related.span is not None for related in finding.related)


def test_each_code_has_a_faulty_file() -> None:
    found = {finding.code for file in FILES for finding in findings_of(file)}
    assert found == set(TITLES)
