"""Secrets and configs: where they come from, and that who uses them can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topology.codes import CONFLICT, MISSING
from topology.findings import Finding, Path
from topology.load.references.reading import Reading
from topology.load.words import error, listed, name_of
from topology.models import Content

KINDS = ("secrets", "configs")
_SOURCES = ("file", "environment", "content", "external")


def sources(reading: Reading) -> Iterator[Finding]:
    """Secrets and configs that come from nowhere, or from two places."""
    for kind in KINDS:
        declared: Mapping[str, Content] = getattr(reading.stack, kind)
        for name, content in declared.items():
            if reading.has(kind, name):
                yield from _source((kind, name), content)


def _source(path: Path, content: Content) -> Iterator[Finding]:
    said = [name for name in _SOURCES if getattr(content, name)]
    if not said and content.content is None:
        mend = "add file, environment, content or external"
        yield error(MISSING, f"{name_of(path)} does not say where it comes from", path, mend=mend)
    elif len(said) > 1 and said != ["environment", "content"]:
        message = f"{name_of(path)} says where it comes from {len(said)} times"
        yield error(CONFLICT, message, path, label=f"{listed(said)} are given", mend="keep one of them")
