"""A run whose answer may be remembered, and the answer when it is asked for again."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException
from typing import Any, Final, NamedTuple, TextIO, cast

from cli.recall.answers import lasting
from cli.recall.looks import Watch, look
from cli.recall.question import is_worth_it, question
from cli.recall.store import Store, folder
from reconciler.engines.line import Answer, Line

FORMAT: Final = 1
_PARTS: Final = frozenset({"looks", "socket", "answers", "out", "err"})
Heard = Callable[[str, Answer], None]


class Said(NamedTuple):
    """What a run wrote. No struct, as no `Answer` is one: msgspec is not loaded for what is remembered."""

    out: str
    err: str


class _Copied:
    """A stream that keeps what is written to it; for all else it is the stream itself."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.copy = io.StringIO()

    def write(self, text: str) -> int:
        self.copy.write(text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Recording:
    """One run of `topo plan`: what it looks at, what the engine answers, what it says.

    The run itself says by `worth_keeping` that it had nothing to do; nothing else is remembered.
    """

    def __init__(self, store: Store, asked: bytes) -> None:
        self._store = store
        self._asked = asked
        self._watch = Watch()
        self._answers: dict[str, bytes] = {}
        self._socket: str | None = None
        self._is_worth_keeping = False
        self._copies: list[_Copied] = []

    def spoil(self, why: str) -> None:
        """What this run says follows from more than it looked at, such as the clock."""
        self._watch.spoil(why)

    def worth_keeping(self) -> None:
        """There was nothing to do."""
        self._is_worth_keeping = True

    def hears(self, socket: str) -> Heard:
        """What takes down the answers of the engine behind `socket`."""
        self._socket = socket
        return self._heard

    def _heard(self, path: str, answer: Answer) -> None:
        said = lasting(path, answer)
        if self._answers.setdefault(path, said) != said:
            self.spoil(f"{path} was answered in two ways")

    def copying(self, stream: TextIO) -> TextIO:
        """The same stream; what is written there is what was said."""
        self._copies.append(_Copied(stream))
        return cast(TextIO, self._copies[-1])

    def close(self) -> None:
        """Keeps it for the next time, or forgets what was kept. A note that cannot be kept is no fault."""
        said = [each.copy.getvalue() for each in self._copies]
        if len(said) == 2:
            self._close(Said(*said))

    def _close(self, said: Said) -> None:
        digest = self._store.digest
        looks = self._watch.close(digest, self._socket)
        if looks is None or not self._is_worth_keeping or self._socket is None:
            self._store.forget(self._asked)
            return
        note = {
            "format": FORMAT,
            "looks": [[*each, found] for each, found in looks.items()],
            "socket": self._socket,
            "answers": [[path, digest(answer)] for path, answer in self._answers.items()],
            "out": said.out,
            "err": said.err,
        }
        try:
            self._store.write(self._asked, note)
        except OSError:
            return


def recalled(store: Store, asked: bytes) -> Said | None:
    """What was said the last time, if all that it followed from is still so."""
    note = store.read(asked)
    if note is None or note.get("format") != FORMAT or not note.keys() >= _PARTS:
        return None
    try:
        return _still_true(note, store)
    except (OSError, HTTPException, ValueError, TypeError, KeyError):  # no answer, or it is no note of ours
        return None


def _still_true(note: Mapping[str, Any], store: Store) -> Said | None:
    line = Line(note["socket"])
    if all(look(how, path, store.digest) == then for how, path, then in note["looks"]) and all(
        store.digest(lasting(path, line.ask(path))) == then for path, then in note["answers"]
    ):
        return Said(str(note["out"]), str(note["err"]))
    return None


def store_for(arguments: Sequence[str], environ: Mapping[str, str]) -> Store | None:
    """Where the answer to these arguments may be kept; None where it should or can not be."""
    if not is_worth_it(arguments, environ):
        return None
    try:
        return Store(folder())
    except OSError:
        return None


def asked_by(arguments: Sequence[str]) -> bytes | None:
    """The question, or None where it cannot be put: the working folder is gone, say."""
    try:
        return question(arguments)
    except OSError:
        return None
