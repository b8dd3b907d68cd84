"""What pydantic says is wrong → findings in the user's words.

Every type of pydantic error that our models can cause has a row in `WORDS`; a test feeds every field with
unfitting values and names the type that lacks its row.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from topology.codes import MISSING, UNKNOWN_FIELD, WRONG_VALUE
from topology.findings import MOST, Finding, Path
from topology.load.words import did_you_mean, error, name_of, quoted
from topology.models import Model, Service, Stack
from topology.source import SourceMap
from topology.units import Misfit

FOLDED = {
    Service: ("deploy", "scale", "update", "env_file", "label_file", "extends", "x-topo"),
    Stack: ("x-topo", "include"),
}
"""What a file may say that is folded into other fields before the models see it."""


_LISTS_TOO = frozenset(
    (
        "annotations", "args", "depends_on", "driver_opts", "environment", "labels", "networks",
        "options", "storage_opt", "sysctls",
    )
)  # fmt: skip
_QUOTED = re.compile(r"'([^']*)'")


def translate(
    fault: ValidationError, source: SourceMap, top: type[Model] = Stack, above: Path = ()
) -> list[Finding]:
    """One placed finding for each of the first errors; `above` is the path of what was validated as `top`."""
    return [_finding(found, source, top, above) for found in fault.errors(include_url=False)[:MOST]]


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
    if kind == "dict_type" and isinstance(found["input"], list) and path[-1] in _LISTS_TOO:
        return _odd_item(found["input"], path, source)
    says = WORDS.get(kind, _one_of)(found.get("ctx", {}))
    if kind == "dict_type" and path[-1] in _LISTS_TOO and path != ("networks",):
        says += " or a list"
    return _wrong(says, found["input"], path, source, label=_hint(kind, found, path))


def _hint(kind: str, found: Mapping[str, Any], path: Path) -> str:
    """What was probably meant."""
    seen = found["input"]
    if kind in ("literal_error", "enum") and isinstance(seen, str):
        return did_you_mean(seen, _QUOTED.findall(str(found["ctx"]["expected"])))
    if kind == "model_type" and path[0] == "services" and len(path) == 2 and path[1] in Service.model_fields:
        return "this is a field of a service: is the line with the service's name missing?"
    return ""


def _odd_item(items: list[Any], path: Path, source: SourceMap) -> Finding:
    """A list that stands for a mapping holds something else than text."""
    index = next((index for index, item in enumerate(items) if not isinstance(item, str)), 0)
    return _wrong("must be text", items[index] if items else items, (*path, index), source)


def _misfit(cause: object, seen: object, path: Path, source: SourceMap) -> Finding:
    if isinstance(cause, Misfit):
        seen = seen if cause.seen is None else cause.seen
        return _wrong(cause.says, seen, path, source, label=cause.label, mend=cause.mend)
    return _wrong("must be something else", seen, path, source)


def _wrong(
    says: str, seen: object, path: Path, source: SourceMap, *, label: str = "", mend: str = ""
) -> Finding:
    message = f"{name_of(path)} {says}, not {quoted(seen)}"
    return error(WRONG_VALUE, message, path, label=label, mend=mend, span=source.find(path))


def _unknown_field(inner: Path, path: Path, source: SourceMap, top: type[Model]) -> Finding:
    field = str(path[-1])
    model = _model_at(inner[:-1], top)
    known = [*model.model_fields, *model.also, *FOLDED.get(model, ())] if model else []
    label = _elsewhere(field, model) or did_you_mean(field, known)
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
        here = _below(_bare(here), segment)
    here = _bare(here)
    return here if _is_model(here) else None


def _below(annotation: Any, segment: str | int) -> Any:
    """What stands one segment below something of this type."""
    if _is_model(annotation):
        field = annotation.model_fields.get(str(segment))
        return field.annotation if field else None
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    return arguments[1] if origin is dict else arguments[0] if origin is tuple else None


def _bare(annotation: Any) -> Any:
    """A type without its validators and without None."""
    while typing.get_origin(annotation) in (typing.Annotated, typing.Union, types.UnionType):
        annotation = next(part for part in typing.get_args(annotation) if part is not type(None))
    return annotation


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, Model)


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
    "finite_number": _says("must be a number"),
    "float_type": _says("must be a number"),
    "float_parsing": _says("must be a number"),
    "bool_type": _says("must be true or false"),
    "bool_parsing": _says("must be true or false"),
    "date_type": _says("must be a date such as 2027-01-31"),
    "date_from_datetime_parsing": _says("must be a date such as 2027-01-31"),
    "date_from_datetime_inexact": _says("must be a date such as 2027-01-31"),
    "tuple_type": _says("must be a list"),
    "dict_type": _says("must be a mapping"),
    "model_type": _says("must be a mapping"),
    "model_attributes_type": _says("must be a mapping"),
    "too_long": _says("must have fewer entries"),
    "too_short": _says("must have more entries"),
    "literal_error": _one_of,
    "enum": _one_of,
}
