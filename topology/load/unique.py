"""What one service can have only once: of two entries that say it, the later one counts.

Two mounts at one target, two ports published alike, two values of one variable: as in Compose, the place of
the first and the words of the last. Entries of another shape stay for the models to refuse.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Hashable

from topology import mounts, units
from topology.source import Map, Seq, Text, Value
from topology.units import Misfit

Key = Callable[[Value], Hashable]


def once(field: str, value: Value) -> Value:
    """The list of a field with each entry once."""
    key_of = KEYS.get(field)
    if key_of is None or not isinstance(value, Seq) or len(value) < 2:
        return value
    made: dict[Hashable, Value] = {}
    for index, item in enumerate(value):
        key = key_of(item)
        made[index if key is None else (key,)] = item
    return value if len(made) == len(value) else Seq.of([*made.values()], value.at)


def _name(item: Value) -> Hashable:
    return item.partition("=")[0] if isinstance(item, Text) else None


def _port(item: Value) -> Hashable:
    if isinstance(item, Text):
        try:
            host, outside, inside, spoken = next(units.published(item))
        except Misfit:
            return None
        return host or "", units.show_range(outside) if outside else "", str(inside), spoken
    if not isinstance(item, Map):
        return None
    said = [item.get(key) for key in ("host_ip", "published", "target", "protocol")]
    host_ip, published, target, protocol = ("" if part is None else str(part) for part in said)
    return host_ip, published, target, protocol or "tcp"


def _exposed(item: Value) -> Hashable:
    return item.removesuffix("/tcp") if isinstance(item, Text) else None


def _mount(item: Value) -> Hashable:
    if isinstance(item, Text):
        try:
            target = mounts.parse(item)["target"]
        except Misfit:
            return None
    else:
        target = item.get("target") if isinstance(item, Map) else None
    return posixpath.normpath(target) if isinstance(target, str) else None


def _device(item: Value) -> Hashable:
    if isinstance(item, Text):
        source, *rest = item.split(":")
        return rest[0] if rest and rest[0].startswith("/") else source
    target = (item.get("target") or item.get("source")) if isinstance(item, Map) else None
    return target if isinstance(target, Text) else None


def _granted(folder: str) -> Key:
    def key(item: Value) -> Hashable:
        if isinstance(item, Map):
            item = item.get("target") or item.get("source")
        return posixpath.join(folder, item) if isinstance(item, Text) else None

    return key


def _env_file(item: Value) -> Hashable:
    if isinstance(item, Map):
        item = item.get("path")
    return item if isinstance(item, Text) else None


KEYS: dict[str, Key] = {
    **dict.fromkeys(
        ("cap_add", "cap_drop", "dns", "dns_opt", "dns_search", "links", "profiles", "tmpfs"), _name
    ),
    "ports": _port,
    "expose": _exposed,
    "volumes": _mount,
    "devices": _device,
    "secrets": _granted("/run/secrets"),
    "configs": _granted("/"),
    "env_file": _env_file,
    "label_file": _env_file,
}
