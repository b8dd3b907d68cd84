"""Reads a text file, or says in plain words why it cannot be read."""

from __future__ import annotations

import os
from pathlib import Path as FilePath

from topology.codes import UNREADABLE
from topology.findings import Finding, Severity, Span, StackError

LIMIT = 10 * 1024 * 1024
"""The largest file that is read, in bytes: ten times the largest stack anyone has shown us."""


def read(path: str | os.PathLike[str], shown: str | None = None) -> str:
    """The text of a UTF-8 file; `shown` is what messages call it.

    Raises:
        StackError: it is missing, a folder, too large, binary, in another encoding, or not ours to read.
    """
    name = shown or os.fspath(path)
    try:
        with FilePath(path).open("rb") as stream:
            content = stream.read(LIMIT + 1)
    except OSError as error:
        raise _refused(name, *_reason(error)) from error
    except ValueError as error:  # a name with a NUL in it
        raise _refused(name, "its name is not one that a file can have") from error
    return decode(content, name)


def real(path: FilePath) -> FilePath:
    """Where a path leads, links followed as far as they lead anywhere; a name that cannot be stays."""
    try:
        return FilePath(os.path.realpath(path))
    except ValueError:
        return path


def is_missing(path: FilePath) -> bool:
    """Whether nothing is there. What cannot be looked at is not missing: to read it says why."""
    try:
        return not path.exists()
    except OSError:
        return False


def decode(content: bytes, name: str) -> str:
    """The text that `content` holds, as `read` would return it for the file `name`."""
    if len(content) > LIMIT:
        raise _refused(name, "it is larger than 10 MB", mend="is this the stack file?")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(name, "it is UTF-16", mend="save it as UTF-8")
    if b"\0" in content:
        raise _refused(name, "it is not a text file", mend="is this the stack file?")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = _span(content, error.start, name)
        byte = content[error.start]
        raise _refused(
            name, f"byte 0x{byte:02x} at line {at.line} is not UTF-8", mend="save it as UTF-8", span=at
        ) from error


def _span(content: bytes, index: int, name: str) -> Span:
    before = content[:index].decode("utf-8-sig", "replace")
    lines = before.split("\n")
    line = content.split(b"\n")[len(lines) - 1].decode("utf-8", "replace").rstrip("\r")
    return Span(file=name, line=len(lines), column=len(lines[-1]) + 1, text=line)


def _reason(error: OSError) -> tuple[str, str]:
    """Why, and what to do about it."""
    match error:
        case FileNotFoundError():
            return "there is no such file", ""
        case IsADirectoryError():
            return "it is a folder", "name the file inside it"
        case PermissionError():
            return "permission denied", "let your user read it"
        case _:
            return (error.strerror or str(error)).lower(), ""


def _refused(name: str, reason: str, mend: str = "", span: Span | None = None) -> StackError:
    finding = Finding(
        code=UNREADABLE,
        severity=Severity.ERROR,
        message=f"cannot read {name}: {reason}",
        mend=mend,
        span=span or Span(file=name, line=1, column=1),
    )
    return StackError((finding,))
