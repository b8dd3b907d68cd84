"""What YAML takes a word without quotes for, written as Compose writes it: `0o17` is 15, `1.50` is 1.5.

Compose reads numbers as Go's YAML library does: those of YAML 1.1 and 1.2, with underscores anywhere, and
writes them in Go's shortest form.
"""

from __future__ import annotations

import re
from decimal import Decimal

_TRUTHS = {word: word.lower() for word in ("True", "TRUE", "False", "FALSE")}
_SPECIAL = {
    **dict.fromkeys((f"{sign}.{word}" for sign in ("", "+") for word in ("inf", "Inf", "INF")), "+Inf"),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), "-Inf"),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), "NaN"),
}
_WHOLE = re.compile(
    r"(?P<sign>[-+]?)"
    r"(?:0[xX](?P<x>[0-9a-fA-F]+)|0[bB](?P<b>[01]+)|0[oO]?(?P<o>[0-7]+)|(?P<d>0|[1-9][0-9]*))"
)
_BASES = {"x": 16, "b": 2, "o": 8, "d": 10}
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_FIRST = frozenset("+-.0123456789TF")
_LONGEST = 400
_PLAIN_EXPONENTS = range(-4, 6)


def meant(word: str) -> str:
    """What the word is once it has been read as a number or a truth; the word itself where it is text."""
    if word[:1] not in _FIRST or len(word) > _LONGEST:
        return word
    known = _TRUTHS.get(word) or _SPECIAL.get(word)
    return known or _number(word)


def is_text(word: str) -> bool:
    """Whether YAML reads a word without quotes as text, and not as a number or a truth."""
    digits = word.replace("_", "")
    known = word in _TRUTHS or word in _TRUTHS.values() or word in _SPECIAL
    return not (known or _WHOLE.fullmatch(digits) or _DECIMAL.fullmatch(digits))


def _number(word: str) -> str:
    digits = word.replace("_", "")
    whole = _WHOLE.fullmatch(digits)
    if whole is not None:
        base = whole.lastgroup or "d"
        count = int(whole["sign"] + whole[base], _BASES[base])
        if -(1 << 63) <= count < 1 << (63 if whole["sign"] else 64):
            return str(count)
    return _written(digits) or word if _DECIMAL.fullmatch(digits) else word


def _written(digits: str) -> str:
    """A number with a point in Go's shortest form; nothing where it is out of range."""
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        return ""
    sign, figures, exponent = Decimal(repr(number)).normalize().as_tuple()
    shown = "".join(map(str, figures))
    power = len(shown) - 1 + int(exponent)
    if number == 0:
        return "-0" if sign else "0"
    if power in _PLAIN_EXPONENTS:
        return f"{Decimal(repr(number)).normalize():f}"
    point = f".{shown[1:]}" if shown[1:] else ""
    return f"{'-' if sign else ''}{shown[0]}{point}e{'-' if power < 0 else '+'}{abs(power):02}"
