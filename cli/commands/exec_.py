"""`topo exec`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import EngineOptions, OutputOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.said import Said
    from reconciler.engines.console import Streams

CONTEXT = {"allow_interspersed_args": False}
"""What follows the service is the command's own."""


@dataclass(frozen=True, kw_only=True)
class ExecOptions(StackOptions, EngineOptions, OutputOptions):
    """The arguments and flags of `topo exec`."""

    service: Annotated[
        str,
        typer.Argument(
            metavar="SERVICE", help="Its first container; SERVICE[2] is another.", show_default=False
        ),
    ]
    command: Annotated[
        list[str], typer.Argument(metavar="COMMAND...", help="What to run there.", show_default=False)
    ]
    no_tty: Annotated[
        bool, typer.Option("-T", "--no-tty", help="Without a terminal, even where there is one.")
    ] = False
    user: Annotated[str, typer.Option("-u", "--user", metavar="USER", help="As whom.")] = ""


def exec_(options: ExecOptions, world: World) -> Said:
    """Run a command in a container of a service.

    With what is typed, and with a terminal where there is one. Exits with the command's own code.
    """
    from cli.faults import CommandError
    from cli.networking import units_of
    from cli.report.said import Said
    from cli.wiring import console, loaded, watched
    from reconciler.expand import expand
    from reconciler.state import Status

    read = loaded(options, world)
    reader = watched(options, world, read.stack.engine).reader
    desired = expand(read.stack, reader.traits, reader.contents(read.stack))
    running = [unit for unit in units_of(desired, options.service, reader) if unit.status is Status.RUNNING]
    if not running:
        raise CommandError(f"no container of {options.service} runs", f"see: topo status {options.service}")
    unit = min(running, key=lambda one: one.address.order)
    tty = not options.no_tty and world.stdin.isatty() and world.stdout.isatty()
    engine = console(options, world)
    with _raw(world, tty=tty), _resized(tty=tty) as resized:
        streams = _streams(world, resized)
        code = engine.run(unit.id, options.command, tty=tty, user=options.user, streams=streams)
    return Said(code=code)


def _streams(world: World, resized: int | None) -> Streams:
    """Those of this process; where tests have their own, nothing is typed."""
    from reconciler.engines.console import Streams

    return Streams(
        source=_descriptor(world.stdin),
        out=_to(world.stdout),
        err=_to(world.stderr),
        size=None if resized is None else partial(_size, world.stdout.fileno()),
        resized=resized,
    )


def _size(descriptor: int) -> tuple[int, int]:
    columns, rows = os.get_terminal_size(descriptor)
    return rows, columns


@contextmanager
def _resized(*, tty: bool) -> Iterator[int | None]:
    """A file descriptor that can be read whenever the terminal has another size; None where there is none.

    It can be read after every signal, at once: one that comes just as we begin to wait is not slept through.
    """
    import signal

    number = getattr(signal, "SIGWINCH", None)
    if not tty or number is None:
        yield None
        return
    told, teller = os.pipe()
    os.set_blocking(teller, False)
    woken = signal.set_wakeup_fd(teller, warn_on_full_buffer=False)
    before = signal.signal(number, lambda *_: None)
    try:
        yield told
    finally:
        signal.signal(number, before)
        signal.set_wakeup_fd(woken)
        os.close(told)
        os.close(teller)


def _descriptor(stream: Any) -> int | None:
    try:
        return int(stream.fileno())
    except (OSError, ValueError, AttributeError):
        return None


def _to(stream: Any) -> Any:
    """Bytes go as they are; a stream of text gets what they mean."""

    def write(data: bytes) -> None:
        if hasattr(stream, "buffer"):
            stream.buffer.write(data)
        else:
            stream.write(data.decode(errors="replace"))
        stream.flush()

    return write


@contextmanager
def _raw(world: World, *, tty: bool) -> Iterator[None]:
    """Each key goes to the container as it is pressed, Ctrl-C as well; who ends us gets his terminal back."""
    if not tty or os.name != "posix":
        yield
        return
    import signal
    import termios
    import tty as terminal

    descriptor = world.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def end(number: int, _frame: object) -> None:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    handlers = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    terminal.setraw(descriptor)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        sys.stdout.flush()
