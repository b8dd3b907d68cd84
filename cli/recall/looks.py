"""What a run looks at in the file system, noted by watching the interpreter, so that no look is forgotten.

The interpreter reports each file it opens and each folder it lists (PEP 578, `sys.addaudithook`), but not
the looks that only ask what is there; `os.stat` and its like are therefore replaced for the rest of the
process by ones that take a note. A hook cannot be removed: a watch is made once, by the process that is topo.

What the import system reads of the program is left out, for `question` tells one program from another. It
never asks by `os.stat`, so where somebody does, code is looked at as data (a build context around a virtual
environment), and nothing is remembered.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

Digest = Callable[[bytes], str]
Look = tuple[str, str]
"""How (read, list, stat, lstat or readlink) and which absolute path."""

RACY: Final = 0.05
"""Seconds. Two writes closer than the clock of the file system cannot be told apart afterwards."""

_CODE: Final = (".py", ".pyc", ".so")
_CACHE: Final = f"{os.sep}__pycache__{os.sep}"
_WORDLESS: Final = frozenset({"open", "os.listdir", "os.scandir", "socket.connect"})
_BEYOND: Final = frozenset(
    {
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.system",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostname",
        "socket.sendto",
        "subprocess.Popen",
        "time.sleep",
    }
)
"""Events after which what a run says may follow from more than can be looked at again."""


def look(how: str, path: str, digest: Digest) -> str:
    """What is there now, in one word that is another word as soon as something else is there."""
    try:
        return _LOOKS[how](path, digest)
    except OSError as error:
        return f"error {error.errno}"
    except ValueError:
        return "no path"


def _read(path: str, digest: Digest) -> str:
    if not stat.S_ISREG(_STAT(path).st_mode):
        return "no file"
    return digest(Path(path).read_bytes())


def _listed(path: str, digest: Digest) -> str:
    return digest("\0".join(sorted(os.listdir(path))).encode(errors="surrogateescape"))


def _seen(found: os.stat_result) -> str:
    """Kind, rights, number and size; of a folder not its size, and no times: who reads a file notes that."""
    size = found.st_size if stat.S_ISREG(found.st_mode) else ""
    return f"{found.st_mode:o} {found.st_dev} {found.st_ino} {found.st_uid} {size}"


_STAT, _LSTAT, _READLINK = os.stat, os.lstat, os.readlink
_LOOKS: Final[Mapping[str, Callable[[str, Digest], str]]] = {
    "read": _read,
    "list": _listed,
    "stat": lambda path, _digest: _seen(_STAT(path)),
    "lstat": lambda path, _digest: _seen(_LSTAT(path)),
    "readlink": lambda path, _digest: os.fsdecode(_READLINK(path)),
}


class Watch:
    """Notes every look of this process from now on."""

    def __init__(self) -> None:
        self.spoiled = ""
        self._began = time.time()
        self._looks: dict[Look, str] = {}
        self._connected: set[str] = set()
        self._programs = tuple(_programs())
        self._active = True
        sys.addaudithook(self._hear)
        os.stat, os.lstat = self._asking("stat", _STAT), self._asking("lstat", _LSTAT)
        os.readlink = self._asking("readlink", _READLINK)

    def spoil(self, why: str) -> None:
        """What this run says can not be told from what it looked at."""
        self.spoiled = self.spoiled or why

    def close(self, digest: Digest, socket: str | None) -> dict[Look, str] | None:
        """Each look with what was there; None where that cannot be said. `socket` is the engine's."""
        self._active = False
        if self._connected - {socket}:
            self.spoil("it spoke to somebody else than the engine")
        found = {each: look(*each, digest) for each in self._looks}
        for (how, path), then in self._looks.items():
            if then != _stamp(path) or (how == "read" and found[how, path] == "no file"):
                self.spoil(f"{path} changed meanwhile")
        return None if self.spoiled else found

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._active:
            return
        if event in _BEYOND:
            self.spoil(event)
        elif event in _WORDLESS:
            self._note(event, arguments)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            self._opened(*arguments)
        elif event == "socket.connect":
            self._connected.add(str(arguments[1]))
        else:
            self._looked("list", arguments[0] or ".")

    def _opened(self, path: Any, mode: str | None, flags: int) -> None:
        if isinstance(path, int):  # it was opened before, and noted then
            return
        writes = set(mode) & set("wax+") if mode else flags & (os.O_WRONLY | os.O_RDWR)
        if not writes:
            self._looked("read", path)
        elif _CACHE not in os.fsdecode(path):
            self.spoil(f"it wrote {path}")

    def _looked(self, how: str, path: Any) -> None:
        if isinstance(path, int):
            return
        name = os.path.abspath(os.fsdecode(path))
        if self._is_code(name, how):
            return
        then = _stamp(name)
        if self._looks.setdefault((how, name), then) != then:
            self.spoil(f"{name} changed meanwhile")
        if _changed(name) > self._began - RACY:
            self.spoil(f"{name} changed just now")

    def _is_code(self, name: str, how: str) -> bool:
        """Whether the import system looked at a part of the program."""
        if not f"{name}{os.sep}".startswith(self._programs):
            return False
        is_part = how == "list" or name.endswith(_CODE) or _CACHE in name
        if is_part and how not in {"read", "list"}:
            self.spoil("it looked at the program as data")
        return is_part

    def _asking(self, how: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def ask(path: Any, **given: Any) -> Any:
            if self._active:
                if given.get("dir_fd") is not None:
                    self.spoil("it looked beside a folder that has no name")
                self._looked(how if given.get("follow_symlinks", True) else "lstat", path)
            return real(path, **given)

        return ask


def _programs() -> Iterator[str]:
    """The folders of the interpreter and of topo, as they are named and as they really are."""
    home = Path(__file__).parents[2]
    for each in (
        sys.prefix,
        sys.base_prefix,
        *(str(home / one) for one in ("cli", "reconciler", "topology")),
    ):
        yield os.path.abspath(each) + os.sep
        yield os.path.realpath(each) + os.sep


def _stamp(path: str) -> str:
    """Changes whenever the content of a file does, and costs no reading."""
    try:
        found = _LSTAT(path)
    except (OSError, ValueError) as error:
        return str(getattr(error, "errno", "no path"))
    times = f"{found.st_mtime_ns} {found.st_ctime_ns}" if stat.S_ISREG(found.st_mode) else ""
    return f"{_seen(found)} {times}"


def _changed(path: str) -> float:
    try:
        found = _STAT(path)
    except (OSError, ValueError):
        return 0.0
    return found.st_ctime if stat.S_ISREG(found.st_mode) else 0.0
