"""What files hold, as values: digests for the record, and content that nothing shows.

Reading them is I/O and happens at the edge, in `engines/reading_files.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Final, TypeAlias

from msgspec import Struct, field

from topology.findings import Missing


def seal(stack: str, drawn: str) -> str:
    """What the digests of a stack are keyed with, where its engine has `drawn` something at random."""
    return f"{stack} {drawn}" if drawn else stack


class Unshown(str):
    """A text as any other, but for its `repr`: keys of digests, and digests that lack one."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "(not shown)"


NOTHING_DRAWN: Final = Unshown()


class Sealed:
    """Content on its way into a container. Whatever prints or compares it sees the digest alone."""

    __slots__ = ("_content", "digest")

    def __init__(self, content: bytes, digest: str) -> None:
        self._content = content
        self.digest = digest

    def open(self) -> bytes:
        """The content itself, for the one who hands it over."""
        return self._content

    def __repr__(self) -> str:
        return f"Sealed({self.digest})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)


BuildSecrets: TypeAlias = Mapping[str, Sealed | FilePath]
"""What the commands of a build may read: id → the content, or the file that has it."""

NO_SECRETS: Final[BuildSecrets] = {}


class File(Struct, frozen=True, kw_only=True):
    """A file that is copied into a container before it starts; `target` is absolute."""

    target: str
    content: Sealed
    mode: int = 0o444
    uid: int = 0
    gid: int = 0

    def __str__(self) -> str:
        """As it is recorded: all that, when it changes, makes another file of it."""
        owner = f" {self.uid}:{self.gid}" if (self.uid, self.gid) != (0, 0) else ""
        mode = f" {self.mode:04o}" if self.mode != 0o444 else ""
        return self.content.digest + mode + owner


class Contents(Struct, frozen=True, kw_only=True):
    """What the files of a stack hold now.

    Attributes:
        mounted: host path → digest, for each bind-mounted file whose content counts.
        inodes: host path → number of the file that is there now, for the same files.
        secrets, configs: by their key in the stack.
        shared: the engine sees the same files as topo does.
        drawn: what the engine drew at random when it first started, and keeps: digests are keyed with it.
        older: digest without it → digest, for all of them: labels of an earlier topo hold the former.
    """

    mounted: Mapping[str, str] = field(default_factory=dict)
    inodes: Mapping[str, int] = field(default_factory=dict)
    secrets: Mapping[str, Sealed] = field(default_factory=dict)
    configs: Mapping[str, Sealed] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    shared: bool = True
    drawn: Unshown = NOTHING_DRAWN
    older: Mapping[str, str] = field(default_factory=dict)


NOTHING_READ = Contents()
"""Where nobody looked: nothing is compared by content."""
