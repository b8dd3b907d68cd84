"""An engine over the network: whom to trust, and how it is found out that nobody is there any more."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from urllib3.exceptions import ReadTimeoutError

from reconciler.engines.reading import Endpoint
from reconciler.engines.sdk import SdkEvents, SdkReader
from reconciler.errors import Unavailable

KEEPALIVE = "02"


def test_whom_an_engine_is_told_to_trust_is_not_overruled_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).touch()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "cert.pem"))
    reader = SdkReader(Endpoint(url="tcp://127.0.0.1:1", tls=str(tmp_path)), api="1.41")
    settings = reader._api.merge_environment_settings("https://127.0.0.1:1", {}, None, None, None)
    assert settings["verify"] == str(tmp_path / "ca.pem")


def silent(server: socket.socket, lines: list[socket.socket]) -> None:
    """An engine on which nothing happens."""
    line, _ = server.accept()
    line.recv(1 << 16)
    line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    lines.append(line)


def timer(port: int) -> str:
    """What the kernel of the side that called `port` waits for."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    (found,) = (row[5].partition(":")[0] for row in rows if row[2].endswith(f":{port:04X}"))
    return found


def test_who_listens_finds_out_that_the_engines_host_is_gone() -> None:
    lines: list[socket.socket] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        answering = threading.Thread(target=silent, args=(server, lines), daemon=True)
        answering.start()
        events = SdkReader(Endpoint(url=f"tcp://127.0.0.1:{port}"), api="1.41").events()
        answering.join()
        assert timer(port) == KEEPALIVE
        events.close()
        lines[0].close()


def test_a_host_that_is_gone_is_an_engine_that_is_lost() -> None:
    def stream() -> Iterator[Any]:
        yield {"Type": "container"}
        raise ReadTimeoutError(None, "", "Read timed out.")  # type: ignore[arg-type]  # of no pool

    heard: Any = stream()
    events = iter(SdkEvents(heard))
    assert next(events)["Type"] == "container"
    with pytest.raises(Unavailable, match="the connection was cut"):
        next(events)
