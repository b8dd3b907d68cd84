"""Connections and name lookups from any network namespace, all at once, by one process."""

from __future__ import annotations

import errno
import select
import socket
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from reconciler.probe import asking
from reconciler.probe.namespaces import netns
from reconciler.probe.seam import Call, Lookup, Place, Reply

QUICK, PATIENT = 1.3, 3.5
"""Seconds to wait for an answer, and where one must come: a lost first packet is sent again after one."""

AFTERWARDS = 0.4
"""Seconds in which whoever took a connection for somebody else hangs up, once nobody is there."""

MOST = 400
"""So many connections are open at a time."""


def called(calls: Iterable[Call], namespaces: Mapping[Place, Path]) -> dict[Call, Reply]:
    """What each call got."""
    wanted = list(dict.fromkeys(calls))
    found: dict[Call, Reply] = {}
    for at in range(0, len(wanted), MOST):
        found |= _together(wanted[at : at + MOST], namespaces, QUICK)
    silent = [call for call in wanted if call.patient and found[call] is Reply.SILENCE]
    for at in range(0, len(silent), MOST):
        found |= _together(silent[at : at + MOST], namespaces, PATIENT)
    return found


def _together(calls: list[Call], namespaces: Mapping[Place, Path], within: float) -> dict[Call, Reply]:
    found = dict.fromkeys(calls, Reply.SILENCE)
    trying: dict[socket.socket, Call] = {}
    taken: dict[socket.socket, Call] = {}
    try:
        for place, some in by_place(calls).items():
            with netns(namespaces[place]):
                for call in some:
                    _begin(call, trying, found)
        deadline = time.monotonic() + within
        for caller in ready(trying, select.POLLOUT, deadline):
            call = trying[caller]
            found[call] = _reply(caller.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
            if found[call] is Reply.TAKEN and call.door:
                taken[caller] = call
        for caller in ready(taken, select.POLLIN, time.monotonic() + AFTERWARDS):
            if _hung_up(caller):
                found[taken[caller]] = Reply.HUNG_UP
    finally:
        for caller in trying:
            caller.close()
    return found


def by_place(calls: Iterable[Call]) -> dict[Place, list[Call]]:
    """The calls of each place."""
    found: dict[Place, list[Call]] = {}
    for call in calls:
        found.setdefault(call.place, []).append(call)
    return found


def _begin(call: Call, trying: dict[socket.socket, Call], found: dict[Call, Reply]) -> None:
    family = socket.AF_INET6 if ":" in call.address else socket.AF_INET
    caller = socket.socket(family, socket.SOCK_STREAM)
    caller.setblocking(False)
    number = caller.connect_ex((call.address, call.port))
    if number in {0, errno.EINPROGRESS}:
        trying[caller] = call
    else:
        found[call] = _reply(number)
        caller.close()


def ready(callers: Mapping[socket.socket, Call], what: int, deadline: float) -> list[socket.socket]:
    """Those of which something is known by the deadline."""
    by_number = {caller.fileno(): caller for caller in callers}
    poll = select.poll()
    for number in by_number:
        poll.register(number, what)
    found = []
    while by_number and (left := deadline - time.monotonic()) > 0:
        for number, _ in poll.poll(left * 1000):
            poll.unregister(number)
            found.append(by_number.pop(number))
    return found


def _reply(number: int) -> Reply:
    if number == 0:
        return Reply.TAKEN
    return Reply.REFUSED if number == errno.ECONNREFUSED else Reply.SILENCE


def _hung_up(caller: socket.socket) -> bool:
    """Closed without a word; what a program says by itself is not looked at."""
    try:
        return caller.recv(1) == b""
    except OSError:
        return True


def looked_up(
    lookups: Iterable[Lookup], namespaces: Mapping[Place, Path], within: float = 3.0
) -> dict[Lookup, tuple[str, ...]]:
    """What the engine's name server says for each name."""
    found: dict[Lookup, tuple[str, ...]] = dict.fromkeys(lookups, ())
    asking_now: dict[int, tuple[socket.socket, Lookup]] = {}
    poll = select.poll()
    for lookup in found:
        with netns(namespaces[lookup.place]):
            asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with suppress(OSError):
            asker.connect(asking.SERVER)
            asker.send(asking.question(lookup.name))
        asking_now[asker.fileno()] = (asker, lookup)
        poll.register(asker, select.POLLIN)
    deadline = time.monotonic() + within
    while asking_now and (left := deadline - time.monotonic()) > 0:
        for number, _ in poll.poll(left * 1000):
            asker, lookup = asking_now.pop(number)
            poll.unregister(number)
            with suppress(OSError):
                found[lookup] = asking.addresses(asker.recv(4096))
            asker.close()
    for asker, _ in asking_now.values():
        asker.close()
    return found
