"""The entry of the script `topo`.

`topo --version` is asked by every wrapper and every bug report, so it is answered before anything heavy
is imported; all else is imported on the way to the command that needs it.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import TYPE_CHECKING

from cli import __version__

if TYPE_CHECKING:
    from cli.recall.recording import Recording


def main() -> None:
    """Runs topo with this process's arguments, streams and environment, and exits with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"topo {__version__}")
        return
    if sys.argv[1:2] == ["plan"]:
        _leave(_planned(sys.argv[1:]))
    else:
        _leave(_performed(sys.argv[1:]))


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


def _leave(code: int) -> None:
    """Exits; what is left in a pipe that nobody reads any more is not worth a traceback."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = code or 1
    sys.exit(code)


if __name__ == "__main__":
    main()
