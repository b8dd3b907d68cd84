"""Walks the models and writes down what may stand in each of their places."""

from __future__ import annotations

import enum
import types
from datetime import date
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from topology.load.deploy import Deploy
from topology.load.translate import FOLDED
from topology.load.unapplied import SERVICE, STACK
from topology.models import Expose, HttpProbe, Model, Port, Service, Stack, Ulimit
from topology.schema.forms import (
    ALIASES,
    ALSO,
    FLAG,
    NUMBER,
    SCALAR,
    VARIABLE,
    WIDER,
    Schema,
    fields_of,
    may_be_listed,
)
from topology.schema.words import WORDS

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
"""What the editors' language servers understand best."""

_PLAIN: Final[dict[Any, Schema]] = {
    str: SCALAR,
    int: {"type": ["integer", "string"]},
    float: NUMBER,
    bool: FLAG,
    date: {"type": "string", "format": "date"},
    Any: {},
}
_TEXT: Final[Schema] = {"type": ["string", "number"]}
_NAMES: Final[Schema] = {"type": "array", "items": {"type": "string"}}
_NUMBERS_TOO: Final = (Expose, HttpProbe, Port, Ulimit)
"""Models whose short form may be a lone number."""


def schema() -> Schema:
    """The schema of a whole stack file."""
    found: dict[str, Schema] = {}
    root = _model(Stack, found)
    root["properties"]["name"] = _described({"type": "string"}, "name", Stack)
    return {
        "$schema": DIALECT,
        "title": "topo stack file",
        **root,
        "definitions": dict(sorted(found.items())),
    }


def _model(model: type[Model], found: dict[str, Schema]) -> Schema:
    """The long form: a mapping of the model's fields and of what a file may say besides."""
    fields = {
        name: _described(_or_nothing(_either(_written(hint, found), model, name)), name, model)
        for name, hint in fields_of(model).items()
    }
    return {
        "description": _first_words(model),
        "type": ["object", "null"],
        "properties": fields | _besides(model, fields, found),
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
    }


def _besides(model: type[Model], fields: dict[str, Schema], found: dict[str, Schema]) -> dict[str, Schema]:
    known = ALSO.get(model.__name__, {})
    set_aside: frozenset[str] = {Service: SERVICE, Stack: STACK}.get(model, frozenset())
    names = {*known, *model.also, *FOLDED.get(model, ()), *set_aside} - set(fields)
    besides = {name: dict(known.get(name, {})) for name in sorted(names)}
    if "deploy" in besides:
        besides["deploy"] = _written(Deploy, found)
    return besides


def _written(hint: Any, found: dict[str, Schema]) -> Schema:
    """What may be written where the models hold something of this type."""
    if hint in ALIASES:
        return dict(ALIASES[hint])
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _any_of(_written(arguments[0], found), _NAMES if may_be_listed(hint) else _TEXT)
    if origin in (Union, types.UnionType):
        return _any_of(*(_written(part, found) for part in arguments if part is not type(None)))
    if origin is Literal:
        return _any_of({"enum": list(arguments)}, VARIABLE)
    if origin in (tuple, list, frozenset):
        return {"type": "array", "items": _written(arguments[0], found)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _or_nothing(_written(arguments[1], found))}
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return _any_of({"enum": [member.value for member in hint]}, VARIABLE)
    if isinstance(hint, type) and issubclass(hint, Model):
        return _reference(hint, found)
    return dict(_PLAIN[hint])


def _reference(model: type[Model], found: dict[str, Schema]) -> Schema:
    """A model is described once, beside its short form where it has one."""
    name = model.__name__
    if name not in found:
        found[name] = {}  # one that holds itself refers to this
        long = _model(model, found)
        found[name] = _any_of(*_short(model), long)
    return {"$ref": f"#/definitions/{name}"}


def _short(model: type[Model]) -> list[Schema]:
    if model.from_text.__func__ is Model.from_text.__func__:  # type: ignore[attr-defined]  # of a class method
        return []
    return [{"type": ["string", "number"] if model in _NUMBERS_TOO else "string"}]


def _or_nothing(said: Schema) -> Schema:
    """A key without a value is as if it were not there; models accept nothing by themselves."""
    kinds = said.get("type")
    if "$ref" in said or "null" in (kinds or ()):
        return said
    if kinds is None:
        return _any_of(said, {"type": "null"}) if said else said
    return {**said, "type": [*([kinds] if isinstance(kinds, str) else kinds), "null"]}


def _either(said: Schema, model: type[Model], name: str) -> Schema:
    wider = WIDER.get((model.__name__, name))
    return _any_of(said, wider) if wider else said


def _any_of(*several: Schema) -> Schema:
    flat = [one for each in several for one in (each["anyOf"] if set(each) == {"anyOf"} else [each])]
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def _described(said: Schema, name: str, model: type[Model]) -> Schema:
    field = model.model_fields[name]
    words = field.description or WORDS.get(model.__name__, {}).get(name)
    return {"description": words, **said} if words else said


def _first_words(model: type[Model]) -> str:
    """What a model's docstring says, as one line."""
    return " ".join((model.__doc__ or "").split())
