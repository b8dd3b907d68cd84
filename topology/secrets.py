"""What looks like a secret, so that it is never shown."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Final

_NAMES: Final = re.compile(
    r"(pass(word|wd|phrase|code)?|secret|token|credential|api_?key|access_?key|private_?key|auth|salt|dsn)s?($|_)",
    re.IGNORECASE,
)
_LOGIN_IN_URL: Final = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@", re.IGNORECASE)
_VALUE: Final = r"""(?P<value>'[^']+'|"[^"$]+"|[^\s'"$;|&<>(){}-][^\s'";|&<>]*)"""
_ASSIGNED: Final = re.compile(rf"(?<![\w.])-{{0,2}}(?P<name>[A-Za-z_][\w.-]*)=(?:{_VALUE})")
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


_NAME: Final = r"""["']?(?<![\w.-])(?P<name>[A-Za-z_][\w.-]*)["']?"""
_TYPED: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"""^\s*(?:-\s+)?{_NAME}\s*:\s+(?P<value>[^\s{{\[&*|>!#].*?)\s*(?:\s#.*)?$""",
        rf"""[{{,]\s*{_NAME}\s*:\s+(?P<value>'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^\s{{\[&*!,}}][^,}}]*)""",
        rf"""{_NAME}\s*:\s+(?P<value>\[[^\]]*\]?)""",
        rf"""^\s*-\s+{_NAME}=(?P<value>.+?)\s*$""",
        r"""(?P<quote>["'])(?:-{0,2})(?P<name>[A-Za-z_][\w.-]*)=(?P<value>(?:(?!(?P=quote)).)+)""",
        r"""\$\{(?P<name>\w+):?[-+](?P<value>[^}]+)\}""",
        r"""(?<![\w-])--?(?P<name>[A-Za-z][\w-]*)["']?[,\s]\s*(?P<value>'[^']+'|"[^"]+"|[^\s'",\]-][^\s'",\]]*)""",
        _ASSIGNED.pattern,
    )
)
"""A name and its value as stack files have them: in a block, a flow, a list, quotes, a default, a flag."""
_HINT: Final = re.compile(
    r"pass|secret|token|credential|(api|access|private).?key|auth|salt|dsn|://", re.IGNORECASE
)
"""What every line with a secret has in it: most lines need no second look."""
_WHOLLY_VARIABLE: Final = re.compile(r"""["']?\$(\w+|\{\w+\}|\{\w+:?\?[^}]*\})["']?""")


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
    head = found[0].removesuffix(value)
    if _LOGIN_IN_URL.search(value):
        return found[0]
    if not is_secret(name.replace("-", "_"), value.strip("'\"")):
        first, *more = value.split(",")
        return head + ",".join([first, *map(masked, more)])
    return head + MASK


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


def command_line(words: Sequence[str]) -> str:
    """A command as one would type it, with the secrets in it unreadable."""
    return " ".join(shlex.quote(word) if MASK not in word else word for word in masked_words(words))


def _masked_word(word: str) -> str:
    """What is not known to be a part of it is all of it."""
    found = masked(word)
    return found if found != word else MASK


def hidden(line: str) -> str:
    """A line of a stack file, as long as it is, with what looks like a secret unreadable."""
    if not _HINT.search(line):
        return line
    found = line[:LONGEST] + "*" * (len(line) - LONGEST)
    for pattern in _TYPED:
        at = 0
        while one := pattern.search(found, at):
            secret = _is_kept_from_sight(one["name"], one["value"])
            found = _blotted(found, *one.span("value")) if secret else found
            at = one.end("value") if secret else one.end("name")
    for one in _LOGIN_IN_URL.finditer(found):
        start = one.end() - 1 - len(one[0].rpartition(":")[2].removesuffix("@"))
        found = _blotted(found, start, one.end() - 1)
    return found


def _is_kept_from_sight(name: str, value: str) -> bool:
    """More than `is_secret`: a number behind such a name may be a password, and nobody misses it here."""
    plain, bare = name.replace("-", "_"), value.strip("'\"")
    if bare[:1] == "[" and plain in {"secret", "secrets"}:
        return False  # the names of secrets that a service gets
    if _WHOLLY_VARIABLE.fullmatch(value) or not _NAMES.search(plain) or _NOT_ITSELF.search(plain):
        return False
    return not _PLAIN.fullmatch(bare) or (bare[:1].isdigit() and len(bare) >= _SHORTEST)


LONGEST: Final = 8000
"""Characters of a line that are looked through; nobody reads what is behind them."""

_SHORTEST: Final = 4
"""Digits that may be a password."""


def _blotted(line: str, start: int, end: int) -> str:
    return line[:start] + "*" * (end - start) + line[end:]
