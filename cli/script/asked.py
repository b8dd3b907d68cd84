"""The values that a script does not hold: who runs it gives them in variables of the shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from itertools import chain, count

from cli.report.script import Ask

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OTHER = re.compile(r"[^A-Za-z0-9]+")


class Asked:
    """Gives each value that is not to be shown the variable that holds it; equal asks share one."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}
        self._asks: dict[str, Ask] = {}

    def __iter__(self) -> Iterator[Ask]:
        return iter(self._asks.values())

    def variable(self, whose: str, name: str, what: str, value: str) -> str:
        """The variable for a value that `whose` has under `name`; another value there has another."""
        key = (f"{whose} {name}", value)
        if key not in self._names:
            self._names[key] = self._free(_OTHER.sub("_", f"{whose}_{name}").strip("_").upper())
            self.own(self._names[key], what)
        return self._names[key]

    def own(self, variable: str, what: str) -> str:
        """A variable that the stack file itself names."""
        self._asks.setdefault(variable, Ask(variable=variable, what=what))
        return variable

    def _free(self, name: str) -> str:
        name = name if _VARIABLE.fullmatch(name) else f"_{name}"
        numbered = (f"{name}_{number}" for number in count(2))
        return next(one for one in chain([name], numbered) if one not in self._asks)


class Hidden(str):
    """A value that the script reads from the variable of this name."""

    __slots__ = ()


def word(*parts: object) -> str:
    """One word of a command from its parts, each as it is or from a variable."""
    written = [read(one) if isinstance(one, Hidden) else shlex.quote(str(one)) for one in parts if str(one)]
    return "".join(written) or "''"


def read(variable: str) -> str:
    """The value of a variable, as a word or a part of one."""
    return f'"${{{variable}}}"'


def handed_over(values: Mapping[str, str]) -> str:
    """What stands before a command so that it finds each value (name → variable) in its environment.

    There nobody else sees it, while the words of a command are in every list of processes. A name that the
    shell cannot assign goes through env(1), which is on show for the moment until it has begun the command.
    """
    plain = [f"{name}={read(at)}" for name, at in values.items() if _VARIABLE.fullmatch(name)]
    odd = [word(f"{name}=", Hidden(at)) for name, at in values.items() if not _VARIABLE.fullmatch(name)]
    return "".join(f"{word} " for word in [*plain, *(["env", *odd] if odd else [])])
