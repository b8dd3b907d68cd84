"""topo in this process, with streams of its own, and as a process of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from cli.run import run
from cli.world import World

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Ran(Struct, frozen=True):
    """What a run of topo left."""

    code: int
    out: str
    err: str


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def world(
    directory: Path, *, stdin: str = "", environ: Mapping[str, str] | None = None, terminal: bool = False
) -> World:
    """A world without environment, and without a terminal unless asked for."""
    stream = Terminal if terminal else io.StringIO
    return World(
        environ={"HOME": str(directory), **(environ or {})},
        directory=directory,
        stdin=stream(stdin),
        stdout=stream(),
        stderr=stream(),
        clock=lambda: NOW,
    )


def topo(
    directory: Path,
    *arguments: str,
    stdin: str = "",
    environ: Mapping[str, str] | None = None,
    terminal: bool = False,
) -> Ran:
    """Runs a command in this process."""
    around = world(directory, stdin=stdin, environ=environ, terminal=terminal)
    code = run(arguments, around)
    assert isinstance(around.stdout, io.StringIO)
    assert isinstance(around.stderr, io.StringIO)
    return Ran(code, around.stdout.getvalue(), around.stderr.getvalue())


def topo_on(url: str, directory: Path, *arguments: str) -> Ran:
    """Runs a command in this process on a real engine."""
    return topo(directory, *arguments, environ={"DOCKER_HOST": url})


def process(directory: Path, *arguments: str, stdin: str = "", **environ: str) -> Ran:
    """Runs a command as a process, in an environment that nobody else has a hand in."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=directory,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**kept, "HOME": str(directory), "PYTHONPATH": os.pathsep.join(sys.path), **environ},
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
