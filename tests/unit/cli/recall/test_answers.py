"""What of an engine's answers is held to have stayed the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cli.recall.answers import lasting
from reconciler.engines.line import Answer

LIST, ONE, VOLUMES = "/v1.51/containers/json?all=1", "/v1.51/containers/abc/json", "/v1.51/volumes"


def said(path: str, value: Any, status: int = 200) -> bytes:
    return lasting(path, Answer(status, json.dumps(value).encode(), "Docker/28.5.2 (linux)", "1.51"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Up 1 second", "Up 3 weeks"),
        ("Up Less than a second", "Up About a minute"),
        ("Up 5 minutes (healthy)", "Up 6 minutes (healthy)"),
        ("Up About an hour (Paused)", "Up 2 hours (Paused)"),
        ("Exited (0) 3 seconds ago", "Exited (0) 2 months ago"),
    ],
)
def test_growing_older_is_no_change(before: str, after: str) -> None:
    assert said(LIST, [{"Id": "a", "Status": before}]) == said(LIST, [{"Id": "a", "Status": after}])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Up 5 minutes (healthy)", "Up 6 minutes (unhealthy)"),
        ("Up 5 minutes", "Up 5 minutes (Paused)"),
        ("Exited (0) 3 seconds ago", "Exited (1) 3 seconds ago"),
        ("Up 5 minutes", "Exited (0) 5 minutes ago"),
    ],
)
def test_another_state_is_a_change(before: str, after: str) -> None:
    assert said(LIST, [{"Id": "a", "Status": before}]) != said(LIST, [{"Id": "a", "Status": after}])


def test_a_label_that_looks_like_an_age_counts() -> None:
    before, after = ([{"Id": "a", "Labels": {"Status": f"Up {age}"}}] for age in ("1 day", "2 days"))
    assert said(LIST, before) != said(LIST, after)


def test_lists_have_no_order() -> None:
    networks, volumes = [{"Id": "a"}, {"Id": "b"}], [{"Name": "a"}, {"Name": "b"}]
    ports = [{"PrivatePort": 1}, {"PrivatePort": 2}]
    assert said("/v1.51/networks", networks) == said("/v1.51/networks", networks[::-1])
    assert said(VOLUMES, {"Volumes": volumes}) == said(VOLUMES, {"Volumes": volumes[::-1]})
    assert said(LIST, [{"Status": "", "Ports": ports}]) == said(LIST, [{"Status": "", "Ports": ports[::-1]}])


def test_a_status_that_is_more_than_a_word_counts() -> None:
    before, after = ([{"ID": "a", "Status": {"State": state}}] for state in ("running", "failed"))
    assert said("/v1.51/tasks", before) != said("/v1.51/tasks", after)


def test_lists_have_members() -> None:
    assert said("/v1.51/networks", [{"Id": "a"}]) != said("/v1.51/networks", [{"Id": "a"}, {"Id": "b"}])
    assert said(VOLUMES, {"Volumes": None}) != said(VOLUMES, {"Volumes": [{"Name": "a"}]})


def test_a_health_check_that_looks_again_is_no_change_and_what_it_finds_is() -> None:
    def health(status: str, start: int) -> dict[str, Any]:
        state = {"Health": {"Status": status, "Log": [{"Start": start}]}}
        return {"State": state, "ExecIDs": [f"{start}"]}

    assert said(ONE, health("healthy", 1)) == said(ONE, health("healthy", 2))
    assert said(ONE, health("healthy", 1)) != said(ONE, health("unhealthy", 1))


def test_order_within_a_container_counts() -> None:
    assert said(ONE, {"Args": ["a", "b"]}) != said(ONE, {"Args": ["b", "a"]})


def test_another_engine_or_another_status_is_another_answer() -> None:
    here, there = (Answer(200, b"OK", f"Docker/{one} (linux)", "1.51") for one in ("28.5.1", "28.5.2"))
    assert lasting("/_ping", here) != lasting("/_ping", there)
    assert said(ONE, {"message": "no"}, 404) != said(ONE, {"message": "no"}, 500)
