"""Which shared libraries programs want: shows when a package left out of an image was needed after all."""

from __future__ import annotations

import struct
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

ELF64 = b"\x7fELF\x02"
LOAD, DYNAMIC = 1, 2  # kinds of program headers
NEEDED, STRING_TABLE = 1, 5  # kinds of dynamic entries


def missing(layers: Iterable[Path]) -> dict[str, str]:
    """The libraries that no layer has, each with a file that wants it."""
    present: set[str] = set()
    wanted: dict[str, str] = {}
    for layer in layers:
        with tarfile.open(layer) as tar:
            for member in tar:
                present.add(PurePosixPath(member.name).name)
                for library in _wanted_by(tar, member):
                    wanted.setdefault(library, member.name)
    return {library: file for library, file in sorted(wanted.items()) if library not in present}


def needed(program: bytes) -> Iterator[str]:
    """The libraries a 64-bit little-endian ELF file names; none for a static one or another kind of file."""
    if not program.startswith(ELF64):
        return
    headers = list(_program_headers(program))
    dynamic = next((header for header in headers if header[0] == DYNAMIC), None)
    if dynamic is None:
        return
    _, offset, _, size = dynamic
    entries = [struct.unpack_from("<qQ", program, at) for at in range(offset, offset + size, 16)]
    table = next((value for kind, value in entries if kind == STRING_TABLE), None)
    if table is None:
        return
    strings = next(
        table - address + offset
        for kind, offset, address, size in headers
        if kind == LOAD and address <= table < address + size
    )
    for kind, value in entries:
        if kind == NEEDED:
            yield program[strings + value : program.index(b"\0", strings + value)].decode()


def _program_headers(program: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Kind, offset in the file, address and size in the file."""
    (start,) = struct.unpack_from("<Q", program, 32)
    width, count = struct.unpack_from("<HH", program, 54)
    for index in range(count):
        kind, _, offset, address, _, size = struct.unpack_from("<IIQQQQ", program, start + index * width)
        yield kind, offset, address, size


def _wanted_by(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[str]:
    content = tar.extractfile(member) if member.isreg() else None
    if content is not None and content.read(len(ELF64)) == ELF64:
        content.seek(0)
        yield from needed(content.read())
