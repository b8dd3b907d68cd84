"""What topo has noted in the engine beside labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct, field

from reconciler.state.spec import Spec


class Journal(Struct, frozen=True, kw_only=True):
    """What topo noted about containers that it changed in place.

    Attributes:
        names: the journal volumes that exist, oldest first.
        specs: container id → what it was last told to be, from the newest.
    """

    names: tuple[str, ...] = ()
    specs: Mapping[str, Spec] = field(default_factory=dict)


Marks: TypeAlias = Mapping[str, Mapping[str, str]]
"""The id of a container or network, or a volume's name → labels that it would carry."""


class Adopted(Struct, frozen=True, kw_only=True):
    """What was taken over from others.

    Attributes:
        names: the volumes that note it, oldest first; the newest counts.
        labels: what each thing would carry if topo had made it.
    """

    names: tuple[str, ...] = ()
    labels: Marks = field(default_factory=dict)
