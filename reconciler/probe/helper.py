"""Stands in network stacks of an engine on another machine: by a container that lives in each for a moment.

It takes an image on that engine with a shell and busybox's nc and nslookup, and no rights beyond those of
whoever may use the engine: the helpers have no capability and cannot write. They are removed again, also
those that an interrupted probe has left.
"""

from __future__ import annotations

import math
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from shlex import quote
from typing import Final, TypeVar

from reconciler.engines.daemon import Daemon
from reconciler.engines.probing import guest
from reconciler.errors import Conflict, Unavailable
from reconciler.probe import proc
from reconciler.probe.asking import SERVER
from reconciler.probe.packets import PATIENT, QUICK
from reconciler.probe.seam import HOST, Call, Listener, Lookup, Place, Reply
from reconciler.survey import Survey

WITHIN: Final = 60.0
"""Seconds until a helper must have ended."""

AT_A_TIME: Final = 4
"""Helpers that run at once."""

LINES: Final = 100_000
_ENDED: Final = frozenset({"exited", "dead"})

_ADDRESS: Final = re.compile(r"^Address[^:]*:\s*(\d+\.\d+\.\d+\.\d+)$", re.MULTILINE)

Asked = TypeVar("Asked", Call, Lookup)


class HelperProber:
    """Runs a script of a few commands in each network stack."""

    def __init__(self, daemon: Daemon, survey: Survey, image: str) -> None:
        self._daemon = daemon
        self._image = image
        self._sightings = {one.id: one for one in survey.sightings}
        self._tidy()

    @property
    def protocols(self) -> frozenset[str]:
        """See `Prober`. What becomes of a datagram busybox does not tell."""
        return frozenset({"tcp"})

    def listeners(self, places: Iterable[Place]) -> Mapping[Place, frozenset[Listener]]:
        """See `Prober`."""
        said = self._said(dict.fromkeys(places, "cat /proc/net/tcp; echo; cat /proc/net/tcp6"))
        tables = {place: text.partition("\n\n") for place, text in said.items()}
        return {place: proc.listeners({"tcp": tcp, "tcp6": tcp6}) for place, (tcp, _, tcp6) in tables.items()}

    def calls(self, calls: Iterable[Call]) -> Mapping[Call, Reply]:
        """See `Prober`."""
        told = self._told({call: (call.place, _call(call)) for call in calls})
        return {call: _reply(text) for call, text in told.items()}

    def lookups(self, lookups: Iterable[Lookup]) -> Mapping[Lookup, tuple[str, ...]]:
        """See `Prober`."""
        told = self._told({one: (one.place, f"nslookup {quote(one.name)} {SERVER[0]}") for one in lookups})
        return {lookup: _addresses(text) for lookup, text in told.items()}

    def host_addresses(self) -> tuple[str, ...]:
        """See `Prober`."""
        return proc.local_addresses(self._said({HOST: "cat /proc/net/fib_trie"})[HOST])

    def _told(self, commands: Mapping[Asked, tuple[Place, str]]) -> dict[Asked, str]:
        """What each command printed; those of one place run at once, in one helper."""
        by_place: dict[Place, list[tuple[Asked, str]]] = {}
        for asked, (place, command) in commands.items():
            by_place.setdefault(place, []).append((asked, command))
        said = self._said(
            {
                place: " ".join(f"{{ {line} 2>&1 | sed 's/^/{n} /'; }} &" for n, (_, line) in enumerate(some))
                + " wait"
                for place, some in by_place.items()
            }
        )
        found = {}
        for place, some in by_place.items():
            lines = [line.partition(" ") for line in said[place].splitlines()]
            for number, (asked, _) in enumerate(some):
                found[asked] = "\n".join(text for mark, _, text in lines if mark == str(number))
        return found

    def _said(self, scripts: Mapping[Place, str]) -> dict[Place, str]:
        """What each script printed in its place."""
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            return dict(zip(scripts, pool.map(self._run, scripts, scripts.values()), strict=True))

    def _run(self, place: Place, script: str) -> str:
        """What one helper printed; it is gone afterwards, whatever happens."""
        name = f"{guest.PREFIX}{secrets.token_hex(6)}"
        mode = HOST if place == HOST else f"container:{self._holder(place)}"
        command = ("sh", "-c", script)
        self._daemon.create_container(name, guest.body(self._image, mode, command, label="helper"))
        try:
            self._daemon.start(name)
            self._wait(name)
            return self._daemon.last_words(name, LINES)
        finally:
            guest.removed(self._daemon, name)

    def _holder(self, place: Place) -> str:
        """A network stack is joined at the container that made it."""
        one = self._sightings[place]
        while one.shares in self._sightings:
            one = self._sightings[str(one.shares)]
        return one.id

    def _wait(self, name: str) -> None:
        deadline = time.monotonic() + WITHIN
        while self._daemon.container(name)["State"]["Status"] not in _ENDED:
            if time.monotonic() > deadline:
                raise Unavailable(f"probing with {self._image}: it did not end within {WITHIN:.0f} seconds")
            time.sleep(0.1)

    def _tidy(self) -> None:
        """Helpers end by themselves; who was killed could not remove them."""
        for raw in self._daemon.containers():
            if guest.LABEL in (raw.get("Labels") or {}) and raw["State"] in _ENDED:
                with suppress(Conflict):
                    guest.removed(self._daemon, raw["Id"])


def _call(call: Call) -> str:
    """Opens it and sends nothing; if it was kept open, `late` stands before the number of bytes that came."""
    within = math.ceil(PATIENT if call.patient else QUICK)
    connect = f"timeout {within + 2} nc -w {within} {call.address} {call.port}"
    return f"{{ {{ sleep 1; echo late >&2; }} | {connect} | wc -c; }}"


def _reply(text: str) -> Reply:
    """In the words of busybox, which says nothing where all went well.

    Raises:
        Unavailable: they are the words of something else.
    """
    if "refused" in text:
        return Reply.REFUSED
    if "timed out" in text or "unreachable" in text or "can't connect" in text:
        return Reply.SILENCE
    words = text.split()
    if sorted(words)[-1:] != ["late"] or not all(one == "late" or one.isdecimal() for one in words):
        said = " ".join(words)[:200]
        raise Unavailable(f"probing by a helper: nc of busybox would not say {said!r}")
    return Reply.HUNG_UP if words[0] == "0" else Reply.TAKEN


def _addresses(text: str) -> tuple[str, ...]:
    """Behind `Name:` in what nslookup prints; the server's own address stands before."""
    return tuple(_ADDRESS.findall(text.partition("Name:")[2]))
