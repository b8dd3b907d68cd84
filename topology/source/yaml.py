"""YAML 1.2 text → values with places, built from the parser's events.

Events and not PyYAML's nodes: the C composer recurses and crashes the process on ten thousand opening
brackets, knows nothing of duplicate keys, and is slower. What is refused here, each with its place: keys
that stand twice, anchors that contain themselves, aliases that multiply into millions of values,
nesting that nobody wrote by hand, and tags that nobody here would understand.
"""

from __future__ import annotations

from typing import Any

import yaml
from msgspec import Struct, field

from topology.codes import DUPLICATE, SYNTAX
from topology.findings import MOST, Finding, Related, Severity, StackError
from topology.nearest import nearest
from topology.source.places import SourceMap
from topology.source.problems import explain
from topology.source.scalars import meant
from topology.source.values import File, Map, Mark, Marked, Place, Seq, Text, Typed, Value, place_at

DEPTH_LIMIT = 64
ALIASED_LIMIT = 500_000
"""How many values aliases may add to those that were typed."""

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_QUOTES = frozenset(("'", '"', "|", ">"))
_CORE = "tag:yaml.org,2002:"
_CORE_TAGS = frozenset(
    _CORE + name for name in ("str", "int", "float", "bool", "null", "seq", "map", "merge")
)
_MARKS = {f"!{mark.value}": mark for mark in Mark}


def parse(text: str, file: str) -> tuple[Value, SourceMap]:
    """What a YAML text holds, and where.

    Raises:
        StackError: with every fault up to the point where the text stops being YAML.
    """
    root, faults = understand(text, file)
    if faults:
        raise StackError(faults)
    return root, SourceMap(root)


def understand(text: str, file: str) -> tuple[Value, tuple[Finding, ...]]:
    """What a YAML text holds as far as it can be told, and what is wrong with it.

    Where all faults are `DUPLICATE`, what was understood is whole, with the first of each key.
    """
    builder = _Builder(File(file, text))
    builder.build()
    return builder.root, tuple(sorted(builder.faults, key=lambda fault: fault.order))


class _Frame(Struct):
    """A mapping or list that is still being filled."""

    value: Map | Seq
    anchor: str | None
    tag: str | None
    key: Text | None = None
    merges: list[tuple[Text, Value]] = field(default_factory=list)
    size: int = 1
    depth: int = 1


class _Anchored(Struct, frozen=True):
    value: Value
    size: int
    depth: int


class _TooMuch(Exception):
    """Going on would take minutes or gigabytes."""


class _Builder:
    """Turns events into values; keeps what is open, what is anchored and what was wrong."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.root: Value = None
        self.faults: list[Finding] = []
        self._open: list[_Frame] = []
        self._anchors: dict[str, _Anchored] = {}
        self._documents = 0
        self._typed = 0

    def build(self) -> None:
        """Reads to the end, or to where the text stops being YAML."""
        handlers = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._start_map,
            yaml.SequenceStartEvent: self._start_seq,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        try:
            parser = _Parser(self.file.text)
            while parser.check_event():
                event = parser.get_event()
                handler = handlers.get(type(event))
                if handler:
                    self._typed += 1
                    handler(event)
        except yaml.YAMLError as error:
            self.faults.append(explain(error, self.file))
        except UnicodeEncodeError as error:
            self._refuse(place_at(self.file, error.start), "this character cannot stand in a text file")
        except _TooMuch:
            return

    def _scalar(self, event: Any) -> None:
        start, end = event.start_mark, event.end_mark
        width = end.column - start.column if start.line == end.line else 0
        text = _text(event)
        text.at = Place(self.file, start.line, start.column, width)
        if event.tag is not None:
            self._check_tag(event.tag, text.at)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(None if _is_null(event) else text, 1, 0)
        frame = self._open[-1] if self._open else None
        if frame is not None and frame.key is None and type(frame.value) is Map:
            self._take_key(frame, text, event)
            return
        self._add_marked(None if _is_null(event) else text, event.tag, 1, 0)

    def _start_map(self, event: Any) -> None:
        self._start(Map(), event)

    def _start_seq(self, event: Any) -> None:
        self._start(Seq(), event)

    def _start(self, value: Map | Seq, event: Any) -> None:
        start = event.start_mark
        value.at = Place(self.file, start.line, start.column, int(bool(event.flow_style)))
        if event.tag is not None:
            self._check_tag(event.tag, value.at)
        if len(self._open) >= DEPTH_LIMIT:
            self._too_deep(value.at)
        self._open.append(_Frame(value, event.anchor, event.tag))

    def _end(self, event: Any) -> None:
        frame = self._open.pop()
        at, end = frame.value.at, event.end_mark
        if at.width:
            frame.value.at = at._replace(width=end.column - at.column if end.line == at.line else 0)
        if frame.merges and isinstance(frame.value, Map):
            self._merge(frame.value, frame)
        value = None if frame.tag == "!reset" else frame.value
        if frame.anchor is not None:
            self._anchors[frame.anchor] = _Anchored(value, frame.size, frame.depth)
        self._add_marked(value, frame.tag, frame.size, frame.depth)

    def _alias(self, event: Any) -> None:
        at = Place(self.file, event.start_mark.line, event.start_mark.column, len(event.anchor) + 1)
        if any(frame.anchor == event.anchor for frame in self._open):
            self._refuse(
                at, f"*{event.anchor} stands inside &{event.anchor}", "it would contain itself forever"
            )
            self._add(None, 1, 0)
            return
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            self._refuse(
                at, f"there is no &{event.anchor} before this", _nearest(event.anchor, self._anchors)
            )
            anchored = _Anchored(None, 1, 0)
        if anchored.depth + len(self._open) > DEPTH_LIMIT:
            self._too_deep(at)
        self._add(anchored.value, anchored.size, anchored.depth, at)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents == 2:
            at = Place(self.file, event.start_mark.line, event.start_mark.column, 3)
            self._refuse(
                at, "a second document begins here", "a stack file holds one", "use -f for more files"
            )
            raise _TooMuch

    def _take_key(self, frame: _Frame, key: Text, event: Any) -> None:
        frame.key = key
        if key == "<<" and event.style not in _QUOTES:
            return
        if key in frame.value and len(self.faults) < MOST:
            self._duplicate(frame.value, key)

    def _duplicate(self, mapping: Map | Seq, key: Text) -> None:
        first = next(known for known in mapping if known == key)
        related = Related(
            message="it stands here first", span=first.at.span() if isinstance(first, Text) else None
        )
        self.faults.append(
            Finding(
                code=DUPLICATE,
                severity=Severity.ERROR,
                message=f'"{key}" stands twice in one mapping',
                label="the second one",
                mend="keep one of the two",
                related=(related,),
                span=key.at.span(),
            )
        )

    def _add_marked(self, value: Value, tag: str | None, size: int, depth: int) -> None:
        """Hands a value on; what it is to do to a file below is remembered with its key."""
        mark = _MARKS.get(tag) if tag is not None else None
        frame = self._open[-1] if self._open else None
        if mark is not None and frame is not None and frame.key is not None:
            frame.key = Marked.by(mark, frame.key)
        self._add(value, size, depth)

    def _add(self, value: Value, size: int, depth: int, at: Place | None = None) -> None:
        """Hands a finished value to what it stands in."""
        if not self._open:
            self.root = value if self._documents < 2 else self.root
            return
        frame = self._open[-1]
        frame.size += size
        frame.depth = max(frame.depth, depth + 1)
        if frame.size > self._typed + ALIASED_LIMIT:
            self._too_many(at or frame.value.at)
        if isinstance(frame.value, Seq):
            frame.value.append(value)
        elif frame.key is None:
            self._add_key(frame, value, at)
        else:
            self._add_entry(frame.value, frame, value)

    def _add_key(self, frame: _Frame, value: Value, at: Place | None) -> None:
        if isinstance(value, Text):
            frame.key = Text.of(value, at or value.at)
            return
        place = at or (value.at if value is not None else frame.value.at)
        self._refuse(place, "a key must be a word", "this is a list or a mapping")
        frame.key = Text.of("", place)

    def _add_entry(self, mapping: Map, frame: _Frame, value: Value) -> None:
        key, frame.key = frame.key, None
        if key is None:
            return
        if key == "<<":
            frame.merges.append((key, value))
        elif key not in mapping:
            mapping[key] = value

    def _merge(self, mapping: Map, frame: _Frame) -> None:
        """What `<<` brings goes first and gives way to what the mapping says itself."""
        own = dict(mapping)
        mapping.clear()
        for key, value in frame.merges:
            for source in value if isinstance(value, Seq) else (value,):
                if isinstance(source, Map):
                    for name, inherited in source.items():
                        mapping.setdefault(name, inherited)
                elif source is not None:
                    self._refuse(key.at, "<< takes a mapping or a list of mappings", "this is something else")
        for name in own:
            mapping.pop(name, None)  # so that the key that stays is the one with the right place
        mapping.update(own)

    def _check_tag(self, tag: str, at: Place) -> None:
        if tag != "!" and tag not in _CORE_TAGS and tag not in _MARKS:
            self._refuse(at, f"the tag {_short(tag)} means nothing here", "", "take it out")

    def _too_deep(self, at: Place) -> None:
        self._refuse(at, f"this is nested more than {DEPTH_LIMIT} levels deep", "a stack has no use for that")
        raise _TooMuch

    def _too_many(self, at: Place) -> None:
        many = f"{ALIASED_LIMIT:,}"
        self._refuse(
            at, f"the aliases here multiply into more than {many} values", "a stack has no use for that"
        )
        raise _TooMuch

    def _refuse(self, at: Place, message: str, label: str = "", mend: str = "") -> None:
        self.faults.append(
            Finding(
                code=SYNTAX, severity=Severity.ERROR, message=message, label=label, mend=mend, span=at.span()
            )
        )
        if len(self.faults) > MOST:
            raise _TooMuch


def _text(event: Any) -> Text:
    if event.tag is None and event.style not in _QUOTES:
        read = meant(event.value)
        if read != event.value:
            typed = Typed(event.value)
            typed.meant = read
            return typed
    return Text(event.value)


def _is_null(event: Any) -> bool:
    if event.tag is not None and event.tag != _CORE + "null":
        if event.tag not in _MARKS:
            return False
        return event.tag == "!reset" or (event.value in _NULLS and event.style not in _QUOTES)
    return event.value in _NULLS and event.style not in _QUOTES


def _short(tag: str) -> str:
    return "!!" + tag.removeprefix(_CORE) if tag.startswith(_CORE) else tag


def _nearest(name: str, known: dict[str, _Anchored]) -> str:
    close = nearest(name, known)
    return f'did you mean "*{close}"?' if close else "no anchor of this name was set"
