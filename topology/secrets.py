"""What looks like a secret, so that it is never shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_NAMES: Final = re.compile(
    r"(pass(word|wd|phrase|code)?|secret|token|credential|api_?key|access_?key|private_?key|auth|salt|dsn)s?($|_)",
    re.IGNORECASE,
)
_LOGIN_IN_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@", re.IGNORECASE)
_VALUE: Final = r"""(?P<value>'[^']+'|"[^"$]+"|[^\s'"$;|&<>(){}-][^\s'";|&<>]*)"""
_ASSIGNED: Final = re.compile(rf"(?P<name>[A-Za-z_][\w.-]*)=(?:{_VALUE})")
_FLAGGED: Final = re.compile(rf"(?<!\S)--?(?P<name>[A-Za-z][\w-]*)\s+(?:{_VALUE})")
_NOT_ITSELF: Final = re.compile(
    r"_(file|path|dir|url|uri|host|port|name|user(name)?|ttl|exp(iry|ires|iration)?(_\w+)?|timeout|days|hours|minutes"
    r"|seconds|enabled?|type|mode|method|provider|backend|header|algorithm|alg|length|len|rounds|policy|issuer"
    r"|audience|id|scopes?|realm|driver|strategy)$|^auth_\w*(service|server)",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(
    r"|true|false|yes|no|on|off|none|null|md5|basic|oauth2?|jwt|trust|scram-sha-256|[0-9]+[a-z]?|/.*|[a-z][a-z0-9+.-]*://.*",
    re.IGNORECASE,
)


def looks_secret(name: str, value: object) -> bool:
    """Whether a variable's name says that it holds a secret, or its value is a URL with a password."""
    return bool(_NAMES.search(name) or _LOGIN_IN_URL.search(str(value)))


def is_secret(name: str, value: str) -> bool:
    """Whether `value` is itself a secret: not where it is kept, nor for how long, nor whether to have one."""
    if _LOGIN_IN_URL.search(value):
        return True
    return looks_secret(name, "") and not _NOT_ITSELF.search(name) and not _PLAIN.fullmatch(value.strip())


MASK: Final = "********"
"""What is shown instead of a secret."""


def masked(text: str) -> str:
    """A command or any other text, with the secrets in it unreadable: `--password=x`, `TOKEN=x`, `://me:x@host`."""
    for pattern in (_ASSIGNED, _FLAGGED):
        text = pattern.sub(_without_value, text)
    return _LOGIN_IN_URL.sub(_without_password, text)


def _without_value(found: re.Match[str]) -> str:
    name, value = found["name"], found["value"]
    if not is_secret(name.replace("-", "_"), value.strip("'\"")) or _LOGIN_IN_URL.search(value):
        return found[0]
    return found[0].removesuffix(value) + MASK


def _without_password(found: re.Match[str]) -> str:
    login, _, _ = found[0].rpartition(":")
    return f"{login}:{MASK}@"


def secret_words(words: Sequence[str]) -> frozenset[int]:
    """The positions of those words of a command that hold a secret, or are one behind a flag that says so."""
    return frozenset(
        at
        for at, word in enumerate(words)
        if masked(word) != word
        or (at and masked(f"{words[at - 1]} {word}") != f"{masked(words[at - 1])} {word}")
    )


def masked_words(words: Sequence[str]) -> list[str]:
    """The words of a command, with the secrets in them unreadable."""
    secret = secret_words(words)
    return [_masked_word(word) if at in secret else word for at, word in enumerate(words)]


def _masked_word(word: str) -> str:
    """What is not known to be a part of it is all of it."""
    found = masked(word)
    return found if found != word else MASK
