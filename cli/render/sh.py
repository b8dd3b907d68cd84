"""A plan as a script for a POSIX shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from cli.render.cells import visible
from cli.render.ink import Look
from cli.report.script import Ask, Script


def text(report: Script, _look: Look) -> str:
    """The script; what is in the way of the plan makes one that says so and fails."""
    parts = [_head(report), *report.functions, *_commands(report)]
    return "\n\n".join(parts)


def _head(report: Script) -> str:
    lines = ["#!/bin/sh", f"# {_line(f'What topo apply would do to {report.stack} on {report.engine}')}."]
    lines += [
        "# It takes no lock, remembers nothing for topo rollback, and does one thing after another.",
    ]
    if report.asks:
        lines += [
            "# Values that are nobody's business are not in it. Write each as NAME='value' into a file, and:",
            "#     set -a; . ./FILE; set +a; sh SCRIPT",
        ]
    return "\n".join([*lines, "set -eu", *map(_ask, report.asks)])


def _ask(ask: Ask) -> str:
    return f': "${{{ask.variable}?{_told(ask.what)}}}"'


def _told(what: str) -> str:
    """Words that may stand between double quotes."""
    return "".join(sign for sign in _line(what) if sign not in '"$`\\}')


def _commands(report: Script) -> Iterator[str]:
    for one in report.obstacles:
        lines = [f"# {_line(f'in the way: {one.address}: {one.message}')}", f"#   {_line(one.mend)}"]
        yield "\n".join(lines)
    if report.obstacles:
        yield f"echo {shlex.quote('this plan cannot be carried out')} >&2\nexit 1"
    elif not report.commands:
        yield "# nothing to do"
    for each in report.commands:
        yield "\n".join([f"# {_line(each.title)}", *each.lines])


def _line(words: str) -> str:
    """Text that stays in a comment."""
    return visible(" ".join(words.split()))
