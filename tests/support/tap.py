"""A strict reader of TAP 14, written from https://testanything.org/tap-version-14-specification.html."""

from __future__ import annotations

import re
from typing import Any

import yaml
from msgspec import Struct, field

_POINT = re.compile(
    r"(?P<not>not )?ok (?P<number>\d+)(?: - (?P<name>.*?))?(?: # (?P<directive>(?i:todo|skip)\b.*))?"
)
_PLAN = re.compile(r"1\.\.(?P<count>\d+)(?: # .*)?")


class Point(Struct):
    """One test point as a harness sees it."""

    ok: bool
    name: str
    directive: str = ""
    diagnostics: dict[str, Any] = field(default_factory=dict)


class Run(Struct):
    """A whole stream."""

    points: list[Point] = field(default_factory=list)
    planned: int | None = None
    bailed_out: str = ""

    @property
    def passed(self) -> bool:
        """Whether a harness would say so: a TODO may fail."""
        complete = self.planned == len(self.points) and not self.bailed_out
        return complete and all(
            point.ok or point.directive.lower().startswith("todo") for point in self.points
        )


def read(text: str) -> Run:
    """The stream that `text` is. Fails on the first line that TAP 14 does not know."""
    lines = iter(text.splitlines())
    assert next(lines) == "TAP version 14"
    run = Run()
    for line in lines:
        if plan := _PLAN.fullmatch(line):
            assert run.planned is None, "two plans"
            run.planned = int(plan["count"])
        elif point := _POINT.fullmatch(line):
            assert int(point["number"]) == len(run.points) + 1, f"out of order: {line}"
            name = re.sub(r"\\([#\\])", r"\1", point["name"] or "")
            run.points.append(Point(ok=not point["not"], name=name, directive=point["directive"] or ""))
        elif line == "  ---":
            run.points[-1].diagnostics = _block(lines)
        elif line.startswith("Bail out!"):
            run.bailed_out = line.removeprefix("Bail out!").strip()
        else:
            assert not line or line.startswith("#"), f"not TAP: {line}"
    return run


def _block(lines: Any) -> dict[str, Any]:
    found = []
    for line in lines:
        if line == "  ...":
            break
        assert line.startswith("  "), f"not indented: {line}"
        found.append(line[2:])
    read: dict[str, Any] = yaml.safe_load("\n".join(found))
    return read
