"""The entry of the script `topo`.

`topo --version` is asked by every wrapper and every bug report, so it is answered before anything heavy
is imported; all else is imported on the way to the command that needs it.
"""

from __future__ import annotations

import gc
import os
import sys

from cli import __version__


def main() -> None:
    """Runs topo with this process's arguments, streams and environment, and exits with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"topo {__version__}")
        return
    gc.set_threshold(100_000, 20, 20)  # a run is short: looking for circles in imports takes 15 ms
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them takes 10 ms
    from cli.run import run
    from cli.world import World

    code = run(sys.argv[1:], World.here())
    _leave(code)


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
