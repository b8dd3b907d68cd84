"""How people write quantities, ports and mounts → canonical values.

Bytes are int, seconds and CPUs float. Whatever cannot be read raises `Misfit`, whose text goes on with a
sentence that began with the field: "must be a duration such as 1m30s".
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Iterator
from datetime import date
from typing import TypeAlias

PortRange: TypeAlias = tuple[int, int]
PROTOCOLS = ("tcp", "udp", "sctp")

_INTEGER = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|ms|s|m|h|d|w)")
_SECONDS = {
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3,
    "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0,
}  # fmt: skip
_SIZE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>[kmgtpKMGTP]?)(?:i?[bB])?")
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_TRUE = frozenset(("true", "yes", "on", "y", "1"))
_FALSE = frozenset(("false", "no", "off", "n", "0"))
_LONGEST_NUMBER = 30


class Misfit(ValueError):
    """A value that its field cannot take.

    `says` continues the sentence that the field begins; `seen` is the part of the value that is meant.
    """

    def __init__(self, says: str, *, label: str = "", mend: str = "", seen: str | None = None) -> None:
        super().__init__(says)
        self.seen = seen
        self.says = says
        self.label = label
        self.mend = mend


def whole(text: str) -> int:
    """A whole number as YAML 1.2 writes it: decimal, 0x…, 0o…; a leading zero changes nothing."""
    text = text.strip()
    if len(text) > _LONGEST_NUMBER or not _INTEGER.fullmatch(text):
        raise Misfit("must be a whole number")
    return int(text, 0) if text[:2] in ("0x", "0o") else int(text)


def day(text: str) -> date:
    """A date as ISO 8601 writes it."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Misfit("must be a date such as 2027-01-31") from None


def number(text: str) -> float:
    """A number with or without a point; never infinite."""
    text = text.strip()
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise Misfit("must be a number")
    return float(text)


def truth(text: str) -> bool:
    """`true` or `false`, and the older words that Compose still takes for them."""
    word = text.strip().lower()
    if word not in _TRUE and word not in _FALSE:
        raise Misfit("must be true or false")
    return word in _TRUE


def duration(text: str) -> float:
    """Seconds. Go's form: numbers with units, one after the other, such as `1m30s`."""
    text = text.strip()
    parts = _DURATION.findall(text) if len(text) <= _LONGEST_NUMBER else []
    if text == "0":
        return 0.0
    if not parts or "".join(parts) != text:
        mend = f"write {text}s if seconds are meant" if _is_number(text) else ""
        raise Misfit("must be a duration", label="such as 500ms, 30s or 1m30s", mend=mend)
    return sum(_seconds(part) for part in parts)


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and not text.startswith("-")


def _seconds(part: str) -> float:
    unit = part.lstrip("0123456789.")
    return float(part[: -len(unit)]) * _SECONDS[unit]


def show_duration(seconds: float) -> str:
    """The shortest form that `duration` reads back: 90.0 → `1m30s`."""
    nanos = round(seconds * 1e9)
    if nanos == 0:
        return "0s"
    shown = []
    for unit, size in (("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000)):
        count, nanos = divmod(nanos, size)
        if count:
            shown.append(f"{count}{unit}")
    for unit, size in (("ms", 1_000_000), ("us", 1_000), ("ns", 1)):
        if nanos and nanos % size == 0:
            shown.append(f"{nanos // size}{unit}")
            break
    return "".join(shown)


def size(text: str) -> int:
    """Bytes. Units are powers of 1024 whether or not they have an i, as everywhere in Docker."""
    text = text.strip()
    match = _SIZE.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
    if not match:
        raise Misfit("must be a size", label="such as 512m, 1.5g or 64k")
    power: int = 1024 ** _POWERS[match["unit"].lower()]
    return int(float(match["number"]) * power)


def show_size(count: int) -> str:
    """The shortest form that `size` reads back: 536870912 → `512m`."""
    for unit in ("t", "g", "m", "k"):
        power = 1024 ** _POWERS[unit]
        if count and count % power == 0:
            return f"{count // power}{unit}"
    return str(count)


def port_range(text: str) -> PortRange:
    """`80` or `8000-8010`, both ends included."""
    first, dash, last = text.partition("-")
    low = _port(first, text)
    high = _port(last, text) if dash else low
    if high < low:
        raise Misfit("must be a range of ports that rises", label=f"{low} is more than {high}")
    return low, high


def _port(text: str, whole_text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 5 or not 0 <= int(text) <= 65535:
        raise Misfit(
            "must name ports between 1 and 65535",
            label=f'"{text}" is not a port' if text != whole_text else "",
        )
    return int(text)


def protocol(text: str) -> str:
    """`tcp`, `udp` or `sctp`, in lower case."""
    if text.lower() not in PROTOCOLS:
        raise Misfit("must be published over tcp, udp or sctp", label=f'"{text}" is not a protocol')
    return text.lower()


def address(text: str) -> str:
    """An IPv4 or IPv6 address in its canonical form; IPv4 written as IPv6 is IPv4 to engines."""
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError as error:
        raise Misfit("must be an IP address", label="such as 10.0.0.10 or fd00::10") from error
    inside = found.ipv4_mapped if found.version == 6 else None
    return str(inside or found)


def is_address(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address as it stands."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def subnet(text: str) -> str:
    """A network in CIDR form; bits below the mask are cleared, as engines do."""
    block = text.strip()
    try:
        if "/" in block:
            return str(ipaddress.ip_network(block, strict=False))
    except ValueError:
        pass
    raise Misfit("must be a subnet", label="such as 10.0.0.0/24 or fd00::/64")


def pool(text: str) -> str:
    """A range of IPv4 addresses that subnets are taken from: `10.90.0.0/16`."""
    found = subnet(text)
    if ":" in found:
        raise Misfit("must be a range of IPv4 addresses", label="such as 10.90.0.0/16")
    return found


def published(text: str) -> Iterator[tuple[str | None, PortRange | None, int, str]]:
    """A port in short form → host address, host ports, container port, protocol; once per container port.

    `8000-8002:80-82` are three ports; `8000-8002:80` is one with three host ports to choose from.
    """
    rest, slash, name = text.strip().partition("/")
    spoken = protocol(name) if slash else "tcp"
    host, rest = _host(rest)
    outer, _, inner = rest.rpartition(":")
    low, high = port_range(inner)
    if low == 0:
        raise Misfit("must name a container port", label="0 is not one")
    outside = _host_ports(outer)
    if high == low:
        yield host, outside, low, spoken
        return
    if outside and outside[1] - outside[0] != high - low:
        counts = f"{outside[1] - outside[0] + 1} host ports and {high - low + 1} container ports"
        raise Misfit("must have ranges of equal length", label=counts)
    for offset in range(high - low + 1):
        chosen = (outside[0] + offset, outside[0] + offset) if outside else None
        yield host, chosen, low + offset, spoken


def _host(text: str) -> tuple[str | None, str]:
    """Takes the host address off the front of a port in short form."""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or not rest.startswith(":"):
            raise Misfit("must be written [ADDRESS]:HOST:CONTAINER for an IPv6 address")
        return address(host), rest[1:]
    if text.count(":") < 2:
        return None, text
    host, outer, inner = text.rsplit(":", 2)
    return (address(host) if host else None), f"{outer}:{inner}"


def _host_ports(text: str) -> PortRange | None:
    """What is published; nothing and 0 both leave the choice to the engine."""
    if not text:
        return None
    ports = port_range(text)
    return None if ports == (0, 0) else ports


def show_port(host: str | None, outside: PortRange | None, inside: int, spoken: str) -> str:
    """The short form that `published` reads back."""
    suffix = "" if spoken == "tcp" else f"/{spoken}"
    outer = "" if outside is None else show_range(outside)
    if host is None:
        return f"{outer}:{inside}{suffix}" if outer else f"{inside}{suffix}"
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{outer}:{inside}{suffix}"


def show_range(ports: PortRange) -> str:
    """`80` or `8000-8010`."""
    return str(ports[0]) if ports[0] == ports[1] else f"{ports[0]}-{ports[1]}"
