"""The sentences of policy.claims."""

from __future__ import annotations

import pytest

from topology.claims import Claim, ClaimError, Form, PortOf, Sort, parse


def ends(claim: Claim) -> tuple[list[str], list[str]]:
    return [str(one) for one in claim.subjects], [str(one) for one in claim.objects]


def test_a_plain_denial() -> None:
    claim = parse("nginx cannot reach db")
    assert (claim.form, ends(claim)) == (Form.CANNOT, (["nginx"], ["db"]))


def test_can_not_in_two_words_is_a_denial_too() -> None:
    assert parse("nginx can not reach db").form is Form.CANNOT


def test_ports_and_names_belong_to_can() -> None:
    claim = parse("flaskapp can reach db on 5432 and 53/udp by name")
    assert claim.ports == (PortOf(number=5432), PortOf(number=53, protocol="udp"))
    assert claim.by_name


def test_even_through_others_belongs_to_cannot() -> None:
    assert parse("nginx cannot reach db even through others").through_others


def test_only_at_the_front_limits_who_may_come() -> None:
    claim = parse("only a, b, and c can reach db on 5432")
    assert (claim.form, ends(claim)) == (Form.ONLY_FROM, (["a", "b", "c"], ["db"]))


def test_only_at_the_end_limits_where_one_may_go() -> None:
    claim = parse("a can reach only b and world")
    assert (claim.form, ends(claim)) == (Form.ONLY_TO, (["a"], ["b", "world"]))


def test_ends_may_be_labels_networks_and_places() -> None:
    claim = parse("label tier=web, network web_nw or any cannot reach host")
    assert [one.sort for one in claim.subjects] == [Sort.LABEL, Sort.NETWORK, Sort.ANY]
    assert ends(claim) == (["label tier=web", "network web_nw", "any"], ["host"])


def test_a_label_without_a_value_asks_only_for_the_key() -> None:
    assert parse("label public can reach db").subjects[0].value is None


def test_a_service_called_like_a_word_of_the_grammar_can_be_named() -> None:
    assert ends(parse("network can reach service world")) == (["network"], ["world"])
    assert parse("a can reach service world").objects[0].sort is Sort.SERVICE


MANY = "9" * 5000
"""More digits than Python reads as a number."""


@pytest.mark.parametrize(
    ("text", "marked", "said"),
    [
        ("nginx cannot raech db", "raech", "expected 'reach', not 'raech'"),
        ("nginx must reach db", "must", "expected 'can' or 'cannot', not 'must'"),
        ("nginx can reach db on http", "http", "expected a port from 1 to 65535, not 'http'"),
        (f"nginx can reach db on {MANY}", MANY, f"expected a port from 1 to 65535, not '{MANY}'"),
        ("nginx can reach db on 70000", "70000", "expected a port from 1 to 65535, not '70000'"),
        ("nginx can reach db on 53/upd", "53/upd", "expected tcp, udp or sctp after the slash, not 'upd'"),
        ("nginx can reach db please", "please", "the claim should end before 'please'"),
        ("can reach db", "can", "expected the name of a service, not 'can'"),
        ("nginx, can reach db", "can", "expected the name of a service, not 'can'"),
        ("nginx can reach db by heart", "heart", "expected 'name', not 'heart'"),
        ("only nginx cannot reach db", "cannot", "expected 'can', not 'cannot'"),
        ("nginx cannot reach d@b", "d@b", "expected the name of a service, not 'd@b'"),
        ("api can reach db:5432", "db:5432", "write db on 5432 for a port of it"),
    ],
)
def test_an_error_points_at_the_word(text: str, marked: str, said: str) -> None:
    with pytest.raises(ClaimError) as caught:
        parse(text)
    error = caught.value
    assert text[error.position : error.position + error.width] == marked
    assert error.message == said


@pytest.mark.parametrize(
    "text", ["", "nginx", "nginx cannot", "nginx cannot reach", "a can reach b on", "only"]
)
def test_a_sentence_that_breaks_off_points_behind_its_end(text: str) -> None:
    with pytest.raises(ClaimError) as caught:
        parse(text)
    assert caught.value.position == len(text)
