"""Relays: programs that hand each connection on to one port of somebody, and do nothing else.

Ambassadors are made of them. One is known by its command, wherever that stands: in a stack file, in what
`topo config` made of one, or in a container that runs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

PROGRAM = "socat"
_LISTENS = re.compile(r"TCP-LISTEN:\d+,fork,reuseaddr", re.ASCII)
_LEADS = re.compile(r"TCP:([\w.-]+):(\d{1,5})", re.ASCII)


class Relay(Struct, frozen=True, kw_only=True):
    """Where a relay leads: one TCP port of whoever answers to a name."""

    to: str
    port: int


def command(port: str, to: str) -> tuple[str, str]:
    """What the program is told: the port that it listens on is also the one that it leads to."""
    return f"TCP-LISTEN:{port},fork,reuseaddr", f"TCP:{to}:{port}"


def relay(entrypoint: Sequence[str] | None, said: Sequence[str] | None) -> Relay | None:
    """The relay that a container is which is started so; None for any other program."""
    match [*(entrypoint or ()), *(said or ())]:
        case [program, listens, leads] if program == PROGRAM and _LISTENS.fullmatch(listens):
            found = _LEADS.fullmatch(leads)
            return Relay(to=found[1], port=int(found[2])) if found else None
    return None
