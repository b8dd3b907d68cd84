"""What a row of the table is, and the two or three shapes that most rows have."""

from __future__ import annotations

import enum
import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from msgspec import Struct

from reconciler import address
from reconciler.contents import NOTHING_READ, Contents
from reconciler.state import ImageConfig, Spec
from topology.models import Network, Service, Stack, Volume

Body: TypeAlias = dict[str, Any]
"""What is sent to the engine, or what its inspect gave: JSON of the Engine API."""


class Reach(enum.Enum):
    """How far a change of a field goes: the running container stays, or a new one takes its place."""

    IN_PLACE = "in place"
    RELOAD = "reload"
    RECONNECT = "reconnect"
    ROLL = "rolling update"
    AWAIT = "await"
    REPLACE = "replace"


class Site(Struct, frozen=True, kw_only=True):
    """One replica of a service within its stack: all that a field's wanted value may depend on."""

    stack: Stack
    name: str
    service: Service
    replica: int
    contents: Contents = NOTHING_READ

    @property
    def is_job(self) -> bool:
        """See `Stack.jobs`."""
        return self.name in self.stack.jobs

    def network_name(self, key: str) -> str:
        """What the engine calls the network that the file calls `key`."""
        return shared_name(self.stack.name, key, self.stack.networks.get(key))

    @property
    def own_name(self) -> str:
        """What the engine calls this replica."""
        chosen = self.service.container_name
        return chosen or address.container_name(self.stack.name, self.name, self.replica)

    def container_name(self, service: str) -> str:
        """What the engine calls the first container of a service."""
        chosen = self.stack.services[service].container_name
        return chosen or address.container_name(self.stack.name, service, 1)

    def volume_name(self, key: str) -> str:
        """What the engine calls the volume that the file calls `key`."""
        return shared_name(self.stack.name, key, self.stack.volumes.get(key))


def shared_name(stack: str, key: str, model: Network | Volume | None) -> str:
    """What the engine calls a network or volume: its `name`, or the file's key behind the stack's name."""
    if model is None:
        return key
    return model.name or (key if model.external else address.shared_name(stack, key))


def replace(_old: object, _new: object) -> Reach:
    """The usual case: the Engine fixes a field when it creates a container."""
    return Reach.REPLACE


def in_place(_old: object, _new: object) -> Reach:
    """The Engine can change the field of a running container both ways."""
    return Reach.IN_PLACE


def unless_lifted(_old: object, new: object) -> Reach:
    """A limit can be moved but not taken away: an update reads zero as "leave alone" (20.10 to 28.5)."""
    return Reach.REPLACE if new is None else Reach.IN_PLACE


class Field(Struct, frozen=True, kw_only=True):
    """One field of a service.

    Attributes:
        name: as in the stack file.
        want: its canonical value for a replica; None when the file does not set it.
        write: puts a value into the body of a create call.
        read: its canonical value in an inspect answer, given the container's image; None when unset.
        expect: what `read` gives once a spec is in place, so that defaults are no differences;
            None stands for the spec's own value.
        same: whether two values, of one key where it is keyed, make no difference.
        reach: what a change from one live value to another takes, of one key where it is keyed.
        update: the body of the update call that sets it in place, from its value and the whole spec.
        sensitive: its values may be secrets: they are recorded only as digests, and shown only where
            neither name nor value looks like one.
        keyed: its value is a mapping that is compared key by key.
        unseen: the engine does not tell it, or not everywhere: what topo last recorded counts as live.
        left_to_engine: unset, it is what the engine's own configuration says, which nobody tells: only
            what the file sets, or has set, is compared.
    """

    name: str
    want: Callable[[Site], Any]
    write: Callable[[Body, Any], None]
    read: Callable[[Body, ImageConfig], Any]
    expect: Callable[[Spec, ImageConfig], Any] | None = None
    same: Callable[[Any, Any], bool] = operator.eq
    reach: Callable[[Any, Any], Reach] = replace
    update: Callable[[Any, Spec], Body] | None = None
    sensitive: bool = False
    keyed: bool = False
    unseen: bool = False
    left_to_engine: bool = False

    def expected(self, spec: Spec, image: ImageConfig) -> Any:
        """What inspect should show for `spec` on `image`, in canonical form."""
        return self.expect(spec, image) if self.expect else spec.get(self.name)


def attribute(name: str) -> Callable[[Site], Any]:
    """Takes the field from the model as it is; a false value counts as unset."""

    def want(site: Site) -> Any:
        value = getattr(site.service, name)
        return list(value) if isinstance(value, tuple) and value else value or None

    return want


def config(
    name: str,
    key: str,
    *,
    want: Callable[[Site], Any] | None = None,
    default: Callable[[ImageConfig], Any] | None = None,
) -> Field:
    """A field that is one key of the container's `Config`; `default` is what the image gives."""

    def write(body: Body, value: Any) -> None:
        body[key] = value

    def read(inspected: Body, _image: ImageConfig) -> Any:
        return inspected["Config"].get(key) or None

    def expect(spec: Spec, image: ImageConfig) -> Any:
        return spec.get(name, (default(image) or None) if default else None)

    return Field(name=name, want=want or attribute(name), write=write, read=read, expect=expect)


def host(
    name: str,
    key: str,
    *,
    want: Callable[[Site], Any] | None = None,
    encode: Callable[[Any], Any] = lambda value: value,
    decode: Callable[[Any], Any] = lambda value: value,
    reach: Callable[[Any, Any], Reach] = replace,
    update: Callable[[Any, Spec], Body] | None = None,
    keyed: bool = False,
    left_to_engine: bool = False,
) -> Field:
    """A field that is one key of the container's `HostConfig`."""

    def write(body: Body, value: Any) -> None:
        body["HostConfig"][key] = encode(value)

    def read(inspected: Body, _image: ImageConfig) -> Any:
        value = inspected["HostConfig"].get(key)
        return decode(value) or None if value else None

    return Field(
        name=name,
        want=want or attribute(name),
        write=write,
        read=read,
        reach=reach,
        update=update,
        keyed=keyed,
        left_to_engine=left_to_engine,
    )


def exact(name: str, key: str, *, unset: tuple[Any, ...] = (None,)) -> Field:
    """A key of `HostConfig` for which zero and false may be values; `unset` is what stands for none."""

    def want(site: Site) -> Any:
        value = getattr(site.service, name)
        return None if value in unset else value

    def write(body: Body, value: Any) -> None:
        body["HostConfig"][key] = value

    def read(inspected: Body, _image: ImageConfig) -> Any:
        value = inspected["HostConfig"].get(key)
        return None if value in unset else value

    return Field(name=name, want=want, write=write, read=read)


def unseen(name: str, *, want: Callable[[Site], Any], write: Callable[[Body, Any], None]) -> Field:
    """A field whose value no inspect tells: what topo last recorded is taken for what is."""
    return Field(name=name, want=want, write=write, read=lambda _inspected, _image: None, unseen=True)


def merged(below: Mapping[str, Any], above: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """`above` laid over `below`; None when both are empty."""
    return {**below, **(above or {})} or None
