"""What is found out about containers, before and after it is put into the words of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct, field

from reconciler.fields import mounts
from reconciler.state import NO_IMAGE, ImageConfig

Json = dict[str, Any]

COMPOSE: Final = "com.docker.compose."
BRIDGE: Final = "bridge"


class Guess(Struct, frozen=True, kw_only=True):
    """A link that nobody declared: a variable of `client` names `server`."""

    client: str
    server: str
    variable: str


class Data(Struct, frozen=True, kw_only=True):
    """An anonymous volume, whose data only one container knows.

    `key` is what the file calls it; "" where each replica has its own, which a file cannot say.
    """

    service: str
    target: str
    volume: str
    key: str = ""


class Imported(Struct, frozen=True, kw_only=True):
    """What a stack file would say; `secrets` are the values of the variables in it."""

    services: Mapping[str, Mapping[str, Any]]
    networks: Mapping[str, Mapping[str, Any]]
    volumes: Mapping[str, Mapping[str, Any]]
    claims: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    guesses: tuple[Guess, ...] = ()
    data: tuple[Data, ...] = ()


class One(Struct, frozen=True, kw_only=True):
    """A container with the name of the service that it becomes."""

    service: str
    raw: Json
    image: ImageConfig

    @property
    def name(self) -> str:
        return str(self.raw["Name"]).removeprefix("/")

    @property
    def environment(self) -> dict[str, str]:
        """The variables that its image does not give."""
        said = dict(entry.partition("=")[::2] for entry in self.raw["Config"].get("Env") or ())
        return {name: value for name, value in said.items() if self.image.env.get(name) != value}

    @property
    def data(self) -> Iterator[Data]:
        """Its anonymous volumes, without those that it has from other containers."""
        own = {*(self.raw["Config"].get("Volumes") or ()), *(mounts.read(self.raw, NO_IMAGE) or ())}
        for target, volume in sorted(mounts.anonymous(self.raw).items()):
            if target in own:
                yield Data(service=self.service, target=target, volume=volume)
