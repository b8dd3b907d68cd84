"""The shapes that most rows of a service have: one key of a part of its `ServiceSpec`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.fields.row import Body, Field, Reach, Site, attribute
from reconciler.state import ImageConfig, Spec

Part = Callable[[Body], Body]
"""Takes a part of a `ServiceSpec`, making it where it is not there."""


def roll(_old: object, _new: object) -> Reach:
    """Swarm replaces the tasks, one lot after another."""
    return Reach.ROLL


def in_place(_old: object, _new: object) -> Reach:
    """The tasks that run stay."""
    return Reach.IN_PLACE


def task(body: Body) -> Body:
    """What a service says of its tasks."""
    part: Body = body.setdefault("TaskTemplate", {})
    return part


def container(body: Body) -> Body:
    """What a service says of the containers of its tasks."""
    part: Body = task(body).setdefault("ContainerSpec", {})
    return part


def whole(body: Body) -> Body:
    """The `ServiceSpec` itself."""
    return body


def key(
    part: Part,
    name: str,
    called: str,
    *,
    want: Callable[[Site], Any] | None = None,
    encode: Callable[[Any], Any] = lambda value: value,
    decode: Callable[[Any], Any] = lambda value: value,
    expect: Callable[[Spec, ImageConfig], Any] | None = None,
    reach: Callable[[Any, Any], Reach] = roll,
    keyed: bool = False,
    sensitive: bool = False,
) -> Field:
    """A field that is one key of a part; what is empty there is unset."""

    def write(body: Body, value: Any) -> None:
        part(body)[called] = encode(value)

    def read(inspected: Body, _image: ImageConfig) -> Any:
        value = part(inspected).get(called)
        return decode(value) or None if value else None

    return Field(
        name=name,
        want=want or attribute(name),
        write=write,
        read=read,
        expect=expect,
        reach=reach,
        keyed=keyed,
        sensitive=sensitive,
    )
