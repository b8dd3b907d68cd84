"""What containers do by themselves: their processes end, their health checks speak."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from reconciler.engines.daemon import Json
from topology.models import Ready
from topology.secrets import command_line


class Life(Struct, frozen=True, kw_only=True):
    """The course of a container once it is started; times are in seconds from then.

    Attributes:
        exit_code: what its process ends with; None when it runs until it is stopped.
        lasts: how long its process runs, if it ends by itself.
        healthy: what its health check says in the end, if it has one.
        settles: how long its health check takes to say it.
    """

    exit_code: int | None = None
    lasts: float = 0.0
    healthy: bool = True
    settles: float = 0.0


Script: TypeAlias = Callable[[Json], Life]
"""Tells a container's life from its `Config`, image values included."""

_SLEEP: Final = re.compile(r"(sh -c )?sleep \w+")
_EXIT: Final = re.compile(r"exit (\d+)")


def usual(config: Json) -> Life:
    """Knows `true`, `false` and `sh -c "exit N"`; any other program runs on, and is healthy."""
    test = (config.get("Healthcheck") or {}).get("Test") or []
    return Life(
        exit_code=exit_code([*(config["Entrypoint"] or ()), *(config["Cmd"] or ())]),
        healthy=exit_code(["sh", "-c", *test[1:]] if test[:1] == ["CMD-SHELL"] else test[1:]) in {None, 0},
    )


def exit_code(words: Sequence[str]) -> int | None:
    """What a command ends with; None for a program that nothing is known of."""
    if [*words[:2]] == ["sh", "-c"] and len(words) == 3:
        said = _EXIT.fullmatch(words[2])
        return int(said[1]) if said else exit_code(words[2].split())
    return {"true": 0, "false": 1}.get(" ".join(words))


def missing(config: Json, ready: Ready) -> str:
    """What keeps a running container from being ready; see `Look`."""
    if ready.exec is not None:
        code = exit_code(ready.exec)
        return f"{command_line(ready.exec)} ends with {code}" if code else ""
    program = " ".join([*(config["Entrypoint"] or ()), *(config["Cmd"] or ())])
    return f"it sleeps, and so never {ready}" if _SLEEP.fullmatch(program) else ""
