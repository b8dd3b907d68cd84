"""Reading an engine on a socket by the standard library: what is sent, and what becomes of each answer."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.engines.reading import Endpoint
from reconciler.engines.wire import WireReader
from reconciler.errors import Conflict, Denied, EngineError, NotFound, Rejected, Unavailable
from tests.support.answering import Engine, answering


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with answering(tmp_path / "docker.sock") as server:
        yield server


def reader(engine: Engine) -> WireReader:
    made = WireReader(Endpoint(url=engine.url))
    engine.closing.append(made._line.close)
    return made


def test_the_answer_to_a_ping_says_which_engine_it_is(engine: Engine) -> None:
    assert reader(engine).version() == {"Version": "28.5.2", "ApiVersion": "1.51"}
    assert engine.asked == ["GET /_ping"]


@pytest.mark.parametrize(("offered", "spoken"), [("1.41", "1.41"), ("1.9", "1.9"), ("1.99", "1.51")])
def test_an_engine_is_asked_in_the_newest_version_that_both_know(
    engine: Engine, offered: str, spoken: str
) -> None:
    engine.ping["Api-Version"] = offered
    engine.says(f"/v{spoken}/networks", 200, [])
    assert reader(engine).networks() == []
    assert engine.asked[-1] == f"GET /v{spoken}/networks"


def test_each_question_has_its_path(engine: Engine) -> None:
    paths = ["containers/json?all=1", "containers/abc/json", "networks", "volumes", "images/nginx:1.27/json"]
    for path in paths:
        engine.says(
            f"/v1.51/{path}", 200, {"Volumes": [{"Name": "data"}]} if path == "volumes" else {"A": path}
        )
    asking = reader(engine)
    answers: list[Any] = [asking.containers(), asking.container("abc"), asking.networks()]
    assert answers == [{"A": path} for path in paths[:3]]
    assert asking.volumes() == [{"Name": "data"}]
    assert asking.image("nginx:1.27") == {"A": paths[4]}
    assert engine.asked[1:] == [f"GET /v1.51/{path}" for path in paths]


def test_an_engine_without_volumes_says_null(engine: Engine) -> None:
    engine.says("/v1.51/volumes", 200, {"Volumes": None, "Warnings": None})
    assert reader(engine).volumes() == []


def test_all_questions_of_a_thread_go_over_one_connection(engine: Engine) -> None:
    engine.says("/v1.51/networks", 200, [])
    asking = reader(engine)
    for _ in range(3):
        asking.networks()
    assert engine.connections == 1


@pytest.mark.parametrize(
    ("status", "body", "kind", "text"),
    [
        (404, {"message": "No such container: abc"}, NotFound, "No such container: abc"),
        (409, {"message": "busy"}, Conflict, "busy"),
        (500, {"message": "something"}, Rejected, "something"),
        (503, b"not now", Unavailable, "not now"),
        (502, b"[]", Unavailable, "[]"),
    ],
)
def test_a_refusal_becomes_one_of_our_errors_in_the_words_of_the_engine(
    engine: Engine, status: int, body: Any, kind: type[EngineError], text: str
) -> None:
    engine.says("/v1.51/containers/abc/json", status, body)
    with pytest.raises(kind) as caught:
        reader(engine).container("abc")
    assert str(caught.value) == f"inspecting abc: {text}"


def test_an_answer_that_is_no_json_is_no_answer(engine: Engine) -> None:
    engine.says("/v1.51/networks", 200, b"<html>")
    asking = reader(engine)
    with pytest.raises(Unavailable, match="the answer is no JSON"):
        asking.networks()


def test_a_connection_that_is_cut_is_no_answer_and_the_next_question_gets_one(engine: Engine) -> None:
    engine.says("/v1.51/networks", 0, b"")
    asking = reader(engine)
    with pytest.raises(Unavailable, match="listing networks: "):
        asking.networks()
    engine.says("/v1.51/networks", 200, [])
    assert asking.networks() == []


def test_a_connection_that_was_cut_while_it_lay_idle_is_opened_anew(engine: Engine) -> None:
    engine.says("/v1.51/networks", 200, [])
    engine.hangs_up = True
    asking = reader(engine)
    assert [asking.networks(), asking.networks()] == [[], []]
    assert engine.connections == 3
    assert engine.asked == ["GET /_ping", "GET /v1.51/networks", "GET /v1.51/networks"]


def test_no_socket_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no such socket"):
        WireReader(Endpoint(url=f"unix://{tmp_path}/none.sock"))


def test_a_socket_that_nobody_listens_on_refuses(tmp_path: Path) -> None:
    socketserver.UnixStreamServer(
        str(tmp_path / "dead.sock"), socketserver.StreamRequestHandler
    ).server_close()
    with pytest.raises(Unavailable, match="connection refused"):
        WireReader(Endpoint(url=f"unix://{tmp_path}/dead.sock"))


def test_a_socket_that_may_not_be_opened_is_denied(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("socket.socket.connect", closed)
    with pytest.raises(Denied, match="permission denied"):
        reader(engine)
