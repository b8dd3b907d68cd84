"""The environment of a service: `environment` in both forms over what `env_file` gives."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path as FilePath

from topology import units
from topology.codes import MISREAD, WRONG_VALUE
from topology.findings import Path, StackError
from topology.load import dotenv
from topology.load.context import Context
from topology.load.words import error, name_of, note, quoted, span_of
from topology.source import Map, Seq, Text, Typed, Value, is_missing, read


def fold(service: Map, path: Path, context: Context) -> None:
    """Replaces `environment` and `env_file` by one mapping without gaps."""
    files = service.pop("env_file", None)
    said = service.get("environment")
    if said is not None and not isinstance(said, Map | Seq):
        return
    if isinstance(said, Seq) and not all(isinstance(item, Text) for item in said):
        return
    own = resolved(said, context.variables) if said is not None else {}
    _note_misread(own, path, context)
    given = _from_files(files, own, path, context)
    context.from_files[str(path[-1])] = frozenset(given.keys() - own.keys())
    entries = {**given, **own}
    if said is not None or entries:
        key = next((key for key in service if key == "environment"), _standing(files, said))
        at = said.at if said is not None else key.at if isinstance(key, Text) else service.at
        service[key] = Map.of(entries, at)


def _note_misread(own: Mapping[str, Value], path: Path, context: Context) -> None:
    """A program gets what YAML made of a number or a truth, as with Compose."""
    for key, value in own.items():
        if isinstance(value, Typed):
            message = f'{name_of((*path, "environment", key))} is "{value.meant}", not {quoted(value)}'
            label = "without quotes YAML reads a number or a truth"
            context.findings.append(note(MISREAD, message, label=label, span=span_of(value)))


def _standing(files: Value, said: Value) -> str:
    place = files if files is not None else said
    return Text.of("environment", place.at) if place is not None else "environment"


def pair(item: Text) -> tuple[str, Value]:
    """`NAME=value` as a key and a value that both stand where it stands; a name alone has no value."""
    name, equals, value = item.partition("=")
    return Text.of(name, item.at), Text.of(value, item.at) if equals else None


def resolved(said: Map | Seq, variables: Mapping[str, str]) -> Map:
    """Both forms as a mapping; what has no value takes it from the variables or is left out."""
    entries = (
        dict(pair(item) for item in said if isinstance(item, Text)) if isinstance(said, Seq) else dict(said)
    )
    made: dict[str, Value] = {}
    for key, value in entries.items():
        if value is not None:
            made[key] = value
        elif key in variables:
            made[key] = Text.of(variables[key], key.at) if isinstance(key, Text) else None
    return Map.of(made, said.at)


def fold_labels(service: Map, path: Path, context: Context) -> None:
    """Puts what `label_file` gives below `labels`, which win."""
    files = service.pop("label_file", None)
    said = service.get("labels")
    if files is None or not (said is None or isinstance(said, Map | Seq)):
        return
    pairs = (pair(item) for item in said or () if isinstance(item, Text))
    own = dict(pairs) if isinstance(said, Seq) else dict(said or {})
    entries = {**_from_files(files, {}, path, context, field="label_file"), **own}
    key = next((key for key in service if key == "labels"), Text.of("labels", files.at))
    service[key] = Map.of(entries, said.at if said is not None else files.at)


def resolved_here(services: Value, variables: Mapping[str, str]) -> Value:
    """Services whose `environment` names variables: with their values, as far as they are known here.

    A file that is included may have variables of its own, which are forgotten afterwards.
    """
    if not isinstance(services, Map):
        return services
    return Map.of({name: _resolved_in(said, variables) for name, said in services.items()}, services.at)


def _resolved_in(service: Value, variables: Mapping[str, str]) -> Value:
    said = service.get("environment") if isinstance(service, Map) else None
    if not isinstance(service, Map) or not isinstance(said, Map | Seq):
        return service
    if isinstance(said, Seq) and not all(isinstance(item, Text) for item in said):
        return service
    entries = dict(pair(item) for item in said if isinstance(item, Text)) if isinstance(said, Seq) else said
    made = Map.of({**entries, **resolved(said, variables)}, said.at)
    return Map.of(
        {key: made if key == "environment" else value for key, value in service.items()}, service.at
    )


def _from_files(
    files: Value, own: Mapping[str, Value], path: Path, context: Context, *, field: str = "env_file"
) -> dict[str, Value]:
    """What the files give; their variables mean the environment, then `own`, then the files before."""
    entries: dict[str, Value] = {}
    listed = files if isinstance(files, Seq) else [files] if files is not None else []
    for index, item in enumerate(listed):
        here = (*path, field, index) if isinstance(files, Seq) else (*path, field)
        known = {**_texts(entries), **_texts(own), **context.variables}
        entries.update(_from_file(item, here, known, context))
    return entries


def _texts(entries: Mapping[str, Value]) -> dict[str, str]:
    return {name: _meant(value) for name, value in entries.items() if isinstance(value, Text)}


def _meant(value: Text) -> str:
    return value.meant if isinstance(value, Typed) else str(value)


def _from_file(item: Value, path: Path, known: Mapping[str, str], context: Context) -> dict[str, Value]:
    name = item.get("path") if isinstance(item, Map) else item
    if not isinstance(name, Text):
        wanted = f"{name_of(path)} must name a file, not {quoted(item)}"
        span = item.at.span() if isinstance(item, Map | Seq) else None
        context.findings.append(error(WRONG_VALUE, wanted, path, span=span))
        return {}
    file = context.folder / name
    if is_missing(file) and not _required(item, path, context):
        return {}
    return _parsed(file, name, item, known, context)


def _required(item: Value, path: Path, context: Context) -> bool:
    said = item.get("required") if isinstance(item, Map) else None
    if not isinstance(said, Text):
        return True
    try:
        return units.truth(said)
    except units.Misfit as misfit:
        message = f"{name_of(path)}.required {misfit.says}, not {quoted(said)}"
        context.findings.append(error(WRONG_VALUE, message, span=span_of(said)))
        return False


def _parsed(
    file: FilePath, name: Text, item: Value, known: Mapping[str, str], context: Context
) -> dict[str, Value]:
    shown = os.path.normpath(os.path.join(os.path.dirname(context.shown), name))
    raw = isinstance(item, Map) and item.get("format") == "raw"
    try:
        text = read(file, shown)
        found = _raw(text) if raw else dotenv.parse(text, shown, known.get)
    except StackError as refused:
        context.refuse(refused, name)
        return {}
    return {Text.of(key, name.at): Text.of(value, name.at) for key, value in found.items()}


def _raw(text: str) -> dict[str, str]:
    """The form of `docker run --env-file`: nothing is quoted, nothing filled in."""
    lines = (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return {name.strip(): value for name, equals, value in (line.partition("=") for line in lines) if equals}
