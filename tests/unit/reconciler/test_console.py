"""What is typed and what is printed, over TLS, where no engine of the lab listens."""

from __future__ import annotations

import os
import socket
import ssl
import struct
import threading
from contextlib import closing

from reconciler.engines.console import Carrying, Streams

TYPED = b"typed\n" * 100


def context(side: int) -> ssl.SSLContext:
    """TLS without certificates. As Go's, it takes an end without a word for an end."""
    made = ssl.SSLContext(side)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers("aNULL:@SECLEVEL=0")
    made.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
    return made


def answered_at_the_end(there: socket.socket) -> None:
    """As `cat` in a container whose output the engine holds back until there is no more to come."""
    with context(ssl.PROTOCOL_TLS_SERVER).wrap_socket(there, server_side=True) as line:
        heard = b"".join(iter(lambda: line.recv(1 << 16), b""))
        line.sendall(struct.pack(">BxxxL", 1, len(heard)) + heard)


def test_what_is_printed_after_the_last_word_typed_is_heard_over_tls() -> None:
    here, there = socket.socketpair()
    threading.Thread(target=answered_at_the_end, args=(there,), daemon=True).start()
    source, typing = os.pipe()
    os.write(typing, TYPED)
    os.close(typing)
    out: list[bytes] = []
    streams = Streams(source=source, out=out.append, err=out.append)
    with closing(context(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(here)) as line:
        Carrying(line, streams, framed=True).until_the_end(lambda: None)
    os.close(source)
    assert b"".join(out) == TYPED
