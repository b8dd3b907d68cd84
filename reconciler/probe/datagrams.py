"""Empty datagrams from any network namespace, and what comes back: an answer, a refusal, or nothing.

Nothing comes back where the datagram was dropped, and where whoever got it has no reason to answer.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from reconciler.probe.namespaces import netns
from reconciler.probe.packets import by_place, ready
from reconciler.probe.seam import Call, Place, Reply

QUICK, PATIENT = 2, 4
"""How often each is sent: one may be lost, and a kernel refuses only so many in a second."""

BETWEEN = 1.1
"""Seconds to wait for what comes back, longer than a kernel takes to refuse once more."""


def sent(calls: Iterable[Call], namespaces: Mapping[Place, Path]) -> dict[Call, Reply]:
    """What each datagram led to."""
    found = dict.fromkeys(calls, Reply.SILENCE)
    for number in range(PATIENT):
        silent = [call for call, reply in found.items() if reply is Reply.SILENCE]
        left = [call for call in silent if call.patient or number < QUICK]
        if left:
            found |= _together(left, namespaces)
    return found


def _together(calls: list[Call], namespaces: Mapping[Place, Path]) -> dict[Call, Reply]:
    found = {}
    with ExitStack() as opened:
        senders: dict[socket.socket, Call] = {}
        for place, some in by_place(calls).items():
            with netns(namespaces[place]):
                for call in some:
                    senders[opened.enter_context(_sender(call))] = call
        for sender in ready(senders, select.POLLIN, time.monotonic() + BETWEEN):
            found[senders[sender]] = _reply(sender)
    return found


def _sender(call: Call) -> socket.socket:
    """It has sent; where there is no way to do so, nothing will come back."""
    sender = socket.socket(socket.AF_INET6 if ":" in call.address else socket.AF_INET, socket.SOCK_DGRAM)
    sender.setblocking(False)
    with suppress(OSError):
        sender.connect((call.address, call.port))
        sender.send(b"")
    return sender


def _reply(sender: socket.socket) -> Reply:
    try:
        sender.recv(1)
    except ConnectionRefusedError:
        return Reply.REFUSED
    except OSError:
        return Reply.SILENCE
    return Reply.TAKEN
