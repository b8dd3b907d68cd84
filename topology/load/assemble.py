"""Stack files → one tree: each with what it extends and includes, later ones laid over earlier ones."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath

from msgspec import Struct

from topology.codes import CONFLICT, CYCLE, WRONG_VALUE
from topology.findings import Related, Span, StackError
from topology.load import dotenv, extends
from topology.load.context import Context
from topology.load.discover import Origin, named_origin
from topology.load.document import filled, parsed
from topology.load.environment import resolved_here
from topology.load.extends import Document
from topology.load.merge import laid_over, settled
from topology.load.rebase import rebased
from topology.load.words import error, name_of, quoted, span_of
from topology.source import Map, Seq, Text, Value, read, real
from topology.structs import replace

SHARED = ("services", "networks", "volumes", "secrets", "configs")
"""What an included file brings."""

_DEEPEST = 30


def assembled(roots: Sequence[tuple[Origin, Map]], context: Context, above: tuple[str, ...] = ()) -> Map:
    """One tree of all the files; `above` are the files that include these."""
    made: Map | None = None
    for origin, root in roots:
        tree = _complete(origin, filled(root, origin, context), context, above)
        made = tree if made is None else _over(made, tree, context)
    if made is None:
        raise ValueError("a stack needs a file")
    tagged = any("!reset" in origin.text or "!override" in origin.text for origin, _ in roots)
    final = settled(made) if tagged and not above else made
    return final if isinstance(final, Map) else made


def _over(below: Map, above: Map, context: Context) -> Map:
    """`above` laid over `below`, and what that may explain later."""
    for kind in SHARED:
        first, second = below.get(kind), above.get(kind)
        if isinstance(first, Map) and isinstance(second, Map):
            places = {key: key for key in first}
            for name, said in second.items():
                if name in places:
                    path = (kind, str(name))
                    message = f"it is laid over {name_of(path)}"
                    context.brought.add(path, said, message, span_of(places[name]))
    merged = laid_over(below, above)
    return merged if isinstance(merged, Map) else above


def _complete(origin: Origin, root: Map, context: Context, above: tuple[str, ...]) -> Map:
    document = Document(root=root, shown=origin.shown, path=origin.path, folder=context.folder)
    tree = extends.followed(document, context, _Opener(context))
    return _Including(origin, context, above).tree(tree) if tree.get("include") is not None else tree


class _Opener:
    """Reads the files that services extend, each once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[FilePath, Document] = {}

    def __call__(self, path: FilePath, shown: str) -> Document:
        place = real(path)
        if place not in self._known:
            origin = Origin(shown=shown, text=read(path, shown), folder=path.parent, path=place)
            root = filled(parsed(origin, self._context), origin, self._context)
            self._known[place] = Document(root=root, shown=shown, path=place, folder=path.parent)
        return self._known[place]


class _Entry(Struct, frozen=True, kw_only=True):
    """One item of `include`: its files, where their relative paths start, and their variables."""

    item: Value
    files: tuple[Text, ...]
    folder: Text | None
    env_files: tuple[Text, ...]

    @property
    def span(self) -> Span | None:
        """Where it stands."""
        return span_of(self.files[0]) if self.files else None


class _Including:
    """Brings what one file includes into its tree."""

    def __init__(self, origin: Origin, context: Context, above: tuple[str, ...]) -> None:
        self._origin = origin
        self._context = context
        self._above = (*above, str(origin.path))

    def tree(self, root: Map) -> Map:
        """The tree with what it includes."""
        made = Map.of({key: value for key, value in root.items() if key != "include"}, root.at)
        for entry in self._entries(root["include"]):
            try:
                brought = self._read(entry)
            except StackError as refused:
                brought = None
                self._context.refuse(refused, entry.files[0])
            if brought is None:
                self._context.unread.add(("include",))
            else:
                made = self._joined(made, brought, entry)
        return made

    def _entries(self, said: Value) -> Iterator[_Entry]:
        for item in said if isinstance(said, Seq) else [said]:
            entry = _entry(item)
            if entry is None:
                message = f"include must name files, not {quoted(item)}"
                label = "write a file, or {path: FILE, project_directory: FOLDER, env_file: FILE}"
                at = item.at.span() if item is not None else None
                found = error(WRONG_VALUE, message, ("include",), label=label, span=at)
                self._context.findings.append(found)
                self._context.unread.add(("include",))
            else:
                yield entry

    def _read(self, entry: _Entry) -> Map | None:
        """What an entry's files say together, as seen from here; None if they include themselves."""
        start = self._context.folder
        paths = [start / file for file in entry.files]
        folder = start / entry.folder if entry.folder is not None else paths[0].parent
        if any(str(real(path)) in self._above for path in paths) or len(self._above) > _DEEPEST:
            files = [os.path.relpath(file, self._context.directory) for file in self._above]
            ring = " → ".join((*files, os.path.relpath(real(paths[0]), self._context.directory)))
            self._context.findings.append(
                error(CYCLE, f"files include each other: {ring}", mend="take one out", span=entry.span)
            )
            return None
        inner = replace(self._context, folder=folder, variables=self._variables(entry, folder))
        origins = [
            named_origin(self._shown(file), path) for file, path in zip(entry.files, paths, strict=True)
        ]
        roots = [(origin, parsed(origin, inner)) for origin in origins]
        tree = assembled(roots, inner, self._above)
        if "services" in tree:
            key = next(key for key in tree if key == "services")
            tree[key] = resolved_here(tree[key], inner.variables)
        moved = rebased(tree, os.path.relpath(folder, start))
        return moved if isinstance(moved, Map) else None

    def _shown(self, file: Text) -> str:
        """What messages call an included file: as seen from where the command runs."""
        return os.path.relpath(self._context.folder / file, self._context.directory)

    def _variables(self, entry: _Entry, folder: FilePath) -> Mapping[str, str]:
        """What is known here, and what the entry's files, or else the `.env` beside them, add."""
        known: dict[str, str] = {}
        lookup = self._context.variables.get
        default = folder / ".env"
        for file in entry.env_files:
            known.update(dotenv.parse(read(self._context.folder / file, file), file, lookup))
        if not entry.env_files and os.path.isfile(default) and folder != self._context.folder:
            shown = os.path.relpath(default, self._context.directory)
            known.update(dotenv.parse(read(default, shown), shown, lookup))
        return {**known, **self._context.variables}

    def _joined(self, made: Map, brought: Map, entry: _Entry) -> Map:
        """The tree with what was brought; what both declare must be the same."""
        for kind in SHARED:
            theirs = brought.get(kind)
            if not isinstance(theirs, Map):
                continue
            ours = made.get(kind)
            if ours is not None and not isinstance(ours, Map):
                continue
            self._compare(kind, ours, theirs, entry)
            key = next((key for key in made if key == kind), Text.of(kind, theirs.at))
            made[key] = Map.of({**theirs, **(ours or {})}, theirs.at if ours is None else ours.at)
        if brought.get("policy") is not None:
            key = next((key for key in made if key == "policy"), Text.of("policy", brought.at))
            made[key] = laid_over(brought["policy"], made.get("policy"))
        return made

    def _compare(self, kind: str, ours: Map | None, theirs: Map, entry: _Entry) -> None:
        own = {key: key for key in ours or ()}
        for name, said in theirs.items():
            path = (kind, str(name))
            self._context.brought.add(path, said, f"{name_of(path)} is included", entry.span)
            if ours is None or name not in own or _same(ours[name], said):
                continue
            there = Related(message="it is included from here", span=span_of(name))
            message = f"{name_of(path)} is declared here and in a file that is included"
            mend = "change it in a second file instead, with -f or as an override file"
            self._context.findings.append(
                error(CONFLICT, message, mend=mend, span=span_of(own[name]), related=(there,))
            )


def _same(one: Value, other: Value) -> bool:
    return (one or {}) == (other or {})


def _entry(item: Value) -> _Entry | None:
    """An item of `include` in either form; None where it is neither."""
    if not isinstance(item, Map):
        return (
            None
            if not isinstance(item, Text)
            else _Entry(item=item, files=(item,), folder=None, env_files=())
        )
    files, env_files = _texts(item.get("path")), _texts(item.get("env_file"))
    folder = item.get("project_directory")
    odd = set(item) - {"path", "project_directory", "env_file"}
    if not files or env_files is None or odd or not isinstance(folder, Text | None):
        return None
    return _Entry(item=item, files=files, folder=folder, env_files=env_files)


def _texts(value: Value) -> tuple[Text, ...] | None:
    """A word or a list of words; None for anything else."""
    items = value if isinstance(value, Seq) else [value] if value is not None else []
    texts = tuple(item for item in items if isinstance(item, Text))
    return texts if len(texts) == len(items) else None
