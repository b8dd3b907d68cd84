"""Changing an engine on a socket by the standard library: what is sent, how often, and what comes of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.engines.reading import Endpoint
from reconciler.engines.writing import WireDaemon
from reconciler.errors import Conflict, NotFound, Unavailable
from tests.support.answering import Engine, Sent, answering

JSON = "application/json"
BODY = {"Image": "nginx", "Labels": {"a": "ä"}}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with answering(tmp_path / "docker.sock") as server:
        yield server


@pytest.fixture
def daemon(engine: Engine) -> WireDaemon:
    made = WireDaemon(Endpoint(url=engine.url))
    engine.closing.append(made._line.close)
    return made


@pytest.mark.parametrize(
    ("call", "asked", "body"),
    [
        (lambda on: on.create_container("a", BODY), "POST /v1.51/containers/create?name=a", BODY),
        (
            lambda on: on.create_container("a", BODY, "linux/arm64"),
            "POST /v1.51/containers/create?name=a&platform=linux%2Farm64",
            BODY,
        ),
        (lambda on: on.start("a"), "POST /v1.51/containers/a/start", None),
        (lambda on: on.stop("a", 2.6), "POST /v1.51/containers/a/stop?t=3", None),
        (lambda on: on.rename("a", "b"), "POST /v1.51/containers/a/rename?name=b", None),
        (lambda on: on.remove_container("a", volumes=True), "DELETE /v1.51/containers/a?force=1&v=1", None),
        (lambda on: on.remove_container("a", volumes=False), "DELETE /v1.51/containers/a?force=1", None),
        (lambda on: on.remove_network("ein Netz"), "DELETE /v1.51/networks/ein%20Netz", None),
        (
            lambda on: on.disconnect("n", "a", force=True),
            "POST /v1.51/networks/n/disconnect",
            {"Container": "a", "Force": True},
        ),
    ],
)
def test_each_call_has_its_path_and_its_body(
    engine: Engine, daemon: WireDaemon, call: Callable[[WireDaemon], None], asked: str, body: object
) -> None:
    call(daemon)
    assert engine.asked[-1] == asked
    (sent,) = engine.sent
    assert (sent.kind, json.loads(sent.body or b"null")) == (JSON if body else "", body)


def test_files_are_sent_as_they_are(engine: Engine, daemon: WireDaemon) -> None:
    daemon.put_archive("a", b"\x00tar\xff")
    assert engine.asked[-1] == "PUT /v1.51/containers/a/archive?path=%2F"
    assert engine.sent == [Sent("application/x-tar", b"\x00tar\xff")]


def test_what_the_engine_answers_is_given_back(engine: Engine, daemon: WireDaemon) -> None:
    engine.says("/v1.51/volumes/create", 201, {"Name": "data", "Labels": {"a": "b"}})
    assert daemon.create_volume({"Name": "data"}) == {"Name": "data", "Labels": {"a": "b"}}


@pytest.mark.parametrize(("status", "kind"), [(404, NotFound), (409, Conflict)])
def test_a_refusal_says_what_was_being_done(
    engine: Engine, daemon: WireDaemon, status: int, kind: type[Exception]
) -> None:
    engine.says("/v1.51/containers/a/start", status, {"message": "so it is"})
    with pytest.raises(kind, match="starting a: so it is"):
        daemon.start("a")


def test_a_call_that_may_have_been_heard_is_not_made_again(engine: Engine, daemon: WireDaemon) -> None:
    daemon.start("a")
    engine.says("/v1.51/containers/b/start", 0, b"")
    with pytest.raises(Unavailable, match=r"starting b: .*closed connection"):
        daemon.start("b")
    assert engine.asked.count("POST /v1.51/containers/b/start") == 1


def test_nobody_who_sends_small_calls_waits_for_the_sdk_to_be_imported(engine: Engine) -> None:
    code = (
        "import sys; from reconciler.engines import connect, reading; "
        f"connect.daemon(reading.Endpoint(url={engine.url!r})).start('a'); print('docker' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
    assert engine.asked[-1] == "POST /v1.51/containers/a/start"
