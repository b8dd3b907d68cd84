"""What is asked of topo, as bytes that are other bytes when another answer may be right."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cli import __version__


def is_worth_it(arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether this may be the question after a plan that has an answer to remember.

    What comes by standard input cannot be looked at again, and `TOPO_NO_CACHE` switches all of it off.
    """
    piped = any(each == "-" or each.endswith("=-") or each.startswith("-f-") for each in arguments)
    return list(arguments[:1]) == ["plan"] and not piped and not environ.get("TOPO_NO_CACHE")


def question(arguments: Sequence[str]) -> bytes:
    """The arguments with all that this process has around it, files and engine apart."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return json.dumps(
        [
            list(arguments),
            os.getcwd(),
            sorted(os.environ.items()),
            [[each.isatty(), each.encoding] for each in streams],
            _width(),
            [os.geteuid(), os.getegid(), sorted(os.getgroups())],
            [__version__, sys.version, sys.prefix, list(_program())],
        ]
    ).encode(errors="surrogateescape")


def _width() -> int:
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 0
    except (OSError, ValueError):
        return 0


def _program() -> Iterator[int]:
    """When our sources and what is installed beside them changed last, in nanoseconds."""
    home = Path(__file__).resolve().parents[2]
    yield home.stat().st_mtime_ns
    for package in ("cli", "reconciler", "topology"):
        yield max(_changes(home / package))


def _changes(folder: Path) -> Iterator[int]:
    for entry in os.scandir(folder):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _changes(Path(entry.path))
        elif entry.name.endswith(".py"):
            yield entry.stat().st_mtime_ns
    yield 0
