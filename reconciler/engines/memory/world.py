"""What a modelled engine holds, as values that can be written to a file and read back."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec import DecodeError, Struct, field, json

from reconciler.engines.daemon import Json
from reconciler.engines.memory.generation import GENERATIONS, NEW, Generation
from reconciler.errors import NotFound, Rejected

PREDEFINED: Final = {"bridge": "bridge", "host": "host", "none": "null"}
"""The networks that every engine has, with their drivers."""


class Endpoint(Struct, kw_only=True):
    """A container's place on a network.

    Attributes:
        sent: the settings that were asked for.
        network: the id of the network, once the engine has looked it up.
        named: the engine has given it its names.
        id, ipv4, ipv6, mac: only while the container runs on it.
    """

    sent: Json = field(default_factory=dict)
    network: str = ""
    named: bool = False
    id: str = ""
    ipv4: str = ""
    ipv6: str = ""
    mac: str = ""


class Container(Struct, kw_only=True):
    """One container. Moments are seconds since the epoch; 0 is never.

    Attributes:
        endpoints: by the name of the network, as the engine keys them.
        anonymous: the volumes that were made for it alone.
        files: what was copied into it: path → mode, owner and a digest of the content, never the content.
        published: container port → host addresses and ports, while it runs.
        ends_at, exits_with: when its process will end by itself, and how.
        settles_at, healthy: when its health check will have spoken, and what it says.
    """

    id: str
    name: str
    image: str
    config: Json
    host: Json
    mounts: list[Json]
    created_at: float
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    anonymous: list[str] = field(default_factory=list)
    status: str = "created"
    exit_code: int = 0
    error: str = ""
    started_at: float = 0.0
    finished_at: float = 0.0
    published: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    ends_at: float | None = None
    exits_with: int = 0
    settles_at: float = 0.0
    healthy: bool = True

    @property
    def running(self) -> bool:
        """Its process exists, frozen or not."""
        return self.status in {"running", "paused"}

    @property
    def short_id(self) -> str:
        """The name an unnamed container goes by."""
        return self.id[:12]


class Network(Struct, kw_only=True):
    """One network. `chosen`: its address blocks were asked for, so fixed addresses are allowed on it."""

    id: str
    name: str
    driver: str
    created_at: float
    blocks: list[dict[str, str | dict[str, str]]] = field(default_factory=list)
    chosen: bool = False
    ipam_driver: str = "default"
    ipam_options: dict[str, str] | None = None
    internal: bool = False
    attachable: bool = False
    ipv6: bool = False
    options: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)


class Volume(Struct, kw_only=True):
    """One volume; its labels are those of whoever was first."""

    name: str
    driver: str
    created_at: float
    options: dict[str, str] | None = None
    labels: dict[str, str] | None = None


class World(Struct, kw_only=True):
    """Everything one engine holds.

    Attributes:
        version: of the engine that is modelled.
        references: image name → id of the image that has it now.
        images: image id → its configuration.
        made: how many ids were given out.
        clock: the last moment that was given out.
    """

    version: str = NEW.traits.version
    containers: dict[str, Container] = field(default_factory=dict)
    networks: dict[str, Network] = field(default_factory=dict)
    volumes: dict[str, Volume] = field(default_factory=dict)
    images: dict[str, Json] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    made: int = 0
    clock: float = 0.0

    @property
    def generation(self) -> Generation:
        """How this engine answers."""
        return GENERATIONS[self.version]

    def new_id(self) -> str:
        """An id no other object has; the same ones in the same order in every world."""
        self.made += 1
        return hashlib.sha256(f"id {self.made}".encode()).hexdigest()

    def container(self, wanted: str) -> Container:
        """By id, by name or by the beginning of its id."""
        for one in self.containers.values():
            if wanted in {one.id, one.name}:
                return one
        found = [one for one in self.containers.values() if one.id.startswith(wanted)]
        if len(found) != 1:
            raise NotFound(f"No such container: {wanted}")
        return found[0]

    def network(self, wanted: str) -> Network:
        """By id, by name or by the beginning of its id."""
        for one in self.networks.values():
            if wanted in {one.id, one.name}:
                return one
        found = [one for one in self.networks.values() if one.id.startswith(wanted)]
        if len(found) != 1:
            raise NotFound(f"network {wanted} not found")
        return found[0]

    def image(self, wanted: str) -> str:
        """The id of an image, by reference or id."""
        if wanted in self.images:
            return wanted
        if reference(wanted) in self.references:
            return self.references[reference(wanted)]
        raise NotFound(f"No such image: {reference(wanted)}")


def reference(text: str) -> str:
    """A name as the engine files it: with a tag."""
    last = text.rpartition("/")[2]
    return text if ":" in last or "@" in text else f"{text}:latest"


def moment(at: float) -> str:
    """As the engine writes moments."""
    if not at:
        return "0001-01-01T00:00:00Z"
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S.%f}000Z"


def load(file: Path) -> World | None:
    """The world that was saved there; None when there is no such file.

    Raises:
        Rejected: the file holds something else.
    """
    try:
        return json.decode(file.read_bytes(), type=World)
    except FileNotFoundError:
        return None
    except DecodeError as error:
        raise Rejected(f"reading the modelled engine from {file}: it holds something else") from error
    except OSError as error:
        raise Rejected(f"reading the modelled engine from {file}: {error.strerror}") from error


def save(world: World, file: Path) -> None:
    """Writes the world down; the file is never half written."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_bytes(json.format(json.encode(world), indent=1))
    beside.replace(file)
