"""What goes wrong, told in words: every fault that is not topo's own becomes a report and an exit code."""

from __future__ import annotations

from cli.exits import Exit
from cli.report import Fault
from reconciler.errors import Denied, EngineError
from topology.findings import StackError


class CommandError(Exception):
    """A command cannot do what was asked. `hints` say what was seen and what to do, a line each."""

    def __init__(self, message: str, *hints: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.hints = tuple(filter(None, hints))
        self.code = code


def told(error: Exception) -> Fault | None:
    """The report of a fault that a user can do something about; None for one of topo's own."""
    if isinstance(error, StackError):
        return Fault(code=Exit.FAILED, message="the stack cannot be used", findings=error.findings)
    if isinstance(error, CommandError):
        return Fault(code=error.code, message=error.message, hints=error.hints)
    if isinstance(error, EngineError):
        return Fault(code=Exit.FAILED, message=str(error), hints=_engine_hints(error))
    return None


def _engine_hints(error: EngineError) -> tuple[str, ...]:
    """What to do about what the engine did, where there is anything."""
    if isinstance(error, Denied):
        return ("run as root, or join the group that owns Docker's socket and log in again",)
    return ()
