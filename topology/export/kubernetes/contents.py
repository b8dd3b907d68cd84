"""ConfigMaps and Secrets. What looks like a secret goes into a Secret, and is written only if asked.

A Secret that was written without values keeps those that somebody put there, when it is applied again. Until
it has them the pods that ask for them do not start, which is better than to start without them.
"""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from topology.export.kubernetes.case import PART_OF, Case, Object, made
from topology.export.kubernetes.names import key
from topology.export.kubernetes.notes import TO_DO
from topology.secrets import hidden, is_secret, masked

_KEPT_FILES: Final = (".key", ".pem", ".p12", ".pfx", ".jks", ".keystore", ".htpasswd")


_MOST: Final = 1_000_000
"""Bytes that fit into one object, with room for what is around them."""


_GIVEN: Final = re.compile(
    r"PRIVATE KEY-----|(passw|passphrase|secret|token|credential|(api|access|private).?key|masterauth"
    r"|requirepass|identified\s+by)[\w.-]*[\"']?[\s:=]+[\"']?(?![$%{])[^\s\"';,)]{2}",
    re.IGNORECASE,
)
"""A secret in a file of whatever language. What is taken for one and is none does no harm in a Secret."""


def is_kept(name: str, value: str) -> bool:
    """Whether a variable belongs into a Secret; a number behind such a name may be a password."""
    numbered = value.isdecimal() and is_secret(name, "x" * len(value))
    return numbered or is_secret(name, value) or masked(value) != value or bool(_GIVEN.search(value))


def is_kept_file(name: str, content: bytes) -> bool:
    """Whether a file belongs into a Secret: by its name, or by a line that looks as if it held one."""
    if name.lower().endswith(_KEPT_FILES):
        return True
    text = content.decode("utf-8", "replace")
    return bool(_GIVEN.search(text)) or any(hidden(line) != line for line in text.splitlines())


class Source(Struct, frozen=True, kw_only=True):
    """What a pod takes something from: a ConfigMap, or with `kept` a Secret, by the key there."""

    name: str
    key: str
    kept: bool


class Contents:
    """The ConfigMaps and Secrets of an export as they fill up, and what is left to be filled."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._plain: dict[str, dict[str, bytes | None]] = {}
        self._kept: dict[str, dict[str, bytes | None]] = {}
        self._from: dict[str, dict[str, str]] = {}

    def put(self, holder: str, name: str, value: bytes | None, *, kept: bool, file: str = "") -> Source:
        """Puts something into what is called after `holder`. `file` is where people find a secret's value.

        A value of None is not known here.
        """
        kind = "Secret" if kept else "ConfigMap"
        called = self._case.namer.give(kind, holder)
        held = (self._kept if kept else self._plain).setdefault(called, {})
        at = self._free(held, key(name), value)
        held[at] = value
        if kept and file:
            self._from.setdefault(called, {})[at] = file
        return Source(name=called, key=at, kept=kept)

    @staticmethod
    def _free(held: Mapping[str, bytes | None], wanted: str, value: bytes | None) -> str:
        """The key, or one beside it where something else has it."""
        at, number = wanted, 2
        while at in held and held[at] != value:
            at, number = f"{number}-{wanted}", number + 1
        return at

    def digest(self, names: Iterator[str]) -> str | None:
        """What changes when one of these ConfigMaps does; nothing follows from it about a Secret."""
        found = hashlib.sha256()
        for name in sorted(set(names)):
            for at, value in sorted(self._plain.get(name, {}).items()):
                found.update(f"{name}\0{at}\0{len(value or b'')}\0".encode() + (value or b""))
        return found.hexdigest()[:16] if self._plain else None

    def config_maps(self) -> Iterator[Object]:
        for name, held in sorted(self._plain.items()):
            yield made("v1", "ConfigMap", self._metadata(name), **_split(held, "data", "binaryData"))

    def secrets(self) -> Iterator[Object]:
        """The Secrets, with their values only where those were asked for."""
        for name, kept in sorted(self._kept.items()):
            shown = _split(kept, "stringData", "data") if self._case.with_secrets else {}
            yield made("v1", "Secret", self._metadata(name), type="Opaque", **shown)

    def unfilled(self) -> Iterator[tuple[str, tuple[str, ...], Mapping[str, str]]]:
        """The Secrets with keys that have no value yet: their names, the keys, the files of some."""
        for name, kept in sorted(self._kept.items()):
            empty = [at for at, value in kept.items() if value is None or not self._case.with_secrets]
            if empty:
                yield name, tuple(sorted(empty)), self._from.get(name, {})

    def too_large(self) -> Iterator[str]:
        """The ConfigMaps and Secrets that hold too much for one object."""
        for kind, filled in (("ConfigMap", self._plain), ("Secret", self._kept)):
            for name, held in sorted(filled.items()):
                if sum(len(value or b"") for value in held.values()) > _MOST:
                    yield f"{kind} {name}"

    def _metadata(self, name: str) -> Object:
        return {"name": name, "labels": {PART_OF: self._case.part_of}}


def _split(held: Mapping[str, bytes | None], text: str, binary: str) -> dict[str, dict[str, str]]:
    """Values as text where they are some, else as Kubernetes takes bytes."""
    texts, others = {}, {}
    known = {at: value for at, value in sorted(held.items()) if value is not None}
    for at, value in known.items():
        decoded = _as_text(value)
        if decoded is None:
            others[at] = base64.b64encode(value).decode()
        else:
            texts[at] = decoded
    return {text: texts, binary: others}


def _as_text(value: bytes) -> str | None:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if all(sign.isprintable() or sign in "\n\t" for sign in text) else None


def filling(name: str, keys: tuple[str, ...], files: Mapping[str, str]) -> str:
    """The command that fills a Secret."""
    words = [f"--from-file={at}={files[at]}" if at in files else f"--from-literal={at}=VALUE" for at in keys]
    create = f"kubectl create secret generic {name} {' '.join(words)}"
    return f"{create} --dry-run=client -o yaml | kubectl apply --server-side -f -"


def tell(case: Case, contents: Contents) -> dict[str, str]:
    """Which Secrets are to be filled and which ConfigMaps are too large; by name, what fills a Secret."""
    commands = {name: filling(name, keys, files) for name, keys, files in contents.unfilled()}
    if commands:
        message = f"written without their values: {', '.join(f'Secret {name}' for name in commands)}"
        mend = "the comment at each says how to fill it; or export with --with-secrets"
        case.notes.warn(TO_DO, message, ("services",), mend=mend)
    for name in contents.too_large():
        message = f"{name} holds more than the MiB that Kubernetes takes in one"
        case.notes.warn(TO_DO, message, ("services",), mend="put some of its files into the image")
    return commands


def beside(folder: str, path: str) -> str:
    """A path as people at the stack file type it."""
    return posixpath.relpath(path, folder) if folder and path.startswith(folder) else path
