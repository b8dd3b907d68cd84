"""What surrounds a command: streams, environment, directory. Passed in, so that tests have their own."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct

from cli.render.ink import Ink

if TYPE_CHECKING:
    from cli.recall.recording import Recording


def browse(url: str) -> bool:
    """Opens the user's browser; False where there is none."""
    import webbrowser

    return webbrowser.open(url)


class World(Struct, frozen=True, kw_only=True):
    """The process around a command. Results go to `stdout`; progress, questions and faults to `stderr`."""

    environ: Mapping[str, str]
    directory: Path
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    browse: Callable[[str], bool] = browse
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    recording: Recording | None = None

    def now(self) -> datetime:
        """The time; what follows from it is not remembered."""
        if self.recording is not None:
            self.recording.spoil("it looked at the clock")
        return self.clock()

    @classmethod
    def here(cls, recording: Recording | None = None) -> World:
        """This process. What its terminal's alphabet lacks is shown as a question mark, not as a fault."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        return cls(
            environ=os.environ,
            directory=Path.cwd(),
            stdin=sys.stdin,
            stdout=recording.copying(sys.stdout) if recording else sys.stdout,
            stderr=recording.copying(sys.stderr) if recording else sys.stderr,
            recording=recording,
        )

    def ink(self, stream: TextIO, *, plain: bool = False) -> Ink:
        """The colours to use on `stream`: none when asked `plain`, or where nobody would see them."""
        return Ink(not plain and wants_colour(self.environ, is_terminal=stream.isatty()))

    @property
    def is_interactive(self) -> bool:
        """Whether somebody is there to read a question and answer it."""
        return self.stdin.isatty() and self.stderr.isatty()

    @property
    def is_live(self) -> bool:
        """Whether lines on stderr can be drawn over."""
        return self.stderr.isatty() and self.environ.get("TERM") != "dumb"

    @property
    def width(self) -> int:
        """Columns of the terminal, 80 where there is none."""
        return shutil.get_terminal_size((80, 24)).columns


def wants_colour(environ: Mapping[str, str], *, is_terminal: bool) -> bool:
    """NO_COLOR beats FORCE_COLOR and CLICOLOR_FORCE, which beat a stream that is not a terminal."""
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in {"", "0"} for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return is_terminal and environ.get("TERM") != "dumb"
