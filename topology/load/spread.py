"""The many ways to say a thing → one, on values that still know their place.

What needs more than the value itself happens here, before the models see it: lists become the mappings they
stand for, links `via` ambassadors get them, `deploy` and `scale` go where their content belongs, port ranges
become ports, `env_file` is read, and a service without a network gets the default one.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from topology import commandline, mounts, units
from topology.codes import MISREAD, NOT_USED, WRONG_VALUE
from topology.findings import Path
from topology.load import ambassadors, building, contents, deploy, environment, providers, unapplied, unique
from topology.load.context import PORTS_LIMIT, Context
from topology.load.words import error, name_of, quoted, span_of, warning
from topology.source import Map, Seq, Text, Value, is_text, stands_bare

DEFAULT_NETWORK = "default"


def spread(root: Map, context: Context) -> Map:
    """The whole stack in one form; whatever has another shape is left for the models to refuse."""
    made = Map.of(dict(root), root.at)
    unapplied.set_aside(made, (), context)
    unapplied.note_networks(made.get("networks"), context)
    for kind in ("secrets", "configs"):
        if kind in made:
            made[_key(made, kind)] = contents.filled(kind[:-1], made[kind], context)
    made = ambassadors.stationed(made, context)
    services = made.get("services")
    if isinstance(services, Map):
        services = providers.set_aside(services, context)
        spread_services = {name: _service(name, said, context) for name, said in services.items()}
        made[_key(made, "services")] = Map.of(spread_services, services.at)
        _add_default_network(made, spread_services)
    return made


def _key(mapping: Map, name: str) -> str:
    """The key that is there already, since it knows its place."""
    return next((key for key in mapping if key == name), name)


def _service(name: str, said: Value, context: Context) -> Value:
    path: Path = ("services", name)
    if not isinstance(said, Map):
        return said
    made = Map.of(dict(said), said.at)
    unapplied.set_aside(made, path, context)
    unapplied.note_addresses(made, path, context)
    deploy.fold(made, path, context)
    environment.fold(made, path, context)
    environment.fold_labels(made, path, context)
    _warn_of_no_networks(made, path, context)
    _refuse_a_number(made.get("image"), (*path, "image"), context)
    for field in ("command", "entrypoint"):
        _warn_of_operators(made.get(field), (*path, field), context)
    for field, form in _FORMS.items():
        if field in made:
            made[_key(made, field)] = form(made[field], context)
    for field in unique.KEYS:
        if field in made:
            made[_key(made, field)] = unique.once(field, made[field])
    if not made.get("networks") and not made.get("network_mode"):
        at = name.at if isinstance(name, Text) else said.at
        made.pop("networks", None)
        made[Text.of("networks", at)] = Map.of({Text.of(DEFAULT_NETWORK, at): None}, at)
    return made


def _refuse_a_number(value: Value, path: Path, context: Context) -> None:
    """As Compose does: an image of that name would be asked for, and nobody means one."""
    if isinstance(value, Text) and stands_bare(value) and not is_text(value):
        message = f"{name_of(path)} must be the name of an image, not {value}"
        label = "without quotes YAML reads a number or a truth"
        mend = f'name an image, such as nginx:1.27, or write "{value}" if one is called so'
        context.findings.append(error(WRONG_VALUE, message, label=label, mend=mend, span=span_of(value)))


def _warn_of_operators(value: Value, path: Path, context: Context) -> None:
    """A command in one string ends at `&&`, `|` or `>`, where its author thought of a shell."""
    rest = commandline.cut(value) if isinstance(value, Text) else ""
    if rest:
        message = f"{name_of(path)} ends before {quoted(rest)}"
        mend = 'write ["sh", "-c", "…"] if a shell is meant'
        context.findings.append(
            warning(NOT_USED, message, label="no shell reads it", mend=mend, span=span_of(value))
        )


def _warn_of_no_networks(service: Map, path: Path, context: Context) -> None:
    """`networks:` with nothing below it, such as with every line of it commented out; Compose refuses it."""
    key = next((key for key in service if key == "networks"), None)
    if key is not None and service[key] is None and not service.get("network_mode"):
        message = f"networks of {name_of(path)} says nothing"
        label = "so it joins the default network"
        mend = "write [default] if that is meant"
        context.findings.append(warning(NOT_USED, message, label=label, mend=mend, span=span_of(key)))


def _add_default_network(root: Map, services: dict[str, Value]) -> None:
    for name, service in services.items():
        networks = service.get("networks") if isinstance(service, Map) else None
        if isinstance(networks, Map) and DEFAULT_NETWORK in networks:
            at = name.at if isinstance(name, Text) else root.at
            declared = root.get("networks")
            if declared is None:
                root.pop("networks", None)
                root[Text.of("networks", at)] = Map.of({Text.of(DEFAULT_NETWORK, at): None}, at)
            elif isinstance(declared, Map) and DEFAULT_NETWORK not in declared:
                entries = {**declared, Text.of(DEFAULT_NETWORK, at): None}
                root[_key(root, "networks")] = Map.of(entries, declared.at)
            return


def _mapping(value: Value, _: Context) -> Value:
    """`[a, b]` → `{a: null, b: null}`."""
    if isinstance(value, Seq) and all(isinstance(item, Text) for item in value):
        return Map.of({item: None for item in value if isinstance(item, Text)}, value.at)
    return value


def _labels(value: Value, _: Context) -> Value:
    """`["a=1"]` → `{a: "1"}`."""
    if isinstance(value, Seq) and all(isinstance(item, Text) for item in value):
        return Map.of(dict(environment.pair(item) for item in value if isinstance(item, Text)), value.at)
    return value


def _ports(value: Value, context: Context) -> Value:
    """Ranges of container ports as single ports, each standing where its range does."""
    if not isinstance(value, Seq):
        return value
    return Seq.of([port for item in value for port in _port(item, context)], value.at)


def _port(item: Value, context: Context) -> list[Value]:
    if not isinstance(item, Text) or "-" not in item:
        return [item]
    try:
        ports = [*islice(units.published(item), context.ports_left + 1)]
    except units.Misfit:
        return [item]  # the model says what is wrong with it
    if len(ports) > context.ports_left:
        message = f"the ranges of ports up to {quoted(item)} are more than {PORTS_LIMIT:,} ports"
        context.findings.append(error(WRONG_VALUE, message, mend="publish fewer", span=span_of(item)))
        return []
    context.ports_left -= len(ports)
    return [Text.of(units.show_port(*port), item.at) for port in ports]


def _volumes(value: Value, context: Context) -> Value:
    if not isinstance(value, Seq):
        return value
    home = context.variables.get("HOME")
    for item in value:
        _warn_of_a_drive(item, context)
    return Seq.of([_at_home(item, home) for item in value if not _of_a_cluster(item, context)], value.at)


def _warn_of_a_drive(mount: Value, context: Context) -> None:
    """`v:/data` is no volume v at /data, to Compose neither."""
    if isinstance(mount, Text) and mounts.is_drive(mount) and ":" not in mount[2:]:
        message = f"{quoted(mount)} is one path, of a Windows drive"
        mend = "give the volume a longer name, or write the long form"
        context.findings.append(
            warning(MISREAD, message, label="one letter is no volume here", mend=mend, span=span_of(mount))
        )


def _of_a_cluster(mount: Value, context: Context) -> bool:
    """Whether a mount is of a type that Compose knows and a Linux engine does not."""
    kind = mount.get("type") if isinstance(mount, Map) else None
    if kind not in unapplied.MOUNTS:
        return False
    context.findings.append(unapplied.unused(f"a mount of type {kind}", span_of(kind)))
    return True


def _at_home(mount: Value, home: str | None) -> Value:
    """`~` in a source as the user's home folder."""
    if not home:
        return mount
    if isinstance(mount, Text) and mount.startswith(("~/", "~:")):
        return Text.of(home + mount[1:], mount.at)
    source = mount.get("source") if isinstance(mount, Map) else None
    if isinstance(mount, Map) and isinstance(source, Text) and (source == "~" or source.startswith("~/")):
        moved = Map.of(dict(mount), mount.at)
        moved[_key(moved, "source")] = Text.of(home + source[1:], source.at)
        return moved
    return mount


_FORMS: dict[str, Callable[[Value, Context], Value]] = {
    "networks": _mapping,
    "depends_on": _mapping,
    "labels": _labels,
    "annotations": _labels,
    "ports": _ports,
    "expose": _ports,
    "volumes": _volumes,
    "build": building.spread,
}
