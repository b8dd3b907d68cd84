"""Tries a container's port from this machine.

A local socket does not say that the engine's networks are here: it may lead into a virtual machine or into
other namespaces, where the same addresses are somebody else's. The bridge of a network is named after the
network's id, which nobody else has; so packets are sent through an interface of that name and no other.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket

from reconciler.engines.daemon import Json
from topology.models import Ready

_PATIENCE = 2.0


def from_here(raw: Json, ready: Ready) -> str | None:
    """What is missing, "" for nothing; None where this machine has no way to the container."""
    way = _way(raw)
    if way is None:
        return None
    port = ready.tcp if ready.http is None else ready.http.port
    assert port is not None  # noqa: S101  # one of the two is said
    line = _through(*way)
    if line is None:
        return None
    try:
        line.connect((way[1], port))
        return "" if ready.http is None else _answer(line, port, ready.http.path)
    except (ConnectionError, http.client.HTTPException, TimeoutError) as error:
        refused = isinstance(error, ConnectionRefusedError)
        return f"nothing listens on port {port}" if refused else f"port {port} does not answer"
    except OSError:
        return None
    finally:
        line.close()


def _way(raw: Json) -> tuple[str, str] | None:
    """A bridge of this machine's and the container's address behind it."""
    here = {name for _, name in socket.if_nameindex()}
    for one in raw["NetworkSettings"]["Networks"].values():
        bridge = f"br-{one.get('NetworkID') or ''}"[:15]
        at = one.get("IPAddress") or one.get("GlobalIPv6Address")
        if at and bridge in here:
            return bridge, at
    return None


def _through(bridge: str, at: str) -> socket.socket | None:
    """A socket whose packets take one bridge only; None where the kernel lets only root have one."""
    family = socket.AF_INET if ipaddress.ip_address(at).version == 4 else socket.AF_INET6
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        line.settimeout(_PATIENCE)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, bridge.encode())
    except (OSError, AttributeError):
        line.close()
        return None
    return line


def _answer(line: socket.socket, port: int, path: str) -> str:
    asking = http.client.HTTPConnection("localhost", port)
    asking.sock = line
    asking.request("GET", path, headers={"User-Agent": "topo", "Connection": "close"})
    return judged(asking.getresponse().status, port, path)


def judged(status: int, port: int, path: str) -> str:
    """Redirections count as answers, and are not followed."""
    return "" if 200 <= status < 400 else f"port {port} answers {path} with {status}"
