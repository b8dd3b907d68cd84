"""Relative paths in what comes from another folder, as seen from the folder of the stack."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable

from topology import mounts
from topology.models import IMAGE_OF
from topology.source import Map, Seq, Text, Value

Move = Callable[[Value], Value]


def rebased(tree: Map, folder: str) -> Value:
    """A stack's tree whose relative paths started from `folder`, itself relative to where they start now."""
    if folder in ("", "."):
        return tree
    mover = _Mover(folder)
    made = _changed(tree, "services", lambda services: _each(services, mover.service))
    for kind in ("secrets", "configs"):
        made = _changed(made, kind, lambda each: _each(each, lambda said: _changed(said, "file", mover.path)))
    return made


def rebased_service(service: Value, folder: str) -> Value:
    """A service whose relative paths started from `folder`."""
    return service if folder in ("", ".") else _Mover(folder).service(service)


class _Mover:
    """Moves paths from one folder to another."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def path(self, value: Value) -> Value:
        """A relative path, written so that it is still seen to be one."""
        if not isinstance(value, Text) or not value or _stays(value):
            return value
        moved = posixpath.normpath(posixpath.join(self._folder, value))
        return Text.of(moved if moved.startswith(("../", "/")) or moved == ".." else f"./{moved}", value.at)

    def service(self, value: Value) -> Value:
        made = _changed(value, "build", self._build)
        made = _changed(made, "volumes", lambda listed: _each(listed, self._mount))
        for field in ("env_file", "label_file"):
            made = _changed(made, field, self._files)
        return made

    def _build(self, value: Value) -> Value:
        if not isinstance(value, Map):
            return value if isinstance(value, Text) and mounts.is_remote(value) else self.path(value)
        made: Value = value
        if value.get("context") is None:
            made = Map.of({**value, Text.of("context", value.at): Text.of(".", value.at)}, value.at)
        made = _changed(made, "context", self._place)
        for field in ("additional_contexts", "ssh"):
            made = _changed(made, field, self._places)
        return made

    def _places(self, value: Value) -> Value:
        """Mappings and NAME=PLACE lines alike."""
        if isinstance(value, Map):
            return _each(value, self._place)
        return _each(value, lambda line: self._line(line) if isinstance(line, Text) else line)

    def _line(self, line: Text) -> Value:
        name, equals, place = line.partition("=")
        moved = self._place(Text.of(place, line.at))
        return Text.of(f"{name}{equals}{moved}", line.at) if equals else line

    def _place(self, value: Value) -> Value:
        """A path, unless it is fetched or an image of the stack's."""
        fetched = isinstance(value, Text) and (mounts.is_remote(value) or value.startswith(IMAGE_OF))
        return value if fetched else self.path(value)

    def _mount(self, value: Value) -> Value:
        if isinstance(value, Map):
            return _changed(value, "source", self.path) if value.get("type") == "bind" else value
        if not isinstance(value, Text) or not value.startswith("."):
            return value
        source, colon, rest = value.partition(":")
        moved = self.path(Text.of(source, value.at))
        return Text.of(f"{moved}{colon}{rest}", value.at)

    def _files(self, value: Value) -> Value:
        if isinstance(value, Seq):
            return Seq.of([self._file(item) for item in value], value.at)
        return self._file(value)

    def _file(self, value: Value) -> Value:
        return _changed(value, "path", self.path) if isinstance(value, Map) else self.path(value)


def _stays(path: str) -> bool:
    return os.path.isabs(path) or path.startswith("~") or path[1:3] in (":\\", ":/")


def _changed(value: Value, key: str, change: Move) -> Value:
    """The mapping with one entry changed; whatever is none, or lacks it, is as it was."""
    if not isinstance(value, Map) or value.get(key) is None:
        return value
    return Map.of({name: change(each) if name == key else each for name, each in value.items()}, value.at)


def _each(value: Value, change: Move) -> Value:
    if isinstance(value, Map):
        return Map.of({name: change(each) for name, each in value.items()}, value.at)
    return Seq.of([change(item) for item in value], value.at) if isinstance(value, Seq) else value
