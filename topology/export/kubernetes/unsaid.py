"""Tells every field of a stack that no object says, with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topology.export.kubernetes.case import Case
from topology.export.kubernetes.fields import FIELDS, OF_THE_POD, Carried, Unsaid
from topology.export.kubernetes.notes import OTHERWISE, UNSAID
from topology.findings import Path
from topology.load.words import name_of
from topology.models import Model, Service


def tell_unsaid(case: Case) -> None:
    """Notes about all that was set and is not carried."""
    _tell(case, case.stack, ())
    for pod in case.pods.values():
        for name in pod.members:
            if name != pod.holder:
                _tell_lodger(case, name, pod.holder)


def _tell(found: Case, model: Model, path: Path) -> None:
    entries = FIELDS[type(model)]
    for name, value in set_fields(model):
        here = (*path, name)
        match entries[name]:
            case Unsaid(why, severe):
                note = found.notes.warn if severe else found.notes.note
                note(UNSAID, f"{name_of(here)} is not carried: {why}", here)
            case Carried():
                for at, inner in _models(value):
                    _tell(found, inner, (*here, *at))
            case _:
                pass


def set_fields(model: Model) -> Iterator[tuple[str, object]]:
    """The fields that hold something else than their default."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if value != field.get_default(call_default_factory=True):
            yield name, value


def _models(value: object) -> Iterator[tuple[Path, Model]]:
    """The models within a value, with where they are in it."""
    if isinstance(value, Model):
        yield (), value
    elif isinstance(value, Mapping):
        yield from (((key,), one) for key, one in value.items() if isinstance(one, Model))
    elif isinstance(value, tuple):
        yield from (((at,), one) for at, one in enumerate(value) if isinstance(one, Model))


def _tell_lodger(case: Case, name: str, holder: str) -> None:
    service: Service = case.service(name)
    for field, _ in set_fields(service):
        if field in OF_THE_POD:
            path: Path = ("services", name, field)
            message = f"{name_of(path)} is not carried: {name} lives in the pod of {holder}, which decides"
            case.notes.note(OTHERWISE, message, path)
