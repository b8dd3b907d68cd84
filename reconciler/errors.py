"""What the world did to us. Every error of the SDK becomes one of these, in `engines/sdk.py`.

EngineError
├── Unavailable     no answer, a cut connection, a fault inside the engine: trying again may help
├── Denied          the engine is there, but we may not talk to it
├── NotFound        what a call names does not exist
├── Conflict        the name, address or port is held by something else, or the object is busy
├── Rejected        the engine understood and refuses: asking again gives the same answer
└── Unhealthy       a container did not get where it should: it exited, or its health check failed
"""

from __future__ import annotations


class EngineError(Exception):
    """Something that the engine, or the way to it, did. The text is fit for people."""


class Unavailable(EngineError):
    """No usable answer; what was asked may or may not have been done."""


class Denied(EngineError):
    """The engine's socket may not be opened, or its credentials are wrong."""


class NotFound(EngineError):
    """What a call names does not exist."""


class Conflict(EngineError):
    """Something else is in the way."""


class Rejected(EngineError):
    """The engine refuses what was asked."""


class Unhealthy(EngineError):
    """A container exited or is unhealthy where it should be running."""


class Halted(Exception):  # and no EngineError: nothing went wrong
    """Whoever waits was asked to leave; what was awaited may still come."""
