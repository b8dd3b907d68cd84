"""The daemon that topo talks to is the one that docker would talk to."""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from cli.endpoint import Endpoint, answering, candidates, knocked
from cli.faults import CommandError


def urls(environ: Mapping[str, str], home: Path, **flags: str) -> list[str]:
    return [endpoint.url for endpoint in candidates(environ=environ, home=home, **flags)]


def add_context(home: Path, name: str, host: str) -> Path:
    """A context as `docker context create` leaves it; returns where its TLS files go."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = home / ".docker" / "contexts" / "meta" / digest / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}}))
    return home / ".docker" / "contexts" / "tls" / digest / "docker"


def choose_context(home: Path, name: str) -> None:
    (home / ".docker").mkdir(exist_ok=True)
    (home / ".docker" / "config.json").write_text(json.dumps({"currentContext": name}))


def test_without_a_choice_the_usual_sockets_are_tried(tmp_path: Path) -> None:
    assert urls({"XDG_RUNTIME_DIR": "/run/user/7"}, tmp_path) == [
        "unix:///var/run/docker.sock",
        "unix:///run/user/7/docker.sock",
        f"unix://{tmp_path}/.docker/run/docker.sock",
    ]


def test_a_flag_beats_the_environment_which_beats_the_current_context(tmp_path: Path) -> None:
    add_context(tmp_path, "far", "tcp://far:2375")
    choose_context(tmp_path, "far")
    assert urls({}, tmp_path) == ["tcp://far:2375"]
    assert urls({"DOCKER_HOST": "tcp://env:2375"}, tmp_path) == ["tcp://env:2375"]
    assert urls({"DOCKER_HOST": "tcp://env:2375"}, tmp_path, host="tcp://flag:2375") == ["tcp://flag:2375"]
    assert urls({"DOCKER_HOST": "tcp://env:2375"}, tmp_path, context="far") == ["tcp://far:2375"]


def test_docker_host_beats_docker_context_as_it_does_for_docker(tmp_path: Path) -> None:
    add_context(tmp_path, "far", "tcp://far:2375")
    environ = {"DOCKER_CONTEXT": "far", "DOCKER_HOST": "tcp://env:2375"}
    assert urls(environ, tmp_path) == ["tcp://env:2375"]
    assert urls({"DOCKER_CONTEXT": "far"}, tmp_path) == ["tcp://far:2375"]


def test_the_context_named_default_is_the_usual_sockets(tmp_path: Path) -> None:
    choose_context(tmp_path, "default")
    assert urls({}, tmp_path)[0] == "unix:///var/run/docker.sock"


def test_host_and_context_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="both given"):
        candidates(environ={}, home=tmp_path, host="tcp://a", context="b")


def test_an_unknown_context_names_those_there_are(tmp_path: Path) -> None:
    add_context(tmp_path, "far", "tcp://far:2375")
    with pytest.raises(CommandError, match="no Docker context 'fra'") as caught:
        candidates(environ={}, home=tmp_path, context="fra")
    assert caught.value.hints == ("known contexts: default, far",)


def test_a_broken_config_of_docker_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text("{")
    assert urls({}, tmp_path)[0] == "unix:///var/run/docker.sock"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("10.0.0.1:2375", "tcp://10.0.0.1:2375"), ("/run/docker.sock", "unix:///run/docker.sock")],
)
def test_a_host_may_be_written_without_its_scheme(tmp_path: Path, written: str, meant: str) -> None:
    assert urls({}, tmp_path, host=written) == [meant]


def test_the_certificates_of_a_context_come_with_it(tmp_path: Path) -> None:
    files = add_context(tmp_path, "far", "tcp://far:2376")
    files.mkdir(parents=True)
    (files / "ca.pem").write_text("pem")
    (endpoint,) = candidates(environ={}, home=tmp_path, context="far")
    assert (endpoint.tls, endpoint.verify) == (files, True)


def test_the_environment_can_ask_for_tls(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("pem")
    environ = {"DOCKER_HOST": "tcp://far:2376", "DOCKER_CERT_PATH": str(tmp_path)}
    (endpoint,) = candidates(environ=environ, home=tmp_path)
    assert (endpoint.tls, endpoint.verify) == (tmp_path, False)


def test_nobody_answering_says_what_was_tried_and_why_each_failed() -> None:
    tried = (Endpoint(url="unix:///a", origin="one"), Endpoint(url="unix:///b", origin="two"))
    with pytest.raises(CommandError, match="no Docker engine answers") as caught:
        answering(tried, lambda endpoint: f"{endpoint.origin} is away")
    assert caught.value.hints[:2] == ("unix:///a (one): one is away", "unix:///b (two): two is away")
    assert "--engine memory" in caught.value.hints[-1]


def test_the_first_that_answers_is_taken() -> None:
    tried = (Endpoint(url="unix:///a", origin="one"), Endpoint(url="unix:///b", origin="two"))
    assert answering(tried, lambda endpoint: "away" if endpoint.origin == "one" else None) is tried[1]


def test_a_socket_is_told_from_a_file_and_from_nothing(tmp_path: Path) -> None:
    path = tmp_path / "d.sock"
    assert knocked(Endpoint(url=f"unix://{path}", origin="-H")) == "there is no such socket"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        assert knocked(Endpoint(url=f"unix://{path}", origin="-H")) is None
    assert knocked(Endpoint(url=f"unix://{path}", origin="-H")) == "connection refused: nothing listens there"


def test_an_unknown_scheme_is_named() -> None:
    assert knocked(Endpoint(url="gopher://x", origin="-H")) == (
        "topo knows unix, tcp, http, https and ssh, not gopher"
    )


def test_a_port_that_is_none_is_no_crash() -> None:
    assert "Port" in (knocked(Endpoint(url="tcp://x:99999999", origin="-H")) or "")
