"""A proxy before an engine's socket: it records every request and makes chosen ones fail.

    with FaultProxy(engine.socket) as proxy:
        proxy.inject(CutAfter(), method="POST", path=r"/containers/create", nth=3)
        client = docker.DockerClient(base_url=proxy.url)

The third container is then created, but its maker never hears of it. Each connection carries one request, so
that a fault hits the request it was meant for; hijacked streams (exec, attach) are passed on as they are.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct, field

HEAD_LIMIT = 1 << 20
END_OF_HEAD = b"\r\n\r\n"


class Delay(Struct, frozen=True):
    """The request reaches the engine so many seconds late."""

    seconds: float


class Refuse(Struct, frozen=True):
    """The engine never sees the request; the caller gets this status."""

    status: int = 500
    message: str = "injected fault"


class CutBefore(Struct, frozen=True):
    """The engine never sees the request; the connection ends without an answer."""


class CutAfter(Struct, frozen=True):
    """The engine does what was asked; the connection ends without an answer."""


class Truncate(Struct, frozen=True):
    """The engine does what was asked; half of the answer's body arrives."""


class Hang(Struct, frozen=True):
    """The engine never sees the request; the connection stays open in silence."""


class Call(Struct, frozen=True):
    """Something happens in the world, such as the end of the daemon; then the request goes on its way."""

    action: Callable[[], object]


Fault = Delay | Refuse | CutBefore | CutAfter | Truncate | Hang | Call


class Request(Struct, kw_only=True):
    """One request as it was seen; `status` is None when the caller got no answer."""

    method: str
    path: str
    fault: Fault | None = None
    status: int | None = None

    @property
    def writes(self) -> bool:
        return self.method not in {"GET", "HEAD"}


class Rule(Struct, kw_only=True):
    """Which requests a fault hits: the `nth` that match and those after it, `times` in all."""

    fault: Fault
    method: re.Pattern[str]
    path: re.Pattern[str]
    nth: int
    times: int
    seen: int = 0
    hits: int = 0

    def hit_by(self, request: Request) -> bool:
        """Counts the request if it matches; says whether the fault is its due."""
        if not (self.method.fullmatch(request.method) and self.path.search(request.path)):
            return False
        self.seen += 1
        due = self.seen >= self.nth and self.hits < self.times
        self.hits += due
        return due


class _Exchange(Struct, kw_only=True):
    """A request on its way, with all that is needed to send it on."""

    request: Request
    head: bytes
    body: bytes
    streams: bool
    hijacks: bool

    def to_engine(self) -> bytes:
        """Unless the connection is to be hijacked, the engine is told to end it after its answer."""
        if self.hijacks:
            return self.head + self.body
        line, rest = self.head.split(b"\r\n", 1)
        rest = re.sub(rb"(?im)^connection:[^\r\n]*\r\n", b"", rest)
        return line + b"\r\nConnection: close\r\n" + rest + self.body


class FaultProxy(Struct):
    """Listens on a socket of its own while it is entered as a context."""

    upstream: Path
    requests: list[Request] = field(default_factory=list)
    _rules: list[Rule] = field(default_factory=list)
    _listening: threading.Event = field(default_factory=threading.Event)
    _folder: tempfile.TemporaryDirectory[str] = field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="fp-")
    )
    _thread: threading.Thread | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _handling: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def socket(self) -> Path:
        return Path(self._folder.name) / "docker.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def writes(self) -> list[Request]:
        """The requests that could have changed something."""
        return [request for request in self.requests if request.writes]

    def inject(
        self, fault: Fault, *, method: str = ".*", path: str = "", nth: int = 1, times: int = 1
    ) -> Rule:
        """Makes the nth request fail whose method matches and whose path contains a match."""
        rule = Rule(fault=fault, method=re.compile(method), path=re.compile(path), nth=nth, times=times)
        self._rules.append(rule)
        return rule

    def cut(self) -> None:
        """Ends all connections that are open now, in the middle of whatever they carry."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._cut)

    def _cut(self) -> None:
        for task in self._handling:
            task.cancel()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._listening.wait(5), "the proxy did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._loop is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)
        self._folder.cleanup()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_unix_server(self._accept, self.socket, limit=HEAD_LIMIT)
        self._listening.set()
        await self._stop.wait()
        server.close()
        self._cut()  # some hang, as they were told to
        await asyncio.gather(*self._handling, return_exceptions=True)

    def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.create_task(self._handle(reader, writer))
        self._handling.add(task)  # the loop itself holds tasks only weakly
        task.add_done_callback(self._handling.discard)

    async def _handle(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            exchange = await _read(reader)
            self.requests.append(exchange.request)
            rule = next((rule for rule in self._rules if rule.hit_by(exchange.request)), None)
            exchange.request.fault = rule.fault if rule else None
            await self._answer(exchange, reader, writer)
        except (asyncio.IncompleteReadError, OSError):
            pass  # one of the two hung up, which is what faults are about
        finally:
            await _close(writer)

    async def _answer(self, exchange: _Exchange, reader: StreamReader, writer: StreamWriter) -> None:
        match exchange.request.fault:
            case CutBefore():
                return
            case Hang():
                await reader.read()  # until the caller gives up
                return
            case Refuse(status, message):
                exchange.request.status = status
                writer.write(_refusal(status, message))
                await writer.drain()
                return
            case Delay(seconds):
                await asyncio.sleep(seconds)
            case Call(action):
                await asyncio.to_thread(action)
        await self._forward(exchange, reader, writer)

    async def _forward(self, exchange: _Exchange, reader: StreamReader, writer: StreamWriter) -> None:
        engine_reader, engine_writer = await asyncio.open_unix_connection(self.upstream, limit=HEAD_LIMIT)
        sending: asyncio.Task[None] | None = None
        try:
            engine_writer.write(exchange.to_engine())
            await engine_writer.drain()
            if exchange.streams or exchange.hijacks:
                sending = asyncio.create_task(_pump(reader, engine_writer))
            await _return(exchange, engine_reader, writer)
        finally:
            if sending:
                sending.cancel()
            await _close(engine_writer)


async def _read(reader: StreamReader) -> _Exchange:
    head = await reader.readuntil(END_OF_HEAD)
    line, _, headers = head.decode("latin-1").partition("\r\n")
    method, path, _ = line.split(" ", 2)
    length = re.search(r"^content-length:\s*(\d+)", headers, re.MULTILINE | re.IGNORECASE)
    return _Exchange(
        request=Request(method=method, path=path),
        head=head,
        body=await reader.readexactly(int(length[1])) if length else b"",
        streams=re.search(r"^transfer-encoding:\s*chunked", headers, re.MULTILINE | re.IGNORECASE)
        is not None,
        hijacks=re.search(r"^upgrade:", headers, re.MULTILINE | re.IGNORECASE) is not None,
    )


async def _return(exchange: _Exchange, engine: StreamReader, caller: StreamWriter) -> None:
    head = await engine.readuntil(END_OF_HEAD)
    match exchange.request.fault:
        case CutAfter():
            await engine.read()  # until the engine is done
            return
        case Truncate():
            body = await engine.read()
            caller.write(head + body[: len(body) // 2])
            await caller.drain()
            return
    exchange.request.status = int(head.split(b" ", 2)[1])
    caller.write(head)
    await _pump(engine, caller)


async def _close(writer: StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def _pump(source: StreamReader, target: StreamWriter) -> None:
    while piece := await source.read(1 << 16):
        target.write(piece)
        await target.drain()
    if target.can_write_eof():
        target.write_eof()


def _refusal(status: int, message: str) -> bytes:
    body = json.dumps({"message": message}).encode()
    head = f"HTTP/1.1 {status} Injected\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + body
