"""From a path inside a stack to the place in a file that says it."""

from __future__ import annotations

from collections.abc import Iterator

from topology.findings import Finding, Path, Related, Span
from topology.source.values import File, Map, Place, Seq, Text, Value
from topology.structs import replace

_AFTER_A_NAME = ("=", ":", "/", "@")
_NAMING_KEYS = ("service", "source", "name", "target")


class SourceMap:
    """Finds the places of a tree of values, which may come from several files."""

    def __init__(self, root: Value) -> None:
        self._root = root
        self._keys: dict[int, dict[str, str]] = {}

    @property
    def file(self) -> str:
        """The name of the file that the tree begins in."""
        return self._top.name if self._top else ""

    @property
    def text(self) -> str:
        """All that the file holds in which the tree begins."""
        return self._top.text if self._top else ""

    @property
    def _top(self) -> File | None:
        return self._root.at.file if self._root is not None else None

    @property
    def files(self) -> frozenset[str]:
        """The names of all files that the values come from."""
        return frozenset(_files(self._root))

    def find(self, path: Path) -> Span | None:
        """Where the value at `path` stands, or the nearest thing around it that the file holds.

        A value that begins below its key (a block, or nothing at all) is pointed at by its key.
        """
        place = self._nearest(path)
        return place.span() if place else None

    def key(self, path: Path) -> Span | None:
        """Where the last key of `path` stands, or what `find` says if it is not a key of a mapping."""
        parent = self._exactly(path[:-1])
        if path and isinstance(parent, Map):
            key = self._key_of(parent, path[-1])
            if key is not None:
                return key.at.span()
        return self.find(path)

    def place(self, finding: Finding) -> Finding:
        """The finding and what explains it, with the spans that are not known yet."""
        return replace(
            finding,
            span=finding.span or self._meant(finding),
            related=tuple(self._placed(related) for related in finding.related),
        )

    def typed(self, path: Path) -> str | None:
        """The characters of the file at which `find` points, variables and all; None where it knows none."""
        span = self.find(path)
        return span.text[span.column - 1 : span.column - 1 + span.width] if span else None

    def word(self, path: Path, position: int, width: int) -> Span | None:
        """Where a part of the text at `path` stands; all of it where the file spells it otherwise."""
        span, value = self.find(path), self._exactly(path)
        if span is None or not isinstance(value, Text):
            return span
        start = span.text.find(value, span.column - 1, span.column - 1 + span.width)
        return span if start < 0 else replace(span, column=start + position + 1, width=max(width, 1))

    def _meant(self, finding: Finding) -> Span | None:
        return self.word(finding.path, *finding.word) if finding.word else self.find(finding.path)

    def _placed(self, related: Related) -> Related:
        if related.span or not related.path:
            return related
        return replace(related, span=self.find(related.path))

    def _nearest(self, path: Path) -> Place | None:
        value = self._root
        best = _place_of(value, None)
        for segment in path:
            key, value, known = self._step(value, segment)
            if not known:
                return best
            best = _place_of(value, key) or best
        return best

    def _exactly(self, path: Path) -> Value:
        value = self._root
        for segment in path:
            _, value, known = self._step(value, segment)
            if not known:
                return None
        return value

    def _step(self, value: Value, segment: str | int) -> tuple[Text | None, Value, bool]:
        """One segment down: the key, what it holds, and whether there is such a thing."""
        if isinstance(value, Map):
            key = self._key_of(value, segment)
            return (None, None, False) if key is None else (key, value[key], True)
        if isinstance(value, Seq):
            item = _item(value, segment)
            return None, item, item is not None
        return None, None, False

    def _key_of(self, mapping: Map, segment: str | int) -> Text | None:
        keys = self._keys.get(id(mapping))
        if keys is None:
            keys = self._keys[id(mapping)] = {key: key for key in mapping}
        key = keys.get(str(segment))
        return key if isinstance(key, Text) else None


def _files(value: Value) -> Iterator[str]:
    if value is None:
        return
    yield value.at.file.name
    if isinstance(value, Map):
        for inner in value.values():
            yield from _files(inner)
    elif isinstance(value, Seq):
        for inner in value:
            yield from _files(inner)


def _item(items: Seq, segment: str | int) -> Value:
    if isinstance(segment, int):
        return items[segment] if -len(items) <= segment < len(items) else None
    return next((item for item in items if _names(item, segment)), None)


def _names(item: Value, name: str) -> bool:
    """Whether a list item is the one that a mapping would have filed under `name`."""
    if isinstance(item, Text):
        return item == name or item.startswith(tuple(name + mark for mark in _AFTER_A_NAME))
    return isinstance(item, Map) and any(item.get(key) == name for key in _NAMING_KEYS)


def _place_of(value: Value, key: Text | None) -> Place | None:
    """A value's own place if it stands on one line, else its key's, else its first key's."""
    if isinstance(value, Text):
        return value.at
    if isinstance(value, (Map, Seq)) and value.at.width:
        return value.at
    if key is not None:
        return key.at
    first = next(iter(value), None) if isinstance(value, Map) else None
    if isinstance(first, Text):
        return first.at
    return value.at if isinstance(value, Seq | Map) else None
