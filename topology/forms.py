"""The forms in which a field may be written, as types for the models.

A value from a file is text, a list or a mapping; text is read by `units`. A value that is already what the
field holds passes untouched, so that a model's own dump is always accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator

from topology import commandline, units
from topology.source import Typed
from topology.units import Misfit

MOST_REPLICAS = 10_000
"""More of one service than any engine runs: each is planned by itself."""


def _text(parse: Callable[[str], object]) -> BeforeValidator:
    """Reads text with `parse` and leaves everything else to the type."""
    return BeforeValidator(lambda value: parse(value) if isinstance(value, str) else value)


def _counted(parse: Callable[[str], object]) -> BeforeValidator:
    """The same for numbers, which mean what YAML takes them for."""
    return BeforeValidator(lambda value: parse(_meant(value)) if isinstance(value, str) else value)


def _meant(text: str) -> str:
    return text.meant if isinstance(text, Typed) else text


def at_least(least: int) -> Callable[[str], int]:
    """A whole number that is not smaller than `least`."""

    def read(text: str) -> int:
        count = units.whole(text)
        if count < least:
            raise Misfit(f"must be a whole number from {least} upward")
        return count

    return read


def _replicas(text: str) -> int:
    count = at_least(0)(text)
    if count > MOST_REPLICAS:
        raise Misfit(f"must be at most {MOST_REPLICAS:,}", label="every replica is a container")
    return count


def _container_port(text: str) -> int:
    low, high = units.port_range(text)
    if low != high or low == 0:
        raise Misfit("must be one port between 1 and 65535")
    return low


def _host_ports(text: str) -> units.PortRange | None:
    ports = units.port_range(text) if text else (0, 0)
    return None if ports == (0, 0) else ports


def _positive(text: str) -> float:
    number = units.number(text)
    if number < 0:
        raise Misfit("must be a number from 0 upward")
    return number


def _swap(text: str) -> int:
    return -1 if text.strip() == "-1" else units.size(text)


def _percent(text: str) -> int:
    share = units.whole(text)
    if not 0 <= share <= 100:
        raise Misfit("must be between 0 and 100")
    return share


def _mode(text: str) -> int:
    """Permission bits, always octal: nobody means 440 in any other way."""
    digits = text.strip().removeprefix("0o")
    if not 1 <= len(digits) <= 5 or set(digits) - set("01234567"):
        raise Misfit("must be permissions", label="such as 0440")
    return int(digits, 8)


def pairs(value: object) -> object:
    """`["A=1", "B"]` or `{A: 1, B: null}` → `{"A": "1", "B": ""}`."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return {key: text for key, _, text in (item.partition("=") for item in value)}
    if isinstance(value, Mapping):
        return {
            key: "" if text is None else _meant(text) if isinstance(text, str) else text
            for key, text in value.items()
        }
    return value


def keys(value: object) -> object:
    """`["a", "b"]` → `{"a": None, "b": None}`; a mapping stays."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return dict.fromkeys(value)
    return value


def once(value: object) -> object:
    """`["a", "b", "a"]` → `["a", "b"]`."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [*dict.fromkeys(value)]
    return value


def _alone_or_listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _hosts(value: object) -> object:
    """`{name: address}`, `["name=address"]` or `["name:address"]` → `("name:address", …)`."""
    if isinstance(value, Mapping):
        return [f"{name}:{address}" for name, listed in value.items() for address in _listed(listed)]
    return value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _host(text: str) -> str:
    """`name=address` or `name:address`; one without an address is an unset variable's, which is warned of."""
    marks = [at for at in (text.find("="), text.find(":")) if at > 0]
    if not marks:
        raise Misfit("must be a name and an address", label="such as db.example:10.0.0.5")
    at = min(marks)
    address = text[at + 1 :].removeprefix("[").removesuffix("]")
    if address not in {"", "host-gateway"} and not units.is_address(address):
        raise Misfit(
            "must be a name and an address", label=f'"{address}" is neither an IP address nor host-gateway'
        )
    return f"{text[:at]}:{address}"


_SIGNALS = frozenset(
    (
        "ABRT", "ALRM", "BUS", "CHLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "KILL", "PIPE", "PROF",
        "PWR", "QUIT", "SEGV", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2",
        "VTALRM", "WINCH", "XCPU", "XFSZ",
    )
)  # fmt: skip


def _signal(text: str) -> str:
    """`SIGHUP`, `hup` and `HUP` are one signal; a number is left to the engine's kernel."""
    name = text.strip().upper().removeprefix("SIG")
    if name in _SIGNALS or (name.isdigit() and 1 <= int(name) <= 64):
        return name
    raise Misfit("must be a signal", label="such as HUP or USR1")


_SUFFIX = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


def _suffix(text: str) -> str:
    """The end of a DNS name; a dot in front is not needed."""
    name = text.strip().lower().removeprefix(".")
    if not _SUFFIX.fullmatch(name):
        raise Misfit("must be the end of a DNS name", label="such as svc.cluster.local")
    return name


_POLICIES = frozenset(("always", "build", "daily", "missing", "never", "weekly"))
_SAME_POLICY = {"if_not_present": "missing", "refresh": "always"}


def _pull_policy(text: str) -> str:
    """One word for each meaning; `every_12h` stays as it is."""
    word = _SAME_POLICY.get(text.strip(), text.strip())
    if word in _POLICIES or (word.startswith("every_") and units.duration(word.removeprefix("every_"))):
        return word
    raise Misfit("must be always, missing, never, build, daily, weekly or every_DURATION")


def _switch(text: str) -> str | None:
    """Off, on, or on in a way of its own."""
    return None if _meant(text).strip() == "false" else _meant(text)


def _user(value: object) -> object:
    return str(value) if isinstance(value, int) else value


Whole: TypeAlias = Annotated[int, _counted(units.whole)]
Count: TypeAlias = Annotated[int, _counted(at_least(0))]
Replicas: TypeAlias = Annotated[int, _counted(_replicas)]
Number: TypeAlias = Annotated[float, _counted(_positive)]
Flag: TypeAlias = Annotated[bool, _text(units.truth)]
Seconds: TypeAlias = Annotated[float, _text(units.duration)]
Bytes: TypeAlias = Annotated[int, _counted(units.size)]
Day: TypeAlias = Annotated[date, _text(units.day)]
Swap: TypeAlias = Annotated[int, _counted(_swap)]
Percent: TypeAlias = Annotated[int, _counted(_percent)]
Mode: TypeAlias = Annotated[int, _text(_mode)]
Words: TypeAlias = Annotated[tuple[str, ...], _text(commandline.words)]
Strings: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_alone_or_listed)]
Pairs: TypeAlias = Annotated[dict[str, str], BeforeValidator(pairs)]
Hosts: TypeAlias = Annotated[tuple[Annotated[str, _text(_host)], ...], BeforeValidator(_hosts)]
PullPolicy: TypeAlias = Annotated[str, _text(_pull_policy)]
Signal: TypeAlias = Annotated[str, _text(_signal)]
Suffix: TypeAlias = Annotated[str, _text(_suffix)]
Switch: TypeAlias = Annotated[str | None, _text(_switch)]
User: TypeAlias = Annotated[str, BeforeValidator(_user)]
Address: TypeAlias = Annotated[str, _text(units.address)]
Cidr: TypeAlias = Annotated[str, _text(units.subnet)]
Pool: TypeAlias = Annotated[str, _text(units.pool)]
ContainerPort: TypeAlias = Annotated[int, _text(_container_port)]
HostPorts: TypeAlias = Annotated[tuple[int, int] | None, _text(_host_ports)]
Protocol: TypeAlias = Annotated[Literal["tcp", "udp", "sctp"], _text(units.protocol)]
