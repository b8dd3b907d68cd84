"""One run of topo: arguments in, exit code out, and no traceback for what a user can do something about."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Sequence
from typing import Any, Final

import typer

from cli.app import build
from cli.exits import Exit
from cli.world import World

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def run(arguments: Sequence[str], world: World) -> int:
    """Performs the command that `arguments` name and returns what to tell the shell.

    Raises:
        OSError: there is no room for what it says.
    """
    try:
        code: int | None = build(arguments).main(
            args=list(arguments) or ["--help"], prog_name="topo", standalone_mode=False, obj=world
        )
    except (KeyboardInterrupt, typer.Abort):
        return Exit.INTERRUPTED
    except BrokenPipeError:
        return Exit.FAILED
    except OSError as error:
        if error.errno in _FULL:
            raise
        return _ended(error, world)
    except Exception as error:  # the last line of defence: a person sees a sentence, not our stack
        return _ended(error, world)
    return code or Exit.DONE


def _ended(error: Exception, world: World) -> Exit:
    """A run that no command ended: topo was called in a way it does not know, or it is at fault itself."""
    ink = world.ink(world.stderr)
    if _is_misuse(error):
        print(f"{ink.error('error')}: {_misuse(error)}", file=world.stderr)
        return Exit.FAILED
    kind = type(error).__name__
    print(f"{ink.error('error')}: this is a bug in topo: {kind}: {error}", file=world.stderr)
    if world.environ.get("TOPO_DEBUG"):
        traceback.print_exception(error, file=world.stderr)
    else:
        print("  = run it again with TOPO_DEBUG=1 to see where, and please report it", file=world.stderr)
    return Exit.FAILED


def _is_misuse(error: Exception) -> bool:
    """Whether the command line is at fault. By name, because newer typers carry a click of their own."""
    return any(kind.__name__ == "ClickException" for kind in type(error).__mro__)


def _misuse(error: Any) -> str:
    message = error.format_message().rstrip(".").replace("Value error, ", "")
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "topo"
    return f"{message}\n  = see: {path} --help"
