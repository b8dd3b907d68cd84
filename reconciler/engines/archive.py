"""Files as the tar archive that an engine unpacks into a container. Pure."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

from reconciler.contents import File

SECRETS: Final = PurePosixPath("/run/secrets")
"""The one folder that is made as ours; above other files the engine makes what is missing."""


def archive(files: Iterable[File]) -> bytes:
    """The archive that puts each file where it belongs when it is unpacked at the root."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as tar:
        wanted = sorted(files, key=lambda file: file.target)
        if any(SECRETS in PurePosixPath(file.target).parents for file in wanted):
            folder = tarfile.TarInfo(str(SECRETS).lstrip("/"))
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(folder)
        for file in wanted:
            content = file.content.open()
            entry = tarfile.TarInfo(file.target.lstrip("/"))
            entry.size, entry.mode, entry.uid, entry.gid = len(content), file.mode, file.uid, file.gid
            tar.addfile(entry, io.BytesIO(content))
    return made.getvalue()
