"""What topo writes onto the things that it makes, and reads back."""

from __future__ import annotations

import pytest

from reconciler import address
from reconciler.record import canonical, digest, labels, recorded, redacted
from reconciler.state import Desired

SHOP = Desired(stack="shop", owner="me")
SPEC = {"image": "nginx", "environment": {"A": "1"}, "networks": {"shop_web": {"aliases": ["web"]}}}


def test_what_is_recorded_is_read_back_without_its_values_that_may_be_secrets() -> None:
    found = recorded(labels(SHOP, address.service("web", 1), SPEC))
    assert found == {**SPEC, "environment": {"A": digest("shop", "1")}}


def test_labels_say_whose_a_thing_is() -> None:
    found = labels(SHOP, address.service("web", 2), {})
    assert found["topo.stack"] == "shop"
    assert found["topo.owner"] == "me"
    assert found["topo.address"] == "service.web[2]"


def test_one_secret_has_one_digest_in_a_stack_and_another_one_in_another() -> None:
    assert digest("shop", "hunter2") == digest("shop", "hunter2")
    assert digest("shop", "hunter2") != digest("shop", "hunter3")
    assert digest("shop", "hunter2") != digest("blog", "hunter2")
    assert "hunter2" not in digest("shop", "hunter2")


def test_redacting_twice_changes_nothing_more() -> None:
    once = redacted("shop", SPEC)
    assert redacted("shop", once) == once


def test_equal_values_have_one_text() -> None:
    assert canonical({"b": [1, 2], "a": "é"}) == canonical({"a": "é", "b": [1, 2]}) == '{"a":"é","b":[1,2]}'


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"topo.spec": "{}"},
        {"topo.format": "2", "topo.spec": "{}"},
        {"topo.format": "1"},
        {"topo.format": "1", "topo.spec": "{"},
        {"topo.format": "1", "topo.spec": "[]"},
    ],
    ids=["nothing", "no format", "a newer format", "no spec", "no JSON", "no mapping"],
)
def test_a_label_that_cannot_be_read_says_nothing(found: dict[str, str]) -> None:
    assert recorded(found) is None


def test_a_spec_may_be_empty() -> None:
    assert recorded({"topo.format": "1", "topo.spec": "{}"}) == {}


def test_words_of_a_command_that_hold_a_secret_are_recorded_as_digests() -> None:
    spec = {
        "command": ["server", "--password=hunter2", "--port", "80"],
        "healthcheck": {"test": ["CMD", "ask", "--token", "hunter2"], "interval": 1.0},
    }
    once = redacted("shop", spec)
    assert once["command"] == ["server", digest("shop", "--password=hunter2"), "--port", "80"]
    assert once["healthcheck"]["test"] == ["CMD", "ask", "--token", digest("shop", "hunter2")]
    assert redacted("shop", once) == once
