"""What passes between two services without a packet: listed apart, for no claim is about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from topology.findings import Path
from topology.graph import Topology
from topology.graph.parts import Medium, Shared


class Beside(Struct, frozen=True, kw_only=True):
    """Something that both have: `text` says what, `paths` where the file gives it to each."""

    medium: Medium
    text: str
    paths: tuple[Path, Path]


def beside(topology: Topology, one: str, other: str) -> tuple[Beside, ...]:
    """What two services have in common beside networks (cases 14k and 14l)."""
    found = {each.text: each for each in _common(topology, one, other)}
    return tuple(found.values())


def _common(topology: Topology, one: str, other: str) -> Iterator[Beside]:
    for mine in topology.members[one].shares_with:
        for theirs in topology.members[other].shares_with:
            if mine.medium is theirs.medium and _meet(mine, theirs):
                yield Beside(medium=mine.medium, text=_text(mine), paths=(mine.path, theirs.path))


def _meet(mine: Shared, theirs: Shared) -> bool:
    """The same thing, or one folder in the other."""
    if mine.medium is not Medium.FOLDER:
        return mine.of == theirs.of
    here, there = PurePosixPath(mine.of), PurePosixPath(theirs.of)
    return here == there or here in there.parents or there in here.parents


def _text(shared: Shared) -> str:
    match shared.medium:
        case Medium.VOLUME:
            return f"both mount the volume {shared.of}"
        case Medium.FOLDER:
            return f"both mount {shared.of} or a part of it"
        case Medium.MEMORY:
            return f"both use the shared memory of {shared.of}"
        case Medium.PROCESSES:
            return f"both see the processes of {shared.of}"
