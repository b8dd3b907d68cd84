"""Variables and commands of a container. A word of a command that is a secret is read from a variable."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from typing import Final

from topology.export.kubernetes.case import Case, Object
from topology.export.kubernetes.contents import Contents, is_kept
from topology.export.kubernetes.notes import OTHERWISE, UNSAID
from topology.findings import Path
from topology.peers import variables
from topology.secrets import masked, secret_words

_VARIABLE: Final = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_EXPANDED: Final = re.compile(r"\$(?=[$(])")


def literal(text: str) -> str:
    """Text in which Kubernetes finds no variable: it reads `$(NAME)`, and `$$` as a dollar."""
    return _EXPANDED.sub("$$", text)


class Variables:
    """The variables of one container as they add up."""

    def __init__(self, case: Case, contents: Contents, name: str) -> None:
        self._case, self._contents, self._name = case, contents, name
        self._holder = f"{case.names[name]}-environment"
        self._from: set[str] = set()
        self._listed: list[Object] = []
        self._known = set(case.service(name).environment)

    def of_file(self) -> None:
        """What the stack file gives, that of its links included."""
        path: Path = ("services", self._name, "environment")
        given = {
            **variables(self._name, self._case.stack.services),
            **self._case.service(self._name).environment,
        }
        for key, value in given.items():
            if not _VARIABLE.fullmatch(key):
                message = f"no variable can be called {key} in Kubernetes, as in {self._name}"
                self._case.notes.warn(UNSAID, message, (*path, key))
            elif key in self._case.service(self._name).from_files or is_kept(key, value):
                self._keep(key, key, value)
            else:
                self._from.add(self._contents.put(self._holder, key, value.encode(), kept=False).name)

    def words(self, field: str, words: Iterable[str]) -> list[str]:
        """The words of a command; one with a secret in it becomes a variable, which Kubernetes fills in."""
        listed = [*words]
        secret = secret_words(listed)
        return [
            f"$({self._hidden(field, at, word)})" if at in secret else literal(word)
            for at, word in enumerate(listed)
        ]

    def script(self, field: str, test: tuple[str, ...]) -> list[str]:
        """What a probe runs. In it no variable is filled in but by a shell, so a secret needs one."""
        kind, *words = test
        if kind == "CMD-SHELL":
            text = " ".join(words)
            if masked(text) == text and not secret_words(_split(text)):
                return ["/bin/sh", "-c", literal(text)]
        elif not secret_words(words):
            return [literal(word) for word in words]
        else:
            text = shlex.join(words)
        path: Path = ("services", self._name, field)
        message = f"the {field} of {self._name} has a secret in it, so a shell reads it from a variable"
        self._case.notes.note(OTHERWISE, message, path)
        variable = self._hidden(field, 0, text)
        return ["/bin/sh", "-c", f'eval "${variable}"']

    def source(self) -> tuple[list[Object], list[Object]]:
        """`envFrom` and `env`."""
        return [{"configMapRef": {"name": name}} for name in sorted(self._from)], self._listed

    def names(self) -> Iterator[str]:
        """The ConfigMaps that they come from."""
        return iter(sorted(self._from))

    def _hidden(self, field: str, at: int, value: str) -> str:
        variable = f"{field.upper()}_{at}"
        while variable in self._known:
            variable = f"_{variable}"
        self._known.add(variable)
        self._keep(variable, variable, value)
        return variable

    def _keep(self, variable: str, key: str, value: str) -> None:
        source = self._contents.put(self._holder, key, value.encode(), kept=True)
        reference = {"name": source.name, "key": source.key}
        self._listed.append({"name": variable, "valueFrom": {"secretKeyRef": reference}})


def _split(text: str) -> list[str]:
    """The words of a line as far as it has some: a shell's line may have more to it."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
