"""Every numbered case of who reaches whom that a stack file can show, on each generation of engines."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from topology.graph import HOST, WORLD, Topology, topology_of
from topology.load import load
from topology.models import Assume
from topology.reach import Answer, End, Source, answer, beside, by_name, resolves
from topology.reach.addresses import opens

DATA: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "data/reach/cases.yml").read_text())
ENGINES = ("20.10", "26.1", "28.5")
ENDS: dict[str, End] = {"world": WORLD, "host": HOST}
WORDS = {Answer.YES: "yes", Answer.NO: "no", Answer.UNPROVABLE: "maybe"}
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in DATA["cases"].splitlines()]
EVERY_CASE = (
    "1:a-g 2:a-d 3:a-m 4:a-f 5:a-n 6:a-v 7:a-f 8:a-f 9:a-g 10:a-b 11:a-m 12:a-i 13:a-g 14:a-n 15:a-p 16:a-i "
    "17:a-h 18:a-i 19:a-h 20:a-d 21:a-l"
)
MORE_CASES = {"3-store", "11k-e", "16e-flag", "17", "FWD", "GM routed", "GM nat-unprotected", "GM6", "ADR"}


def expected(text: str, engine: str) -> str:
    """One answer for all engines, or one for each; a sentence is one answer."""
    words = text.split()
    return words[ENGINES.index(engine)] if len(words) == len(ENGINES) else text


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("stack", "question", "says"), [row[1:] for row in ROWS], ids=[f"{row[0]} {row[2]}" for row in ROWS]
)
def test_case(stack: str, question: str, says: str, engine: str) -> None:
    assert asked(topology(stack, engine), question) == expected(says, engine)


def test_every_case_is_asked_or_said_to_be_out_of_sight() -> None:
    asked_cases = {row[0] for row in ROWS}
    assert asked_cases.isdisjoint(DATA["unseen"])
    assert asked_cases | {str(case) for case in DATA["unseen"]} == {*numbered(), *MORE_CASES}


def numbered() -> list[str]:
    found = []
    for group in EVERY_CASE.split():
        number, first, last = re.fullmatch(r"(\d+):(\w)-(\w)", group).groups()  # type: ignore[union-attr]  # there is one
        found += [f"{number}{chr(one)}" for one in range(ord(first), ord(last) + 1)]
    return found


@cache
def topology(stack: str, engine: str) -> Topology:
    text = f"name: shop\n{DATA['stacks'][stack]}"
    read = load(["-"], environ={}, directory=Path("/srv"), stdin=text).stack
    assume = {**read.policy.assume.model_dump(), "engine": engine}
    policy = read.policy.model_copy(update={"assume": Assume(**assume)})
    return topology_of(read.model_copy(update={"policy": policy}))


def asked(topology: Topology, question: str) -> str:
    match question.split():
        case [source, "->", target]:
            return reaches(topology, source, target)
        case [client, "?", name]:
            return means(topology, client, name)
        case [source, "by", "name", target]:
            return by_name(topology, source, target).answer.value
        case [source, "at" | "to" as way, address]:
            return "yes" if opens(topology, end(source), address, published=way == "at") else "no"
        case ["gateway", "of", name]:
            return str(topology.standings[name].gateway)
        case ["order", "of", name]:
            return ",".join(topology.standings[name].order)
        case [one, "beside", other]:
            return "; ".join(each.text for each in beside(topology, one, other))
    raise AssertionError(question)


def end(name: str) -> End:
    return ENDS.get(name, name)


def reaches(topology: Topology, source: str, target: str) -> str:
    name, _, port = target.partition(":")
    number, _, protocol = port.partition("/")
    return WORDS[answer(topology, end(source), end(name), int(number) if port else None, protocol or "tcp")]


def means(topology: Topology, client: str, name: str) -> str:
    found = resolves(topology, client, name)
    match found.source:
        case Source.LINK | Source.NETWORK:
            return f"{','.join(found.holders)}@{found.network}"
        case Source.HOSTS:
            return found.address or "itself"
        case source:
            return str(source.value)
