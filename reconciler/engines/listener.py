"""Which process an engine is, on this machine."""

from __future__ import annotations

import socket
import struct
from typing import Final

_CREDENTIALS: Final = struct.Struct("3i")


def listener(path: str) -> int:
    """The process that listens on a Unix socket, as the kernel says; 0 where it is not to be seen from here.

    Raises:
        OSError: nobody listens there.
    """
    with socket.socket(socket.AF_UNIX) as asker:
        asker.connect(path)
        told = asker.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(told)[0])
