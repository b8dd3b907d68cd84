"""Names as Kubernetes takes them: DNS labels that begin with a letter (RFC 1035), each once for its kind."""

from __future__ import annotations

import hashlib
import re
from typing import Final

_LABEL: Final = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_KEY: Final = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_QUALIFIED: Final = re.compile(
    r"([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?"
)
_LONGEST: Final = 50
"""Characters of a name: controllers append to it, and what comes of that must be a label too."""


def is_label(text: str) -> bool:
    """Whether a Service may be called so."""
    return bool(_LABEL.fullmatch(text))


def is_key(text: str) -> bool:
    """Whether a ConfigMap or a Secret may hold something under this key."""
    return bool(_KEY.fullmatch(text)) and text not in {".", ".."}


def is_qualified(text: str) -> bool:
    """Whether an annotation may be called so."""
    return bool(_QUALIFIED.fullmatch(text))


def label(text: str) -> str:
    """The nearest name that Kubernetes takes: `Redis_Cache` → `redis-cache`."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    name = name if name[:1].isalpha() else f"x-{name}".rstrip("-")
    return name if len(name) <= _LONGEST else _marked(name, text)


def key(text: str) -> str:
    """The nearest key that a ConfigMap takes."""
    name = re.sub(r"[^-._a-zA-Z0-9]", "-", text)[:253]
    return name if is_key(name) else f"x{name}"


def _marked(name: str, text: str) -> str:
    """The name, cut, with what tells its text from others that look like it."""
    mark = hashlib.sha256(text.encode()).hexdigest()[:6]
    return f"{name[: _LONGEST - 7].rstrip('-')}-{mark}"


class Namer:
    """Gives each thing a name of its own among those of its kind; the same one when asked again."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._taken: set[tuple[str, str]] = set()

    def give(self, kind: str, text: str) -> str:
        """The name of `text`: its own where that is one and still free."""
        if (kind, text) not in self._given:
            name = label(text)
            name = _marked(name, f"{kind} {text}") if (kind, name) in self._taken else name
            self._taken.add((kind, name))
            self._given[kind, text] = name
        return self._given[kind, text]
