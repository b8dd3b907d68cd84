"""The table says of each pair how it is reached, and a program can read it."""

from __future__ import annotations

import csv
import io
import json
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given

from cli.commands.matrix import _ends, tabled
from cli.faults import CommandError
from cli.render import matrix
from cli.render.document import as_json
from cli.render.ink import Look
from cli.report.matrix import Matrix
from tests.support.command import topo
from tests.support.golden import matches
from tests.support.stacks import SILENT, crowd, service, stack, three_tiers
from tests.support.worlds import stacks
from topology.graph import HOST, WORLD, topology_of
from topology.models import Stack
from topology.reach import Answer, answer
from topology.reach.matrix import Way
from topology.reach.matrix import matrix as cells

MIXED = stack(
    a=service("silent", links="b"),
    b=service("silent"),
    c=service("front", ports="8080:80", privileged=True),
    d=service(network_mode="service:c"),
    e=service(network_mode="host"),
    f=service(network_mode="none"),
    networks={"silent": SILENT},
)


def told(of: Stack) -> Matrix:
    topology = topology_of(of)
    return tabled("shop", topology, (*topology.members, WORLD, HOST))


@pytest.mark.parametrize(
    ("source", "target", "way"),
    [
        ("a", "b", "by name only"),
        ("a", "c", "published"),
        ("a", "f", "no"),
        ("c", "d", "same stack"),
        ("c", "b", "not provable"),
        ("a", "e", "host"),
        ("e", "a", "host"),
        ("a", "world", "out"),
    ],
)
def test_a_cell_says_how(source: str, target: str, way: str) -> None:
    assert told(MIXED).ways[source, target] == way


def test_words_where_they_fit_and_letters_where_not() -> None:
    matches(matrix.text(told(MIXED), Look(columns=200)), "matrix_words.txt")
    matches(matrix.text(told(MIXED), Look(columns=60)), "matrix_letters.txt")


def test_markdown_is_as_reviewed() -> None:
    matches(matrix.markdown(told(three_tiers()), Look()), "matrix.md")


def test_csv_is_read_back() -> None:
    head, *rows = csv.reader(io.StringIO(matrix.as_csv(told(MIXED), Look())))
    ways = {(row[0], target): way for row in rows for target, way in zip(head[1:], row[1:], strict=True)}
    assert ways == {**told(MIXED).ways, **{(end, end): "" for end in told(MIXED).ends}}


def test_a_name_in_csv_is_no_formula() -> None:
    odd = Matrix(stack="s", ends=("=1+1",), cells=())
    assert matrix.as_csv(odd, Look()).startswith(",'=1+1\n")


def test_json_has_the_path_of_each_cell() -> None:
    found = json.loads(as_json(told(three_tiers()), Look()))
    assert {"source": "flaskapp", "target": "db", "way": "direct", "path": "db_nw: flaskapp -> db:5432"} in (
        found["cells"]
    )


@given(stacks())
def test_a_cell_never_says_more_or_less_than_the_verdict(drawn: Stack) -> None:
    topology = topology_of(drawn)
    found = {(cell.source, cell.target): cell.way for cell in cells(topology, tuple(topology.members))}
    assert set(found) == set(permutations(topology.members, 2))
    for (source, target), way in found.items():
        said = answer(topology, source, target)
        assert (way in {Way.NONE, Way.NAME_ONLY}) == (said is Answer.NO)
        assert (way is Way.UNPROVABLE) == (said is Answer.UNPROVABLE)


def test_only_those_that_are_named(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text("services:\n  a: {image: x}\n  b: {image: y}\n  c: {image: z}\n")
    ran = topo(tmp_path, "matrix", "c", "a", "--format", "csv")
    assert ran.out == ",c,a\nc,,direct\na,direct,\n"


def test_a_name_that_is_nobodys_is_a_fault() -> None:
    with pytest.raises(CommandError) as caught:
        _ends(topology_of(three_tiers()), ["flaskap"])
    assert caught.value.hints == ("did you mean flaskapp?",)


def test_a_table_that_nobody_could_look_at_is_refused() -> None:
    with pytest.raises(CommandError, match="a table of 603"):
        _ends(topology_of(stack(**crowd(601, "n"))), [])
