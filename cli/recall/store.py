"""Where notes are kept: `$XDG_CACHE_HOME/topo/plans`, for its owner alone.

A note holds no value, only digests, and these are keyed: whoever gets hold of a note, but not of the key
beside it, cannot try out what a weak password may have been.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

MOST: Final = 100
"""Notes that are kept; the oldest go first."""


class Store:
    """The notes of one user."""

    def __init__(self, folder: Path) -> None:
        """Makes the folder and the key where there are none.

        Raises:
            OSError: it may not, or somebody else could write there.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
        if found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise PermissionError(f"{folder} is not ours alone")
        self._folder = folder
        self._key = self._keyed()

    def digest(self, content: bytes) -> str:
        """A word that only the same content has, and that tells nothing about it."""
        return hashlib.blake2b(content, key=self._key, digest_size=20).hexdigest()

    def read(self, question: bytes) -> dict[str, Any] | None:
        """The note that answers `question`, if there is one."""
        try:
            found = json.loads(self._file(question).read_bytes())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def write(self, question: bytes, note: dict[str, Any]) -> None:
        """Keeps `note`, whole or not at all.

        Raises:
            OSError: it cannot be written.
        """
        self._put(self._file(question), json.dumps(note).encode())
        notes = sorted(self._folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for old in notes[:-MOST]:
            old.unlink(missing_ok=True)

    def forget(self, question: bytes) -> None:
        """Removes the note that answers `question`."""
        with suppress(OSError):
            self._file(question).unlink()

    def _file(self, question: bytes) -> Path:
        return self._folder / f"{self.digest(question)}.json"

    def _keyed(self) -> bytes:
        file = self._folder / "key"
        with suppress(FileNotFoundError):
            return file.read_bytes()[:64]
        self._put(file, secrets.token_bytes(32))
        return file.read_bytes()[:64]

    def _put(self, file: Path, content: bytes) -> None:
        made = self._folder / f".{secrets.token_hex(8)}"
        opened = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(opened, "wb") as stream:
                stream.write(content)
            made.replace(file)
        except OSError:
            made.unlink(missing_ok=True)
            raise


def folder() -> Path:
    """Where the notes of this user are."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(cache) / "topo" / "plans"
