"""One tree laid over another, by Compose's rules.

Mappings merge, lists go on, everything else is replaced. What differs from that has a row in `RULES`: what
may be a list or a mapping is a mapping afterwards, and what may be a word or a list is a list. Entries that
say the same thing twice, such as two mounts at one target, are told apart later, by `unique`.

Values keep their places, so what is merged still knows which file it came from.
"""

from __future__ import annotations

from collections.abc import Callable

from topology.findings import Path
from topology.load.environment import pair
from topology.source import Map, Mark, Marked, Seq, Text, Value

Rule = Callable[[Value, Value, Path], Value]
ANY = "*"
_DEEPEST = 6


def laid_over(below: Value, above: Value, path: Path = ()) -> Value:
    """`below` with `above` laid over it; nothing above leaves it as it is."""
    rule = _rule(path)
    if rule is not None:
        return rule(below, above, path)
    if above is None:
        return below
    if isinstance(below, Map) and isinstance(above, Map):
        return _mappings(below, above, path)
    if isinstance(below, Seq) and isinstance(above, Seq):
        return Seq.of([*below, *above], below.at)
    return above


def settled(value: Value) -> Value:
    """The tree without the entries that `!reset` takes away, once there is nothing left to lay it over."""
    if isinstance(value, Map):
        kept = {
            _plain(key): settled(entry)
            for key, entry in value.items()
            if not (isinstance(key, Marked) and key.mark is Mark.RESET)
        }
        return Map.of(kept, value.at)
    return Seq.of([settled(item) for item in value], value.at) if isinstance(value, Seq) else value


def _plain(key: str) -> str:
    return Text.of(key, key.at) if isinstance(key, Marked) else key


def _mappings(below: Map, above: Map, path: Path) -> Map:
    """The entries of both. The key of whoever has the last word stays, since it knows its place."""
    keys = {key: key for key in above}
    made: dict[str, Value] = {}
    for key, value in below.items():
        over = keys.pop(key, None)
        if over is None:
            made[key] = value
        elif isinstance(over, Marked):
            made[over] = above[over]
        else:
            entry = laid_over(value, above[over], (*path, key))
            made[key if isinstance(entry, Map | Seq) or entry is value else over] = entry
    made.update((key, above[key]) for key in keys)
    return Map.of(made, below.at)


def _rule(path: Path) -> Rule | None:
    if not 3 <= len(path) <= _DEEPEST:
        return None
    rules = RULES.get(len(path), ())
    return next((rule for pattern, rule in rules if _fits(path, pattern)), None)


def _fits(path: Path, pattern: tuple[str, ...]) -> bool:
    return all(wanted in (ANY, segment) for segment, wanted in zip(path, pattern, strict=True))


def _replaced(below: Value, above: Value, _: Path) -> Value:
    return below if above is None else above


def _pairs(below: Value, above: Value, path: Path) -> Value:
    """Lists of NAME=value and mappings alike; a name alone above counts too."""
    first, second = _paired(below), _paired(above)
    if not isinstance(first, Map) or not isinstance(second, Map):
        return laid_over_plainly(first, second)
    own = {key: key for key in second}
    kept = {key: value for key, value in first.items() if key not in own}
    return Map.of({**kept, **second}, first.at)


def _paired(value: Value) -> Value:
    if isinstance(value, Seq) and all(isinstance(item, Text) for item in value):
        return Map.of(dict(pair(item) for item in value if isinstance(item, Text)), value.at)
    return value


def laid_over_plainly(below: Value, above: Value) -> Value:
    """Whoever is there; above first."""
    return below if above is None else above


def _listed(below: Value, above: Value, _: Path) -> Value:
    """A word or a list, each as a list."""
    first, second = _as_list(below), _as_list(above)
    if first is None or second is None:
        return second if first is None else first
    return Seq.of([*first, *second], first.at)


def _as_list(value: Value) -> Seq | None:
    if isinstance(value, Seq):
        return value
    return None if value is None else Seq.of([value], value.at)


def _named(below: Value, above: Value, path: Path) -> Value:
    """Lists of names and mappings from names alike."""
    first, second = _keyed(below), _keyed(above)
    if isinstance(first, Map) and isinstance(second, Map):
        return _mappings(first, second, path)
    return laid_over_plainly(first, second)


def _keyed(value: Value) -> Value:
    if isinstance(value, Seq) and all(isinstance(item, Text) for item in value):
        return Map.of({item: None for item in value if isinstance(item, Text)}, value.at)
    return value


def _build(below: Value, above: Value, path: Path) -> Value:
    first, second = _context(below), _context(above)
    if isinstance(first, Map) and isinstance(second, Map):
        return _mappings(first, second, path)
    return laid_over_plainly(first, second)


def _context(value: Value) -> Value:
    return Map.of({Text.of("context", value.at): value}, value.at) if isinstance(value, Text) else value


def _logging(below: Value, above: Value, path: Path) -> Value:
    """Options belong to their driver: another driver starts anew."""
    if not isinstance(below, Map) or not isinstance(above, Map):
        return laid_over_plainly(below, above)
    drivers = below.get("driver"), above.get("driver")
    same = None in drivers or drivers[0] == drivers[1]
    return _mappings(below, above, path) if same else above


def _hosts(below: Value, above: Value, path: Path) -> Value:
    """Extra hosts add up: one name may have several addresses."""
    return _listed(_host_list(below), _host_list(above), path)


def _host_list(value: Value) -> Value:
    if not isinstance(value, Map):
        return value
    lines: list[Value] = []
    for name, said in value.items():
        for address in said if isinstance(said, Seq) else [said]:
            at = address.at if isinstance(address, Text) else value.at
            lines.append(Text.of(f"{name}={address or ''}", at))
    return Seq.of(lines, value.at)


def _subnets(below: Value, above: Value, path: Path) -> Value:
    """Blocks of the same subnet merge; any other block above stands instead of those below."""
    if not isinstance(below, Seq) or not isinstance(above, Seq):
        return laid_over_plainly(below, above)
    known = {str(block.get("subnet")): block for block in below if isinstance(block, Map)}
    made: list[Value] = []
    for block in above:
        first = known.get(str(block.get("subnet"))) if isinstance(block, Map) else None
        made.append(block if first is None or not isinstance(block, Map) else _mappings(first, block, path))
    return Seq.of(made, above.at)


def _with(rule: Rule, *patterns: str) -> list[tuple[tuple[str, ...], Rule]]:
    return [(tuple(pattern.split(".")), rule) for pattern in patterns]


_ROWS = [
    *_with(_replaced, "services.*.command", "services.*.entrypoint", "services.*.healthcheck.test"),
    *_with(
        _pairs,
        "services.*.environment",
        "services.*.labels",
        "services.*.annotations",
        "services.*.sysctls",
        "services.*.storage_opt",
        "services.*.build.args",
        "services.*.build.labels",
        "services.*.build.additional_contexts",
        "services.*.build.ssh",
        "services.*.deploy.labels",
        "networks.*.labels",
        "volumes.*.labels",
        "secrets.*.labels",
        "configs.*.labels",
    ),
    *_with(
        _listed,
        "services.*.dns",
        "services.*.dns_opt",
        "services.*.dns_search",
        "services.*.tmpfs",
        "services.*.env_file",
        "services.*.label_file",
    ),
    *_with(_named, "services.*.networks", "services.*.depends_on"),
    *_with(_build, "services.*.build"),
    *_with(_logging, "services.*.logging"),
    *_with(_hosts, "services.*.extra_hosts", "services.*.build.extra_hosts"),
    *_with(_subnets, "networks.*.ipam.config"),
]

RULES: dict[int, tuple[tuple[tuple[str, ...], Rule], ...]] = {
    length: tuple(row for row in _ROWS if len(row[0]) == length) for length in {len(row[0]) for row in _ROWS}
}
"""By the length of the path they are about."""
