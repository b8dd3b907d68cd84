"""Reads the files that a stack names: the one place where their content comes in."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Final

from reconciler.contents import NOTHING_DRAWN, Contents, Sealed, Unshown, seal
from reconciler.record import digest
from topology.findings import Missing, Path
from topology.models import Content, Service, Stack
from topology.models.contents import Grant
from topology.source import is_missing

LARGEST: Final = 1024 * 1024
"""Bytes of a mounted file that counts by content: what is larger is data or a log, and changes by itself."""


def read(stack: Stack, *, shared: bool, keeps: bool = False, drawn: Unshown = NOTHING_DRAWN) -> Contents:
    """What the files of a stack hold now; `shared`: the engine sees the same files as this process.

    `keeps`: it keeps secrets and configs by itself, and mounts them, so that nothing is copied. `drawn` is
    what the engine drew.
    """
    missing: list[Missing] = []
    digests = _Digests(stack.name, drawn)
    secrets = _sealed(stack, "secrets", _ours(stack.secrets, keeps=keeps), missing, digests)
    configs = _sealed(stack, "configs", _ours(stack.configs, keeps=keeps), missing, digests)
    for name, service in stack.services.items() if not keeps else ():
        missing += _unfit(stack, name, service, shared=shared)
    mounted = dict(_mounted(stack, missing, digests)) if shared else {}
    return Contents(
        mounted={path: seen for path, (seen, _) in mounted.items()},
        inodes={path: number for path, (_, number) in mounted.items()},
        secrets=secrets,
        configs=configs,
        missing=tuple(missing),
        shared=shared,
        drawn=drawn,
        older=digests.older,
    )


class _Digests:
    """Makes digests, and remembers what they would have been without what the engine drew."""

    def __init__(self, stack: str, drawn: str) -> None:
        self._stack = stack
        self._seal = seal(stack, drawn)
        self.older: dict[str, str] = {}

    def of(self, content: bytes) -> str:
        found = digest(self._seal, content)
        if self._seal != self._stack:
            self.older[Unshown(digest(self._stack, content))] = found
        return found


def _ours(contents: Mapping[str, Content], *, keeps: bool) -> Mapping[str, Content]:
    """Those whose content is to be had here; what the engine keeps for others it has already."""
    return {name: one for name, one in contents.items() if not (keeps and one.external)}


def _sealed(
    stack: Stack, kind: str, contents: Mapping[str, Content], missing: list[Missing], digests: _Digests
) -> dict[str, Sealed]:
    """The content of those that some service gets."""
    used = {grant.source for service in stack.services.values() for grant in getattr(service, kind)}
    if kind == "secrets":
        builds = (service.build for service in stack.services.values() if service.build is not None)
        used |= {secret.source for build in builds for secret in build.secrets}
    found = {}
    for name in sorted(used & set(contents)):
        held = _held(kind, name, contents[name])
        if isinstance(held, Missing):
            missing.append(held)
        else:
            found[name] = Sealed(held, digests.of(held))
    return found


def _held(kind: str, name: str, source: Content) -> bytes | Missing:
    what = f"{kind.removesuffix('s')} {name}"
    if source.file is not None:
        try:
            return FilePath(source.file).read_bytes()
        except OSError as error:
            reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
            return Missing(
                path=(kind, name, "file"),
                message=f"{what} cannot be read from {source.file}: {str(reason).lower()}",
                mend="put the file there, or name another",
            )
    if source.content is not None:
        return source.content.encode()
    if source.environment is not None:
        return Missing(
            path=(kind, name, "environment"),
            message=f"{what} comes from variable {source.environment}, which is not set",
            mend=f"set {source.environment}",
        )
    return Missing(
        path=(kind, name, "external"),
        message=f"{what} is external, and a single engine keeps none",
        mend="say where it comes from: file, environment or content",
    )


def _unfit(stack: Stack, name: str, service: Service, *, shared: bool) -> Iterator[Missing]:
    """Grants that no copy can make true."""
    for kind, grants, held in (
        ("secrets", service.secrets, stack.secrets),
        ("configs", service.configs, stack.configs),
    ):
        for index, grant in enumerate(grants):
            here: Path = ("services", name, kind, index)
            for owner in ("uid", "gid"):
                if not str(getattr(grant, owner) or 0).isdigit():
                    yield Missing(
                        path=(*here, owner),
                        message=f"{owner} of {grant.target} in service {name} is a name",
                        mend="write its number: names are known inside the image only",
                    )
            source = held.get(grant.source)
            if service.read_only and source is not None and not _mountable(grant, source, shared=shared):
                yield Missing(
                    path=here,
                    message=f"{grant.target} cannot be copied into service {name}, which is read_only",
                    mend="take it from a `file`, without mode and owner, or take read_only out",
                )


def _mountable(grant: Grant, source: Content, *, shared: bool) -> bool:
    return (grant.uid, grant.gid, grant.mode) == (None, None, None) and shared and bool(source.file)


def _mounted(
    stack: Stack, missing: list[Missing], digests: _Digests
) -> Iterator[tuple[str, tuple[str, int]]]:
    """Host path → digest and number of each mounted file whose content counts."""
    for name, service in stack.services.items():
        for index, mount in enumerate(service.volumes):
            if mount.type != "bind" or mount.source is None:
                continue
            path = FilePath(mount.source)
            counts = mount.on_change.recreate or bool(mount.on_change)
            if counts and (found := _counting(path)) is not None:
                content, number = found
                yield mount.source, (digests.of(content), number)
            elif not mount.create_host_path and is_missing(path):
                missing.append(
                    Missing(
                        path=("services", name, "volumes", index),
                        message=f"{mount.source} does not exist, and create_host_path is false",
                        mend="put it there",
                    )
                )


def _counting(path: FilePath) -> tuple[bytes, int] | None:
    """Content and number of a file that is small enough to be configuration, and that we may read."""
    try:
        seen = path.stat()
        if not stat.S_ISREG(seen.st_mode) or seen.st_size > LARGEST:
            return None
        return path.read_bytes(), seen.st_ino
    except OSError:
        return None
