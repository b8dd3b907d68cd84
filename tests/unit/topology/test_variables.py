"""Variables in values, and files that set them."""

from __future__ import annotations

import pytest

from topology.findings import StackError
from topology.load import dotenv
from topology.load.variables import Malformed, fill, fill_tree
from topology.source import Seq, parse

KNOWN = {"SET": "value", "EMPTY": "", "NAME": "SET"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("plain", "plain"),
        ("$SET", "value"),
        ("a${SET}b", "avalueb"),
        ("$SET-$SET", "value-value"),
        ("$$SET", "$SET"),
        ("$${SET}", "${SET}"),
        ("$$$SET", "$value"),
        ("${UNSET:-d}", "d"),
        ("${UNSET-d}", "d"),
        ("${EMPTY:-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${SET:-d}", "value"),
        ("${UNSET:-}", ""),
        ("${SET:?m}", "value"),
        ("${EMPTY?m}", ""),
        ("${SET:+a}", "a"),
        ("${EMPTY:+a}", ""),
        ("${EMPTY+a}", "a"),
        ("${UNSET:+a}", ""),
        ("${UNSET:-${ALSO:-${SET}}}", "value"),
        ("${UNSET:-a b:c}", "a b:c"),
        ("${SET:-$}", "value"),
        ("{{.Name}}", "{{.Name}}"),
        ("$", "$"),
        ("$1 and 5$ each, ^/a$", "$1 and 5$ each, ^/a$"),
    ],
)
def test_a_variable_is_filled_in(text: str, filled: str) -> None:
    assert fill(text, KNOWN.get).text == filled


def test_what_is_unset_is_named() -> None:
    filled = fill("$A ${B} ${C:-x} ${D:-$E} $SET", KNOWN.get)
    assert (filled.text, filled.unset) == ("  x  value", ["A", "B", "E"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${", "a variable is not closed"),
        ("${A:-${B}", "a variable is not closed"),
        ("${}", '"${}" names no variable'),
        ("${1A}", '"${1A}" names no variable'),
        ("${A!b}", '"${A!b}" is no form of a variable'),
        ("${A:b}", '"${A:b}" is no form of a variable'),
        ("${UNSET:?}", "variable UNSET is required and not set"),
        ("${UNSET?set $NAME}", "variable UNSET is required and not set: set SET"),
        ("${EMPTY:?say it}", "variable EMPTY is required and not set: say it"),
        ("${A:-" * 100 + "}" * 100, "variables are nested too deeply"),
    ],
)
def test_what_is_no_variable_is_refused(text: str, message: str) -> None:
    with pytest.raises(Malformed) as refused:
        fill(text, KNOWN.get)
    assert refused.value.message == message


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A=1\nB=2\n", {"A": "1", "B": "2"}),
        ("# comment\n\n  A=1 # more\n", {"A": "1"}),
        ("export A=1\r\n", {"A": "1"}),
        ("A=a#b", {"A": "a#b"}),
        ("A=#b", {"A": "#b"}),
        ("A= # b", {"A": "# b"}),
        ("A='it\\'s'", {"A": "it's"}),
        ("A='a\\\\' # b", {"A": "a\\\\"}),
        ("A='a' B=2", {"A": "a", "B": "2"}),
        ("1A=b", {"1A": "b"}),
        ("A=", {"A": ""}),
        ("A: 1", {"A": "1"}),
        ("A = 1 ", {"A": "1"}),
        ("A='$SET # x'", {"A": "$SET # x"}),
        ('A="$SET\\n\\"x\\" \\$SET"', {"A": 'value\n"x" $SET'}),
        ('A="one\ntwo"\nB=3', {"A": "one\ntwo", "B": "3"}),
        ("A=1\nB=${A}2", {"A": "1", "B": "12"}),
        ("SET=other\nB=$SET", {"SET": "other", "B": "value"}),
        ("SET\nUNSET\n", {"SET": "value"}),
        ("A=a=b", {"A": "a=b"}),
    ],
)
def test_a_file_of_variables_is_read_as_compose_reads_it(text: str, found: dict[str, str]) -> None:
    assert dotenv.parse(text, ".env", KNOWN.get) == found


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("A=1\n=2\n", ".env:2:1", "this is no NAME=value"),
        ("A=1\nsome words\n", ".env:2:1", "this is no NAME=value"),
        ("A=1\nB='x\n", ".env:2:3", "this quote is never closed"),
        ("A='it''s'\n", ".env:1:7", "this is no NAME=value"),
        ("A=${B\n", ".env:1:1", "a variable is not closed"),
        ("A=${B:?no}\n", ".env:1:1", "variable B is required and not set: no"),
    ],
)
def test_a_line_that_sets_nothing_is_pointed_at(text: str, place: str, message: str) -> None:
    with pytest.raises(StackError) as refused:
        dotenv.parse(text, ".env", KNOWN.get)
    finding = refused.value.findings[0]
    assert (str(finding.span), finding.message) == (place, message)


def test_variables_that_double_each_other_end_before_memory_does() -> None:
    doubling = [f"A{number}=$A{number - 1}$A{number - 1}" for number in range(1, 60)]
    with pytest.raises(StackError) as caught:
        dotenv.parse("\n".join(["A0=0123456789", *doubling]), "a.env", lambda _: None)
    (finding,) = caught.value.findings
    assert finding.message == "variables grow to more than 1,000,000 characters here"
    assert finding.span is not None
    assert finding.span.line == 18


def test_values_that_are_too_long_together_are_refused() -> None:
    root, _ = parse(f"[{', '.join(['$LONG'] * 30)}]", "a.yml")
    filled, findings = fill_tree(root, lambda _: "x" * 900_000)
    assert isinstance(filled, Seq)
    assert sum(len(str(item)) for item in filled) < 20_000_000
    assert {found.code for found in findings} == {"T009"}
