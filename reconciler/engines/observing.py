"""Sees one Docker engine, and cannot touch it: it is made from a reader."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from reconciler import address, adoption, journal, resealed
from reconciler.contents import Contents, Unshown
from reconciler.engines import inspected, reading_files, surveyed
from reconciler.engines.around import around
from reconciler.engines.builds import Builds
from reconciler.engines.daemon import DaemonReader, Events, Json
from reconciler.engines.reading import api_version
from reconciler.errors import EngineError, NotFound
from reconciler.state import (
    Adopted,
    Builder,
    Desired,
    Image,
    ImageConfig,
    Marks,
    Observed,
    Status,
    Traits,
    Unit,
)
from reconciler.surroundings import drawn, manages_swarm
from reconciler.survey import Survey
from topology.models import Stack
from topology.structs import replace

if TYPE_CHECKING:
    from reconciler.adoption import Claim, Wish
    from reconciler.diff import Obstacle, UnitChange
    from reconciler.fragment import Fragment
    from reconciler.history import Entry
    from reconciler.importing import Imported
    from reconciler.networks import Network


class StandaloneReader:
    """Observes one engine, and cannot change it."""

    def __init__(self, daemon: DaemonReader) -> None:
        self._reader = daemon
        self._newest: dict[str, str] = {}

    @cached_property
    def traits(self) -> Traits:
        """See `Reader`."""
        said = self._reader.version()
        return Traits(version=str(said["Version"]), api=api_version(str(said["ApiVersion"])))

    def contents(self, stack: Stack) -> Contents:
        """See `Reader`."""
        return reading_files.read(stack, shared=self._reader.is_local, drawn=self._drawn)

    @cached_property
    def _drawn(self) -> Unshown:
        """See `Contents.drawn`: the ids of its first networks, 512 bits; `plan.fingerprint` says more."""
        return drawn((str(raw["Name"]), str(raw["Id"])) for raw in self._reader.networks())

    def events(self) -> Events:
        """What happens on it from now on. Raises what `DaemonReader.events` raises."""
        return self._reader.events()

    def imported(self, names: Sequence[str]) -> Imported:
        """See `Reader`."""
        from reconciler import importing  # noqa: PLC0415  # a plan is made without it

        answers = _several(self._reader.container, importing.chosen(self._reader.containers(), names))
        images = _several(self._reader.image, sorted({raw["Image"] for raw in answers.values()}))
        configs = {raw["Id"]: inspected.image(raw) for raw in images.values()}
        return importing.imported(answers.values(), configs)

    def networks(self) -> tuple[Network, ...]:
        """See `Reader`."""
        from reconciler import networks  # noqa: PLC0415  # a plan is made without it

        return networks.networks(self._reader.networks(), self._reader.containers())

    def lower(self, desired: Desired, observed: Observed, change: UnitChange) -> Fragment:
        """See `Reader`."""
        from reconciler import rollout  # noqa: PLC0415  # most plans change nothing, and need no steps

        return rollout.lower(desired, observed, change)

    def history(self, stack: str, owner: str) -> tuple[Entry, ...]:
        """See `Reader`."""
        from reconciler import history  # noqa: PLC0415  # a plan is made without it

        return history.read(self._reader.volumes(), stack, owner)

    def adoptable(self, desired: Desired, wish: Wish) -> tuple[Claim | Obstacle, ...]:
        """See `Reader`."""
        from reconciler.engines import adoptable  # noqa: PLC0415  # a plan is made without it

        seen = self._seen(desired)
        return adoptable.adoptable(desired, wish, seen.containers, seen.networks, seen.volumes)

    def _seen(self, desired: Desired, also: Marks | None = None) -> _Seen:
        """One list of each kind; what was adopted carries its labels."""
        volumes = self._reader.volumes()
        noted = adoption.read(volumes, desired.stack, desired.owner)
        noted = replace(noted, labels={**noted.labels, **(also or {})})
        return _Seen(
            containers=[_marked(raw, raw["Id"], noted) for raw in self._reader.containers()],
            networks=[_marked(raw, raw["Id"], noted) for raw in self._reader.networks()],
            volumes=[_marked(raw, raw["Name"], noted) for raw in volumes],
            adopted=noted,
        )

    def _inspected(self, names: Iterable[str], noted: Adopted) -> dict[str, Json]:
        """The inspect answer of each container that is still there."""
        answers = _several(self._reader.container, names)
        return {name: {**raw, "Config": _marked(raw["Config"], name, noted)} for name, raw in answers.items()}

    def observe(self, desired: Desired, also: Marks | None = None) -> Observed:
        """See `Reader`. One list of each kind, one inspect per container of the stack and per image."""
        seen = self._seen(desired, also)
        listed, networks, volumes = seen.containers, seen.networks, seen.volumes
        ours = [raw["Id"] for raw in listed if inspected.owned(raw.get("Labels"), desired)]
        answers = self._inspected(ours, seen.adopted)
        wanted = {unit.image for unit in desired.units.values()}
        images = _several(self._reader.image, sorted(wanted | {one["Image"] for one in answers.values()}))
        configs = {raw["Id"]: inspected.image(raw) for raw in images.values()}
        holders = tuple(inspected.holder(raw) for raw in listed)
        there = inspected.live_networks(networks, listed, desired)
        noted = journal.read(volumes, desired.stack, desired.owner)
        built = {
            unit.address.name: unit
            for unit in desired.units.values()
            if unit.build is not None and unit.address.replica == 1
        }
        builds = Builds(built, self._reader.digest)
        found = {name: _image(images[name], configs) for name in sorted(wanted) if name in images}
        return Observed(
            traits=self.traits,
            units=resealed.units(
                desired, inspected.units(answers.values(), configs, networks, noted, holders)
            ),
            networks=there,
            volumes=inspected.live_volumes(volumes, desired),
            holders=holders,
            images=self._renewed(
                desired,
                found,
                images,
            ),
            builds=builds.digests,
            builders=self._builders(built, builds, found),
            journal=noted,
            history=inspected.history(volumes, desired),
            adopted=seen.adopted,
            around=around(self._reader, desired, there, networks),
        )

    def _renewed(
        self, desired: Desired, found: dict[str, Image], raw: Mapping[str, Json]
    ) -> dict[str, Image]:
        """With what the registries have now, where somebody wants to know and the image is old enough.

        A registry that does not answer is no reason not to plan: what is there is then as good as any.
        """
        for unit in desired.units.values():
            name = unit.image
            if unit.renew is None or unit.build is not None or name not in found or "@" in name:
                continue
            if name not in self._newest and inspected.age(raw[name], time.time()) >= unit.renew:
                with suppress(EngineError):
                    self._newest[name] = self._reader.newest(name)
        return {name: replace(one, newest=self._newest.get(name, "")) for name, one in found.items()}

    def lacking(self, desired: Desired, observed: Observed) -> dict[str, str]:
        """See `Reader`."""
        found = {}
        for live in observed.units:
            want = desired.units.get(live.address)
            if want is not None and want.ready is not None and live.status is Status.RUNNING:
                with suppress(EngineError):  # it may just have ended
                    found[live.id] = self._reader.lacks(live.id, want.ready)
        return {one: words for one, words in found.items() if words is not None}

    def survey(self, desired: Desired, *, everybody: bool = False) -> Survey:
        """See `Reader`. One list of each kind, an inspect of each container that can matter to the stack."""
        seen = self._seen(desired)
        chosen = surveyed.mattering(seen.containers, desired, everybody=everybody)
        answers = self._inspected(chosen, seen.adopted)
        found = surveyed.survey(self.traits, seen.containers, seen.networks, answers, desired)
        if not any(want.spans_hosts for want in desired.networks.values()):
            return found
        return replace(found, manages_swarm=manages_swarm(self._reader.info()))

    def _builders(
        self, built: Mapping[str, Unit], builds: Builds, images: Mapping[str, Image]
    ) -> dict[str, Builder]:
        """Who makes the images that have to be made. Where a context cannot be read, nobody does."""
        found = {}
        for name, unit in built.items():
            image = images.get(unit.image)
            platform = unit.spec.get("platform")
            there = image is not None and image.build == builds.of(name) and image.suits(platform)
            if unit.build is not None and not there:
                builder = self._reader.builder(unit.build)
                found[name] = replace(builder, missing=(*builds.unread(name), *builder.missing))
        return found


class _Seen(Struct, frozen=True, kw_only=True):
    """What the engine lists."""

    containers: list[Json]
    networks: list[Json]
    volumes: list[Json]
    adopted: Adopted


def _marked(raw: Json, identity: str, noted: Adopted) -> Json:
    """An answer with the labels that what was adopted would carry."""
    if identity not in noted.labels:
        return raw
    return {**raw, "Labels": adoption.labelled(raw.get("Labels"), identity, noted)}


def _image(raw: Json, configs: dict[str, ImageConfig]) -> Image:
    labels = (raw.get("Config") or {}).get("Labels") or {}
    platform = "/".join(filter(None, (raw.get("Os"), raw.get("Architecture"), raw.get("Variant"))))
    digests = tuple(one.partition("@")[2] for one in raw.get("RepoDigests") or ())
    return Image(
        config=configs[raw["Id"]], build=labels.get(address.BUILD, ""), platform=platform, digests=digests
    )


def _several(ask: Callable[[str], Json], names: Iterable[str]) -> dict[str, Json]:
    """Answers for many names, without those that are gone by now.

    One after another: fifty inspects take 40 ms by one thread and by eight (20.10 to 28.5).
    """
    answers = {}
    for name in names:
        try:
            answers[name] = ask(name)
        except NotFound:
            continue
    return answers
