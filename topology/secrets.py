"""What looks like a secret, so that it is never shown."""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = re.compile(
    r"(pass(word|wd|phrase|code)?|secret|token|credential|api_?key|access_?key|private_?key|auth|salt|dsn)s?($|_)",
    re.IGNORECASE,
)
_LOGIN_IN_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@", re.IGNORECASE)


def looks_secret(name: str, value: object) -> bool:
    """Whether a variable's name says that it holds a secret, or its value is a URL with a password."""
    return bool(_NAMES.search(name) or _LOGIN_IN_URL.search(str(value)))
