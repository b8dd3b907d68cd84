"""Layers: package files unpacked into one tar, the way a merged-/usr Debian lays them out."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import assert_never

from examples.lab.images import catalogue, debs
from examples.lab.images.catalogue import Entry, File, Folder, Symlink

# Documentation, translations, the init system's files and compilers' intermediate code: half of the bytes.
UNWANTED = re.compile(
    r"usr/share/(doc|man|locale|info|lintian|bash-completion|bug|perl5|i18n|common-licenses|applications|pixmaps)(/.*)?"
    r"|etc/(init\.d|cron\..*|logrotate\.d|apparmor\.d|ufw|systemd|default)(/.*)?|usr/lib/systemd(/.*)?"
    r"|usr/lib/postgresql/\d+/lib/(bitcode|llvmjit).*|usr/share/postgresql/\d+/man.*"
    r"|usr/share/mysql/(mysql_test_data_timezone|policy).*|usr/lib/[^/]+-linux-gnu/gconv/.*"
    r"|usr/share/zoneinfo/(right|posix)/.*|usr/lib/[^/]+-linux-gnu/sasl2/libsasldb.*"
    r"|usr/lib/python3\.\d+/(test|pydoc_data|lib2to3|idlelib|ensurepip|turtledemo)/.*"
    r"|usr/lib/python3\.\d+/lib-dynload/(_dbm|_gdbm|nis)\..*"
)
MERGED = ("bin", "sbin", "lib", "lib64")
TOP = ("etc", "root", "run", "proc", "sys", "dev", "var", *(f"usr/{name}" for name in MERGED))
APPLETS = tuple(
    """
    [ ash awk basename cat chmod chown cp cut date df dirname du echo env expr false find grep gzip head
    hostname httpd id ifconfig ip kill ls mkdir mount mv nc netstat nslookup pidof ping printf ps rm sed seq
    sh sleep sort stty su tail tar tee telnet test timeout top touch tr true tty uniq vi wc wget which xargs
    """.split()  # noqa: SIM905 - sixty quoted names would be harder to read
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What a layer is made of. An image's lowest one also lays out the folders the others expect."""

    files: tuple[str, ...] = ()
    entries: Mapping[str, Entry]
    lowest: bool = False

    def key(self, code: str) -> str:
        """The same for the same content, as made by the same `code`."""
        entries = sorted((name, repr(entry)) for name, entry in self.entries.items())
        return hashlib.sha256(json.dumps([code, self.files, entries, self.lowest]).encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A layer in the cache, with the digest that engines know it by."""

    path: Path
    digest: str


def build(cache: Path, layer: Layer, code: str) -> Built:
    """The layer's tar, made unless the cache has it."""
    path = cache / "layers" / f"{layer.key(code)}.tar"
    digest = path.with_suffix(".sha256")
    if not digest.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with (
            path.open("wb") as target,
            tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as tar,
        ):
            _Writer(tar).write(cache, layer)
        with path.open("rb") as made:
            digest.write_text(hashlib.file_digest(made, "sha256").hexdigest())
    return Built(path=path, digest=digest.read_text())


def foundation() -> dict[str, Entry]:
    """The files of every image: accounts, name look-up, and busybox under its many names."""
    users = (
        f"{name}:x:{uid}:{uid}:{name}:{home}:{shell}\n"
        for name, (uid, home, shell) in catalogue.ACCOUNTS.items()
    )
    groups = (f"{name}:x:{uid}:\n" for name, (uid, _, _) in catalogue.ACCOUNTS.items())
    return {
        "etc/passwd": File(content="".join(users).encode()),
        "etc/group": File(content="".join(groups).encode() + b"nogroup:x:65534:\n"),
        "etc/nsswitch.conf": File(content=b"passwd: files\ngroup: files\nhosts: files dns\n"),
        "tmp": Folder(mode=0o1777),
        "var/tmp": Folder(mode=0o1777),
        "var/run": Symlink(target="../run"),
        **{name: Symlink(target=f"usr/{name}") for name in MERGED},
        **{f"usr/bin/{applet}": Symlink(target="busybox") for applet in APPLETS},
    }


def placed(name: str) -> str:
    """Where a package's file goes: /bin, /sbin and the libraries are below /usr."""
    return re.sub(r"^(bin|sbin|lib|lib64|lib32)(?=/|$)", r"usr/\1", name.removeprefix("./").strip("/"))


class _Writer:
    """One tar being written; it knows which folders are in it already."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._folders = {"."}

    def write(self, cache: Path, layer: Layer) -> None:
        if layer.lowest:
            for folder in TOP:
                self._folder(folder)
        for file in layer.files:
            self._unpack(debs.path(cache, file))
        self._entries(layer.entries.items())

    def _entries(self, entries: Iterable[tuple[str, Entry]]) -> None:
        for name, entry in entries:
            match entry:
                case File():
                    self._parents(name)
                    self._add(name, tarfile.REGTYPE, mode=entry.mode, content=entry.content)
                case Folder():
                    self._folder(name, mode=entry.mode, owner=entry.owner)
                case Symlink():
                    self._parents(name)
                    self._add(name, tarfile.SYMTYPE, mode=0o777, target=entry.target)
                case _:
                    assert_never(entry)

    def _unpack(self, package: Path) -> None:
        command = ["dpkg-deb", "--fsys-tarfile", str(package)]
        with (
            subprocess.Popen(command, stdout=subprocess.PIPE) as unpacked,  # noqa: S603 - a file of our own cache
            tarfile.open(fileobj=unpacked.stdout, mode="r|", bufsize=1 << 18) as content,
        ):
            for member in content:
                self._take(content, member)
        if unpacked.returncode:
            raise subprocess.CalledProcessError(unpacked.returncode, command)

    def _take(self, content: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        member.name = placed(member.name)
        if not member.name or UNWANTED.fullmatch(member.name):
            return
        if member.isdir():
            if member.name not in self._folders:
                self._folder(member.name, mode=member.mode, owner=member.uid)
            return
        self._parents(member.name)
        if member.islnk():
            member.linkname = placed(member.linkname)
        self._tar.addfile(member, content.extractfile(member) if member.isreg() else None)

    def _parents(self, name: str) -> None:
        parent = str(PurePosixPath(name).parent)
        if parent not in self._folders:
            self._folder(parent)

    def _folder(self, name: str, *, mode: int = 0o755, owner: int = 0) -> None:
        self._parents(name)
        self._folders.add(name)
        self._add(name, tarfile.DIRTYPE, mode=mode, owner=owner)

    def _add(
        self, name: str, kind: bytes, *, mode: int, owner: int = 0, content: bytes = b"", target: str = ""
    ) -> None:
        member = tarfile.TarInfo(name)
        member.type, member.mode, member.linkname, member.size = kind, mode, target, len(content)
        member.uid = member.gid = owner
        self._tar.addfile(member, io.BytesIO(content))
