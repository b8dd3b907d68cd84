"""Which Docker daemon is meant, found the way Docker's own command line finds it, and whether it is there.

The order is that of docker: -H or -c (not both), DOCKER_HOST, DOCKER_CONTEXT, the current context of
~/.docker/config.json, the default socket. Where nothing was chosen, the sockets of a rootless engine and
of Docker Desktop are tried too, because that is where people have it.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from cli.faults import CommandError

_KNOCK_SECONDS = 5.0


class Endpoint(Struct, frozen=True, kw_only=True):
    """Where a daemon is said to be, and by whom.

    `tls` is the folder with ca.pem, cert.pem and key.pem; `verify` asks for the daemon's certificate.
    """

    url: str
    origin: str
    tls: Path | None = None
    verify: bool = True


def candidates(
    *, environ: Mapping[str, str], home: Path, host: str | None = None, context: str | None = None
) -> tuple[Endpoint, ...]:
    """The endpoints to try, in order; a single one if somebody has chosen.

    Raises:
        CommandError: -H and -c contradict each other, or the context does not exist.
    """
    if host and context:
        raise CommandError("-H and -c were both given", "use one of them: they name the daemon in two ways")
    if host:
        return (_at(host, "-H", environ, home),)
    if context:
        return _of_context(context, "-c", environ, home)
    if chosen := environ.get("DOCKER_HOST"):
        return (_at(chosen, "DOCKER_HOST", environ, home),)
    if chosen := environ.get("DOCKER_CONTEXT"):
        return _of_context(chosen, "DOCKER_CONTEXT", environ, home)
    config = _config_directory(environ, home) / "config.json"
    if chosen := _json(config).get("currentContext"):
        return _of_context(str(chosen), str(config), environ, home)
    return _usual(environ, home)


def answering(tried: tuple[Endpoint, ...], knock: Callable[[Endpoint], str | None] | None = None) -> Endpoint:
    """The first endpoint where somebody answers. `knock` says why not, or None.

    Raises:
        CommandError: nobody answers; it says what was tried and why each failed.
    """
    failures = []
    for endpoint in tried:
        why = (knock or knocked)(endpoint)
        if why is None:
            return endpoint
        failures.append(f"{endpoint.url} ({endpoint.origin}): {why}")
    raise CommandError(
        "no Docker engine answers",
        *failures,
        "start Docker, or name a daemon with -H, -c or DOCKER_HOST",
        "without Docker, `--engine memory:FILE` rehearses against a model of a daemon kept in FILE",
    )


def knocked(endpoint: Endpoint) -> str | None:
    """Why nobody answers at `endpoint`; None if somebody does, or if only a real call can tell."""
    parts = urlsplit(endpoint.url)
    if parts.scheme in {"ssh", "npipe"}:
        return None
    if parts.scheme not in {"unix", "tcp", "http", "https"}:
        return f"topo knows unix, tcp, http, https and ssh, not {parts.scheme or 'this'}"
    try:
        if parts.scheme == "unix":
            _connect_unix(parts.path)
        else:
            port = parts.port or (2376 if endpoint.tls else 2375)
            socket.create_connection((parts.hostname or "localhost", port), _KNOCK_SECONDS).close()
    except OSError as error:
        return _why(error)
    except ValueError as error:
        return str(error)
    return None


def _connect_unix(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_KNOCK_SECONDS)
        probe.connect(path)


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such socket"
    if isinstance(error, PermissionError):
        return "permission denied: run as root, or join the group that owns the socket and log in again"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused: nothing listens there"
    if isinstance(error, TimeoutError):
        return f"no answer within {_KNOCK_SECONDS:.0f} seconds"
    if isinstance(error, socket.gaierror):
        return "there is no host of that name"
    return error.strerror or str(error)


def _usual(environ: Mapping[str, str], home: Path) -> tuple[Endpoint, ...]:
    """Where Docker is when nobody has said where."""
    runtime = environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    sockets = (
        ("/var/run/docker.sock", "the default socket"),
        (f"{runtime}/docker.sock", "a rootless engine's"),
        (f"{home}/.docker/run/docker.sock", "Docker Desktop's"),
    )
    return tuple(Endpoint(url=f"unix://{path}", origin=origin) for path, origin in sockets)


def _of_context(name: str, chosen_by: str, environ: Mapping[str, str], home: Path) -> tuple[Endpoint, ...]:
    if name == "default":
        return _usual(environ, home)
    contexts = _config_directory(environ, home) / "contexts"
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = _json(contexts / "meta" / digest / "meta.json")
    found = meta.get("Endpoints", {}).get("docker", {})
    if not found.get("Host"):
        known = ", ".join(["default", *sorted(_context_names(contexts))])
        raise CommandError(
            f"there is no Docker context {name!r} (chosen by {chosen_by})", f"known contexts: {known}"
        )
    return (
        Endpoint(
            url=_url(str(found["Host"])),
            origin=f"context {name}, {chosen_by}",
            tls=_folder(contexts / "tls" / digest / "docker"),
            verify=not found.get("SkipTLSVerify"),
        ),
    )


def _context_names(contexts: Path) -> list[str]:
    return [str(_json(meta).get("Name", "")) for meta in contexts.glob("meta/*/meta.json")]


def _at(host: str, origin: str, environ: Mapping[str, str], home: Path) -> Endpoint:
    """A daemon named by its address; DOCKER_TLS_VERIFY and DOCKER_CERT_PATH ask for TLS."""
    verify, path = environ.get("DOCKER_TLS_VERIFY"), environ.get("DOCKER_CERT_PATH")
    folder = Path(path) if path else _config_directory(environ, home)
    return Endpoint(
        url=_url(host),
        origin=origin,
        tls=_folder(folder) if verify or path else None,
        verify=bool(verify),
    )


def _folder(directory: Path) -> Path | None:
    """The folder, if it holds what TLS needs."""
    return directory if (directory / "ca.pem").is_file() or (directory / "cert.pem").is_file() else None


def _config_directory(environ: Mapping[str, str], home: Path) -> Path:
    return Path(environ.get("DOCKER_CONFIG") or home / ".docker")


def _json(path: Path) -> dict[str, Any]:
    """What a JSON file holds; nothing if it is not there or not readable as such."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _url(host: str) -> str:
    """Docker takes `10.0.0.1:2375` and `/run/docker.sock` for what they look like."""
    if host.startswith("/"):
        return f"unix://{host}"
    return host if "://" in host else f"tcp://{host}"
