"""A command written as one string → its words, as Compose splits it.

Nearly what a shell would do, and that is the trap: no shell ever reads it. Where one would start a pipe, a
second command or a redirection, Compose stops and drops the rest without a word; `cut` is for saying so.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from topology.units import Misfit

_OPERATORS = ";&|<>"


def words(text: str) -> tuple[str, ...]:
    """The words of a command line.

    Raises:
        Misfit: a quote or parenthesis is not closed.
    """
    return tuple(_read(text).words)


def cut(text: str) -> str:
    """What follows the last word that counts, from the operator on; empty when all of it counts."""
    try:
        return _read(text).rest
    except Misfit:
        return ""


class _Line(Struct):
    words: list[str] = field(default_factory=list)
    word: str = ""
    begun: bool = False
    quote: str = ""
    rest: str = ""

    def end_word(self) -> None:
        if self.begun:
            self.words.append(self.word)
        self.word, self.begun = "", False

    def add(self, character: str) -> None:
        self.word += character
        self.begun = True


def _read(text: str) -> _Line:
    line = _Line()
    characters = iter(enumerate(text))
    for at, character in characters:
        if character == "\\" and line.quote != "'":
            line.add(_escaped(characters))
        elif line.quote:
            _quoted(line, character)
        elif character in _OPERATORS:
            line.rest = text[at:]
            _forget_descriptor(line, character)
            break
        else:
            _bare(line, character)
    if line.quote:
        raise Misfit("must have its quotes closed", label=f"no closing {line.quote}")
    line.end_word()
    return line


def _escaped(characters: Iterator[tuple[int, str]]) -> str:
    _, character = next(characters, (0, ""))
    if not character:
        raise Misfit("must not end in a backslash")
    return character


def _quoted(line: _Line, character: str) -> None:
    """Inside quotes, backticks or `$(…)`; the latter two stay as they are, for whoever runs the command."""
    if character != line.quote:
        line.add(character)
        return
    line.quote = ""
    line.begun = True
    if character in "`)":
        line.add(character)


def _bare(line: _Line, character: str) -> None:
    if character in " \t\r\n":
        line.end_word()
    elif character in "'\"":
        line.quote, line.begun = character, True
    elif character == "`":
        line.quote = character
        line.add(character)
    elif character == "(" and line.word.endswith("$"):
        line.quote = ")"
        line.add(character)
    elif character in "()":
        raise Misfit("must have parentheses in quotes")
    else:
        line.add(character)


def _forget_descriptor(line: _Line, operator: str) -> None:
    """The 2 of `2>` belongs to the redirection."""
    if operator == ">" and line.word[:1].isdigit():
        line.word, line.begun = "", False
