"""The entry of the script `topo`.

`topo --version` is asked by every wrapper and every bug report, so it is answered before anything heavy
is imported; all else is imported on the way to the command that needs it.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from cli import __version__

if TYPE_CHECKING:
    from cli.recall.recording import Recording


def main() -> None:
    """Runs topo with this process's arguments, streams and environment, and exits with its code."""
    _open_what_is_closed()
    try:
        code = _answered(sys.argv[1:])
    except KeyboardInterrupt:  # while something is imported
        code = 130
    except OSError as error:
        code = _unsaid(error)
    _leave(code)


def _open_what_is_closed() -> None:
    """Who closed a stream of ours (`topo status >&-`) does not want it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  # until the end


def _answered(arguments: list[str]) -> int:
    if arguments in (["--version"], ["-V"]):
        print(f"topo {__version__}")
        return 0
    return _planned(arguments) if arguments[:1] == ["plan"] else _performed(arguments)


def _performed(arguments: list[str], recording: Recording | None = None) -> int:
    gc.set_threshold(100_000, 20, 20)  # a run is short: looking for circles in imports takes 15 ms
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them takes 10 ms
    from cli.run import run
    from cli.world import World

    return run(arguments, World.here(recording))


def _planned(arguments: list[str]) -> int:
    """A plan: where the last one found nothing to do and nothing has changed since, it says so again."""
    from cli.recall.recording import Recording, asked_by, recalled, store_for

    store = store_for(arguments, os.environ)
    asked = asked_by(arguments)
    if store is None or asked is None:
        return _performed(arguments)
    if said := recalled(store, asked):
        for stream, text in ((sys.stdout, said.out), (sys.stderr, said.err)):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # as in `World.here`
            stream.write(text)
        return 0
    recording = Recording(store, asked)
    code = _performed(arguments, recording)
    recording.close()
    return code


def _leave(code: int) -> NoReturn:
    """Exits at once: to take apart what was imported would take 40 ms, and no thread has work to finish."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError as error:
        code = code or _unsaid(error)
    os._exit(code)


def _unsaid(error: OSError) -> int:
    """What topo says cannot be written, or else a file of its own cannot be read, which has a name.

    A pipe that nobody reads any more is not worth a word.
    """
    if not isinstance(error, BrokenPipeError):
        what = error.filename or "what topo says cannot be written"
        with suppress(OSError):
            os.write(2, f"error: {what}: {error.strerror}\n".encode())
    return 1


if __name__ == "__main__":
    main()
