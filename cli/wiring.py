"""From flags to parts: the stack that is meant, the daemon that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.options import StackOptions
from cli.world import World

if TYPE_CHECKING:
    from topology.load import Loaded


def loaded(options: StackOptions, world: World) -> Loaded:
    """The stack that the flags, or the directory and those above it, say.

    Raises:
        StackError: it cannot be read; with every fault, placed and sorted.
    """
    from topology.load import load

    return load(
        options.files,
        environ=world.environ,
        directory=world.directory,
        name=options.project_name,
        env_files=options.env_files,
        stdin=world.stdin,
    )
