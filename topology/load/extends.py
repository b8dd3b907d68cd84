"""`extends`: a service that begins as another one of this file or of another."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path as FilePath

from msgspec import Struct, field

from topology.codes import CYCLE, MISSING, UNKNOWN_NAME, WRONG_VALUE
from topology.findings import StackError
from topology.load.context import Context
from topology.load.merge import laid_over
from topology.load.rebase import rebased_service
from topology.load.words import did_you_mean, error, listed, quoted, span_of
from topology.source import Map, Text, Value, real

_MOST_STEPS = 100


class Document(Struct, kw_only=True):
    """A file whose services are extended: its tree, its name in messages, and its folder.

    `finished` holds its services once what they extend is merged in.
    """

    root: Map
    shown: str
    path: FilePath
    folder: FilePath
    finished: dict[str, Value] = field(default_factory=dict)

    @property
    def services(self) -> Map:
        """Its services; none where it has none."""
        services = self.root.get("services")
        return services if isinstance(services, Map) else Map.of({}, self.root.at)


Open = Callable[[FilePath, str], Document]
"""Reads the file at a path, which messages call by a name."""


class _Step(Struct, frozen=True, kw_only=True):
    """A service on the way from one that extends to the one where it all begins."""

    document: Document
    name: str
    said: Value
    key: Text | None = None


def followed(document: Document, context: Context, opened: Open) -> Map:
    """The document's tree, in which every service holds what it extends."""
    services = document.services
    if not any(isinstance(said, Map) and said.get("extends") is not None for said in services.values()):
        return document.root
    made = {name: _Follower(context, opened).service(document, name) for name in services}
    key = next(key for key in document.root if key == "services")
    return Map.of({**document.root, key: Map.of(made, services.at)}, document.root.at)


class _Follower:
    """Follows one service to where it begins and merges on the way back."""

    def __init__(self, context: Context, opened: Open) -> None:
        self._context = context
        self._opened = opened

    def service(self, document: Document, name: str) -> Value:
        """The service with everything it extends."""
        steps, base = self._way(document, name)
        for step in reversed(steps):
            base = self._merged(step, base)
            step.document.finished[step.name] = base.said
        return base.said

    def _way(self, document: Document, name: str) -> tuple[list[_Step], _Step]:
        """The services that extend, first to last, and the one that extends none or is known already."""
        steps: list[_Step] = []
        while True:
            if name in document.finished:
                return steps, _Step(document=document, name=name, said=document.finished[name])
            said = document.services[name]
            step = _Step(document=document, name=name, said=said, key=_extends_key(said))
            if step.key is None:
                return steps, step
            target = self._target(step, steps)
            if target is None:
                document.finished[name] = _without_extends(said)
                self._context.unread.update(("services", each.name) for each in (*steps, step))
                return steps, _Step(document=document, name=name, said=document.finished[name])
            steps.append(step)
            document, name = target

    def _target(self, step: _Step, before: list[_Step]) -> tuple[Document, str] | None:
        """Where a step leads, unless that is nowhere; then why is among the findings."""
        said = step.said.get("extends") if isinstance(step.said, Map) else None
        name = said.get("service") if isinstance(said, Map) else said
        file = said.get("file") if isinstance(said, Map) else None
        if not isinstance(name, Text) or not isinstance(file, Text | None):
            self._malformed(step, said)
            return None
        document = step.document if file is None else self._document(step.document, file)
        if document is None:
            return None
        way = [(each.document.path, each.name) for each in (*before, step)]
        if name not in document.services:
            self._unknown(step, name, document)
        elif (document.path, name) in way or len(way) > _MOST_STEPS:
            self._circle([each.name for each in (*before, step)], name)
        else:
            return document, name
        return None

    def _document(self, document: Document, file: Text) -> Document | None:
        path = document.folder / file
        if real(path) == document.path:
            return document
        try:
            return self._opened(path, os.path.normpath(os.path.join(os.path.dirname(document.shown), file)))
        except StackError as refused:
            self._context.refuse(refused, file)
            return None

    def _malformed(self, step: _Step, said: Value) -> None:
        code = MISSING if isinstance(said, Map) and said.get("service") is None else WRONG_VALUE
        label = 'write "extends: SERVICE" or "extends: {file: FILE, service: SERVICE}"'
        message = f"extends of service {step.name} must name a service, not {quoted(said)}"
        self._context.findings.append(error(code, message, label=label, span=span_of(step.key)))

    def _unknown(self, step: _Step, name: Text, document: Document) -> None:
        others = [other for other in document.services if other != step.name]
        where = "the file" if document is step.document else document.shown
        message = f"service {step.name} extends {quoted(name)}, which is no service of {where}"
        mend = f"there are {listed(others)}" if others else ""
        self._context.findings.append(
            error(UNKNOWN_NAME, message, label=did_you_mean(name, others), mend=mend, span=name.at.span())
        )

    def _circle(self, names: list[str], name: Text) -> None:
        ring = [*names[names.index(name) if name in names else 0 :], str(name)]
        message = f"services extend each other: {' → '.join(ring)}"
        mend = "take one of the steps out"
        self._context.findings.append(error(CYCLE, message, mend=mend, span=name.at.span()))

    def _merged(self, step: _Step, base: _Step) -> _Step:
        said = base.said
        if base.document is not step.document:
            said = rebased_service(said, os.path.relpath(base.document.folder, step.document.folder))
        message = f"service {step.name} extends {base.name}"
        self._context.brought.add(("services", step.name), said, message, span_of(step.key))
        merged = laid_over(said, _without_extends(step.said), ("services", step.name))
        return _Step(document=step.document, name=step.name, said=merged)


def _extends_key(said: Value) -> Text | None:
    """The key of `extends`, if the service extends another."""
    if not isinstance(said, Map) or said.get("extends") is None:
        return None
    key = next(key for key in said if key == "extends")
    return key if isinstance(key, Text) else None


def _without_extends(said: Value) -> Value:
    if not isinstance(said, Map):
        return said
    return Map.of({key: value for key, value in said.items() if key != "extends"}, said.at)
