"""What each image holds: its packages, its own files, and what the engine is told about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FILES = Path(__file__).parent / "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of the image itself; one that begins with `#!` can be run."""

    content: bytes

    @property
    def mode(self) -> int:
        return 0o755 if self.content.startswith(b"#!") else 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder that a program writes into, owned by the account it runs under."""

    mode: int = 0o755
    owner: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Symlink:
    """A second name for a program."""

    target: str


Entry = File | Folder | Symlink

ACCOUNTS = {
    "root": (0, "/root", "/bin/sh"),
    "www-data": (33, "/var/www", "/bin/false"),
    "postgres": (999, "/var/lib/postgresql", "/bin/sh"),
    "redis": (998, "/data", "/bin/false"),
    "mysql": (997, "/var/lib/mysql", "/bin/false"),
    "nobody": (65534, "/nonexistent", "/bin/false"),
}
"""User id, home and shell; each account has a group of its name and number."""

BUSYBOX = ("busybox-static",)
# Shared by all services, so that an engine holds it once; apt adds what these need.
RUNTIME = (
    *BUSYBOX,
    *("libc6", "libgcc-s1", "libstdc++6", "zlib1g", "libssl3", "libcrypt1", "libpcre2-8-0", "liblzma5"),
    *("libzstd1", "liblz4-1", "libsystemd0", "libtinfo6"),
)

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
POSTGRES_BIN = "/usr/lib/postgresql/15/bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image, under the name of the official one it stands in for."""

    name: str
    packages: tuple[str, ...]
    below: tuple[str, ...] = RUNTIME
    files: Mapping[str, Entry] = field(default_factory=dict)
    config: Mapping[str, object] = field(default_factory=dict)
    path: str = PATH
    environment: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        return self.name.replace("/", "-").replace(":", "-") + ".tar"


def _shipped(name: str) -> File:
    return File(content=(FILES / name).read_bytes())


IMAGES = (
    Image(name="busybox:latest", packages=BUSYBOX, below=BUSYBOX, config={"Cmd": ["sh"]}),
    Image(
        name="nginx:alpine",
        packages=("nginx",),
        files={
            "etc/nginx/nginx.conf": _shipped("nginx.conf"),
            "etc/nginx/conf.d/default.conf": _shipped("nginx-default.conf"),
            "var/log/nginx": Folder(),
            "var/lib/nginx": Folder(),
        },
        config={
            "Cmd": ["nginx", "-g", "daemon off;"],
            "ExposedPorts": {"80/tcp": {}},
            "StopSignal": "SIGQUIT",
        },
    ),
    Image(
        name="postgres:15-alpine",
        packages=("postgresql-15", "tzdata"),
        files={
            "usr/local/bin/docker-entrypoint.sh": _shipped("postgres.sh"),
            "var/lib/postgresql/data": Folder(mode=0o700, owner=999),
            "run/postgresql": Folder(owner=999),
            "docker-entrypoint-initdb.d": Folder(),
        },
        config={
            "Entrypoint": ["docker-entrypoint.sh"],
            "Cmd": ["postgres"],
            "ExposedPorts": {"5432/tcp": {}},
            "StopSignal": "SIGINT",
            "Volumes": {"/var/lib/postgresql/data": {}},
        },
        path=f"{POSTGRES_BIN}:{PATH}",
        environment=("PGDATA=/var/lib/postgresql/data",),
    ),
    Image(
        name="redis:7-alpine",
        packages=("redis-server",),
        files={"usr/local/bin/docker-entrypoint.sh": _shipped("redis.sh"), "data": Folder(owner=998)},
        config={
            "Entrypoint": ["docker-entrypoint.sh"],
            "Cmd": ["redis-server"],
            "ExposedPorts": {"6379/tcp": {}},
            "Volumes": {"/data": {}},
            "WorkingDir": "/data",
        },
    ),
    Image(
        name="mariadb:10.11",
        packages=("mariadb-server-core", "mariadb-client-core"),
        files={
            "usr/local/bin/docker-entrypoint.sh": _shipped("mariadb.sh"),
            "usr/local/bin/healthcheck.sh": _shipped("mariadb-healthcheck.sh"),
            "var/lib/mysql": Folder(owner=997),
            "run/mysqld": Folder(owner=997),
            "docker-entrypoint-initdb.d": Folder(),
        },
        config={
            "Entrypoint": ["docker-entrypoint.sh"],
            "Cmd": ["mariadbd"],
            "ExposedPorts": {"3306/tcp": {}},
            "Volumes": {"/var/lib/mysql": {}},
        },
    ),
    Image(
        name="alpine/socat:1.8.0.3",
        packages=("socat", "libnsl2", "libtirpc3"),
        config={"Entrypoint": ["socat"]},
    ),
    # The official image brings pip, this one brings what the examples' Dockerfiles would install with it.
    Image(
        name="python:3.11-slim",
        packages=(
            "python3",
            "python3-flask",
            "gunicorn",
            "python3-psycopg2",
            "python3-redis",
            "python3-pymysql",
        ),
        files={"usr/local/bin/python": Symlink(target="/usr/bin/python3")},
        config={"Cmd": ["python3"]},
        environment=("PYTHONUNBUFFERED=1",),
    ),
)
