"""Looks at a container's ports from inside its network namespace, where a small container runs for that time.

It reads who listens from the kernel's tables: no connection is made, so no server counts one that says
nothing. A page is asked for with a real request. The small container may do nothing else, ends by itself if
nobody ends it, and is in no network of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Protocol

from reconciler.engines.daemon import Json
from reconciler.engines.probing import guest
from reconciler.engines.probing.here import judged
from reconciler.errors import EngineError, NotFound, Unhealthy
from topology.models import HttpProbe, Ready

_TABLES: Final = ("cat", "/proc/net/tcp", "/proc/net/tcp6")
_LISTENING: Final = re.compile(r"^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A ", re.MULTILINE)
_LOOPBACK: Final = re.compile(r"[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F")
"""127.0.0.0/8, ::1 and ::ffff:127.0.0.0/104, as the tables write them (on processors of either order)."""

_STATUS: Final = re.compile(r"HTTP/\d(?:\.\d)? (\d{3})")
_ASK: Final = r"""
f=/ask/$$; mkfifo $f
{ printf 'GET %s HTTP/1.0\r\nHost: localhost\r\nUser-Agent: topo\r\n\r\n' "$1"; exec sleep 4; } >$f &
nc "$2" "$3" <$f | head -n 1
kill $!; rm -f $f
"""
"""The request stays open until there is an answer: some servers take its end for a client that left."""


class Host(Protocol):
    """The calls that it takes."""

    def pull(self, reference: str, platform: str | None = None) -> None:
        """See `Daemon`."""

    def create_container(self, name: str, body: Json, platform: str | None = None) -> None:
        """See `Daemon`."""

    def start(self, container: str) -> None:
        """See `Daemon`."""

    def execute(self, container: str, command: Sequence[str]) -> tuple[int, str]:
        """See `Daemon`."""

    def remove_container(self, container: str, *, volumes: bool) -> None:
        """See `Daemon`."""


class Beside:
    """A container beside another one, which begins with the first look."""

    def __init__(self, host: Host, container: str, ready: Ready) -> None:
        self._host = host
        self._ready = ready
        self._name = f"{guest.PREFIX}{container[:63]}"
        self._run = ""

    def look(self, raw: Json) -> str:
        """What is missing, "" for nothing.

        Raises:
            Unhealthy: the image to look with is not there, and cannot be had.
        """
        if self._run != (run := str(raw["State"]["StartedAt"])):
            self._begin(raw)
            self._run = run
        if self._ready.http is not None:
            return self._page(self._ready.http, raw)
        _, said = self._host.execute(self._name, _TABLES)
        return _listened(said, self._ready.tcp or 0, alone=not _address(raw))

    def close(self) -> None:
        """Ends it; one that never began is fine."""
        if self._run:
            self._run = ""
            with suppress(EngineError):
                guest.removed(self._host, self._name)

    def _begin(self, raw: Json) -> None:
        """One that is there already saw an earlier run, or was left by somebody who was killed."""
        body = _body(self._ready, self._name, raw)
        guest.removed(self._host, self._name)
        try:
            self._host.create_container(self._name, body)
        except NotFound:
            self._fetch(body["Image"])
            self._host.create_container(self._name, body)
        self._run = "made"  # from here on there is something to remove
        self._host.start(self._name)

    def _fetch(self, image: str) -> None:
        try:
            self._host.pull(image)
        except EngineError as error:
            raise Unhealthy(
                f"nobody can see whether it {self._ready}: that takes the image {image} on the engine\n"
                f"{error}\n"
                "bring it there (docker pull, docker load), or name one with sh, cat and nc as ready.image"
            ) from error

    def _page(self, asked: HttpProbe, raw: Json) -> str:
        where = (asked.path, _address(raw) or "127.0.0.1", str(asked.port))
        _, said = self._host.execute(self._name, ("timeout", "5", "sh", "-c", _ASK, "sh", *where))
        status = _STATUS.search(said)
        if status is None:
            return f"port {asked.port} does not answer"
        return judged(int(status[1]), asked.port, asked.path)


def _body(ready: Ready, name: str, raw: Json) -> Json:
    image = ready.image if re.search(r"[:@][^/]*$", ready.image) else f"{ready.image}:latest"
    return guest.body(
        image,
        guest.within(str(raw["HostConfig"]["NetworkMode"]), str(raw["Id"])),
        ("sleep", str(round(ready.within) + 60)),
        label=name,
        host={"AutoRemove": True, "Tmpfs": {"/ask": "mode=1777,size=64k"}},
        User="65534",
        StopSignal="SIGKILL",
    )


def _address(raw: Json) -> str:
    """An address that others know the container by; "" for one that has only the loopback or its host's."""
    found = (
        one.get("IPAddress") or one.get("GlobalIPv6Address")
        for one in raw["NetworkSettings"]["Networks"].values()
    )
    return next((one for one in found if one), "")


def _listened(tables: str, port: int, *, alone: bool) -> str:
    """Whether somebody listens where others can reach it; who is on no network has only itself."""
    found = {at for at, number in _LISTENING.findall(tables) if int(number, 16) == port}
    if not found:
        return f"nothing listens on port {port}"
    if not alone and all(_LOOPBACK.fullmatch(at) for at in found):
        return f"port {port} is open on its loopback only, where no other container can reach it"
    return ""
