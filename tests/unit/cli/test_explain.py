"""An explanation answers the next question too: by which path, by which name, and what would change it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.commands.explain import _aimed, _end, explained, surroundings
from cli.faults import CommandError
from cli.render import explain
from cli.render.document import document
from cli.render.ink import Look
from tests.support.command import topo
from tests.support.golden import matches
from tests.support.stacks import service, stack, three_tiers
from topology.graph import HOST, WORLD, Topology, topology_of
from topology.reach import End
from topology.structs import replace

SHOP = topology_of(three_tiers())


def told(source: End, target: End, topology: Topology = SHOP, port: int | None = None) -> str:
    return explain.text(explained("shop", topology, source, target, port=port), Look())


def test_an_unreachable_pair_gets_reasons_the_way_through_others_and_an_opening() -> None:
    matches(told("nginx", "db", port=5432), "explain_no.txt")


def test_a_reachable_pair_gets_its_path_its_name_and_a_closing() -> None:
    matches(told("flaskapp", "db"), "explain_yes.txt")


def test_a_published_port_is_shown_with_the_address_that_opens_it() -> None:
    matches(told(WORLD, "nginx"), "explain_world.txt")


def test_surroundings_are_everybody_in_reach_and_everybody_who_reaches() -> None:
    matches(explain.surroundings(surroundings("shop", SHOP, "nginx"), Look()), "explain_one.txt")


def test_what_cannot_be_proved_says_on_what_it_depends() -> None:
    topology = topology_of(stack(a=service("x", privileged=True), b=service("y")))
    text = told("a", "b", topology)
    assert "may reach (not provable)" in text
    assert "privileged" in text


def test_each_way_has_to_be_closed() -> None:
    topology = topology_of(stack(a=service("x", "y"), b=service("x", "y")))
    assert explained("shop", topology, "a", "b").remedy == ("take a or b off x", "take a or b off y")


def test_json_tells_both_directions_and_every_way() -> None:
    found = document(explained("shop", SHOP, "flaskapp", "db", port=5432))
    assert found["port"] == "5432/tcp"
    assert found["there"]["answer"] == "yes"
    assert found["there"]["by_name"] == {"answer": "yes", "name": "db", "network": "db_nw", "reason": ""}
    assert found["back"]["source"] == "db"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("db", ("db", None, "tcp")),
        ("db:5432", ("db", 5432, "tcp")),
        ("db:53/udp", ("db", 53, "udp")),
        ("db:word", ("db:word", None, "tcp")),
    ],
)
def test_a_target_may_carry_a_port(text: str, meant: tuple[str, int | None, str]) -> None:
    assert _aimed(SHOP, text) == meant


def test_an_end_is_a_service_the_world_or_the_host() -> None:
    assert [_end(SHOP, name) for name in ("db", "world", "host")] == ["db", WORLD, HOST]


def test_an_unknown_end_names_the_nearest() -> None:
    with pytest.raises(CommandError, match="no service flaskap") as caught:
        _end(SHOP, "flaskap")
    assert caught.value.hints == ("did you mean flaskapp?",)


def test_an_end_like_nothing_else_lists_what_there_is() -> None:
    with pytest.raises(CommandError) as caught:
        _end(SHOP, "zzz")
    assert caught.value.hints == ("there are: nginx, flaskapp, db, world, host",)


def test_the_way_through_others_is_told_step_by_step() -> None:
    through = replace(explained("shop", SHOP, "nginx", "db", port=5432), even_through=True)
    assert explain.text(through, Look()).splitlines() == [
        "nginx can reach db on 5432 through 1 other",
        "  step 1       web_nw: nginx -> flaskapp",
        "  step 2       db_nw: flaskapp -> db:5432",
    ]


def test_even_through_others_answers_in_its_first_line() -> None:
    apart = topology_of(stack(a=service("n"), b=service("n"), c=service("m", privileged=True)))
    firsts = []
    for source, target in (("a", "b"), ("a", "c"), ("c", "a")):
        through = replace(explained("shop", apart, source, target), even_through=True)
        firsts.append(explain.text(through, Look()).splitlines()[0])
    assert firsts == [
        "a can reach b, directly",
        "a cannot reach c, not even through others",
        "c may reach (not provable) a through others",
    ]


def test_a_rule_explains_itself_without_a_stack(tmp_path: Path) -> None:
    ran = topo(tmp_path, "explain", "T204")
    assert ran.code == 0
    assert ran.out.startswith("T204 Docker socket mounted (warning)\n")
    assert topo(tmp_path, "explain", "T999").err.startswith("error: there is no rule T999")


def test_the_list_of_rules_is_as_reviewed(tmp_path: Path) -> None:
    matches(topo(tmp_path, "check", "--rules").out.removesuffix("\n"), "rules.txt")


@pytest.mark.parametrize("port", ["0", "65536", "9" * 5000])
def test_a_number_that_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(CommandError, match="is no port"):
        _aimed(SHOP, f"db:{port}")
