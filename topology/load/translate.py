"""What pydantic says is wrong → findings in the user's words.

Every type of pydantic error that our models can cause has a row in `WORDS`; a test feeds every field with
unfitting values and names the type that lacks its row.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from topology.codes import MISSING, UNKNOWN_FIELD, WRONG_VALUE
from topology.findings import Finding, Path
from topology.load.words import did_you_mean, error, name_of, quoted
from topology.models import Model, Service, Stack
from topology.source import SourceMap
from topology.units import Misfit

FOLDED = {
    Service: ("deploy", "scale", "env_file", "x-topo"),
    Stack: ("x-topo", "include", "configs", "secrets"),
}
"""What a file may say that is folded into other fields before the models see it."""


def translate(
    fault: ValidationError, source: SourceMap, top: type[Model] = Stack, above: Path = ()
) -> list[Finding]:
    """One finding for each error, placed; `above` is the path of what was validated as `top`."""
    return [_finding(found, source, top, above) for found in fault.errors(include_url=False)]


def _finding(found: Mapping[str, Any], source: SourceMap, top: type[Model], above: Path) -> Finding:
    inner: Path = found["loc"]
    path = (*above, *inner)
    kind = found["type"]
    if kind == "extra_forbidden":
        return _unknown_field(inner, path, source, top)
    if kind == "missing":
        return error(MISSING, f'{name_of(path[:-1])} needs "{path[-1]}"', path, span=source.find(path[:-1]))
    if kind == "value_error":
        return _misfit(found["ctx"]["error"], found["input"], path, source)
    words = WORDS.get(kind, lambda _: "must be something else")
    return _wrong(words(found.get("ctx", {})), found["input"], path, source)


def _misfit(cause: object, seen: object, path: Path, source: SourceMap) -> Finding:
    if isinstance(cause, Misfit):
        return _wrong(cause.says, seen, path, source, label=cause.label, mend=cause.mend)
    return _wrong("must be something else", seen, path, source)


def _wrong(
    says: str, seen: object, path: Path, source: SourceMap, label: str = "", mend: str = ""
) -> Finding:
    message = f"{name_of(path)} {says}, not {quoted(seen)}"
    return error(WRONG_VALUE, message, path, label=label, mend=mend, span=source.find(path))


def _unknown_field(inner: Path, path: Path, source: SourceMap, top: type[Model]) -> Finding:
    field = str(path[-1])
    model = _model_at(inner[:-1], top)
    known = [*model.model_fields, *model.also, *FOLDED.get(model, ())] if model else []
    label = did_you_mean(field, known) or _elsewhere(field, model)
    message = f'{name_of(path[:-1])} has no field "{field}"'
    return error(UNKNOWN_FIELD, message, path, label=label, span=source.key(path))


def _elsewhere(field: str, model: type[Model] | None) -> str:
    if model is Stack and field in Service.model_fields:
        return "services have it: is it indented too little?"
    if model is Service and field in Stack.model_fields:
        return "it stands at the top of the file: is it indented too far?"
    return ""


def _model_at(path: Path, top: type[Model]) -> type[Model] | None:
    """Which model describes the mapping at `path`."""
    here: Any = top
    for segment in path:
        inside = _parts(here)
        model = next((part for part in inside if _is_model(part)), None)
        if model is not None:
            found = model.model_fields.get(str(segment))
            here = found.annotation if found else None
        else:
            here = inside[-1] if inside else None
    return next((part for part in _parts(here) if _is_model(part)), None)


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


def _parts(annotation: Any) -> list[Any]:
    """What an annotation holds: a model itself, the members of an optional, the values of a container."""
    if annotation is None or _is_model(annotation):
        return [annotation] if annotation else []
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _parts(arguments[0])
    if origin is dict:
        return [arguments[1]]
    if origin is tuple:
        return [arguments[0]]
    return [part for argument in arguments if argument is not type(None) for part in _parts(argument)]


def _one_of(context: Mapping[str, Any]) -> str:
    return f"must be {str(context.get('expected', 'something else')).replace(chr(39), chr(34))}"


def _says(words: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda _: words


WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "string_type": _says("must be text"),
    "string_unicode": _says("must be text"),
    "int_type": _says("must be a whole number"),
    "int_parsing": _says("must be a whole number"),
    "int_from_float": _says("must be a whole number"),
    "int_parsing_size": _says("must be a smaller number"),
    "float_type": _says("must be a number"),
    "float_parsing": _says("must be a number"),
    "bool_type": _says("must be true or false"),
    "bool_parsing": _says("must be true or false"),
    "tuple_type": _says("must be a list"),
    "dict_type": _says("must be a mapping or a list"),
    "model_type": _says("must be a mapping"),
    "model_attributes_type": _says("must be a mapping"),
    "too_long": _says("must have fewer entries"),
    "too_short": _says("must have more entries"),
    "literal_error": _one_of,
    "enum": _one_of,
}
