"""What packets did, beside what the model says that they do."""

from __future__ import annotations

import enum

from msgspec import Struct

from topology.findings import Path


class Outcome(enum.Enum):
    """What became of a connection that was tried, or of a datagram."""

    ANSWERED = "answered"
    """A program took it."""
    REFUSED = "refused"
    """It got an answer that nobody takes it."""
    DROPPED = "dropped"
    """No answer came, or there is no way to send one."""
    SILENT = "silent"
    """No answer came to a datagram, and whoever listens there need not give one."""
    PAUSED = "paused"
    """The kernel took it for a program that is paused."""
    UNNAMED = "no such name"
    """The name led nowhere, or to somebody else, so there was nothing to connect to."""


class Probed(Struct, frozen=True, kw_only=True):
    """One connection, or one datagram.

    Attributes:
        source, target: the ends as claims call them.
        caller, called: the containers, or `host`.
        through: what was connected to: an address, a name with its address, a published port.
        name: the name that was asked for, if one was.
        model: whether it should get through; None where Docker's rules do not decide it.
        reached: whether a packet got to the called container, listening or not; None where nobody can tell.
        paths: the claims and links in the file that it is about.
    """

    source: str
    target: str
    caller: str
    called: str
    port: int
    protocol: str = "tcp"
    through: str
    name: str = ""
    model: bool | None
    outcome: Outcome
    reached: bool | None
    paths: tuple[Path, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether packets did what the model says, or at least nothing else that anybody can see."""
        return None in {self.model, self.reached} or self.model is self.reached
