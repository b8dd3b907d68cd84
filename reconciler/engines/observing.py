"""Sees one Docker engine, and cannot touch it: it is made from a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from reconciler import address, journal
from reconciler.contents import Contents
from reconciler.engines import inspected, reading_files, surveyed
from reconciler.engines.daemon import DaemonReader, Events, Json
from reconciler.engines.reading import api_version
from reconciler.errors import NotFound
from reconciler.state import Desired, Image, ImageConfig, Observed, Traits
from reconciler.survey import Survey
from topology.models import Stack

if TYPE_CHECKING:
    from reconciler.diff import UnitChange
    from reconciler.fragment import Fragment
    from reconciler.history import Entry


class StandaloneReader:
    """Observes one engine, and cannot change it."""

    def __init__(self, daemon: DaemonReader) -> None:
        self._reader = daemon

    @cached_property
    def traits(self) -> Traits:
        """See `Reader`."""
        said = self._reader.version()
        return Traits(version=str(said["Version"]), api=api_version(str(said["ApiVersion"])))

    def contents(self, stack: Stack) -> Contents:
        """See `Reader`."""
        return reading_files.read(stack, shared=self._reader.is_local)

    def events(self) -> Events:
        """What happens on it from now on. Raises what `DaemonReader.events` raises."""
        return self._reader.events()

    def lower(self, desired: Desired, observed: Observed, change: UnitChange) -> Fragment:
        """See `Reader`."""
        from reconciler import rollout  # noqa: PLC0415  # most plans change nothing, and need no steps

        return rollout.lower(desired, observed, change)

    def history(self, stack: str, owner: str) -> tuple[Entry, ...]:
        """See `Reader`."""
        from reconciler import history  # noqa: PLC0415  # a plan is made without it

        return history.read(self._reader.volumes(), stack, owner)

    def observe(self, desired: Desired) -> Observed:
        """See `Reader`. One list of each kind, one inspect per container of the stack and per image."""
        listed = self._reader.containers()
        networks = self._reader.networks()
        ours = [raw["Id"] for raw in listed if inspected.owned(raw.get("Labels"), desired)]
        answers = _several(self._reader.container, ours)
        wanted = {unit.image for unit in desired.units.values()}
        images = _several(self._reader.image, sorted(wanted | {one["Image"] for one in answers.values()}))
        configs = {raw["Id"]: inspected.image(raw) for raw in images.values()}
        volumes = self._reader.volumes()
        holders = tuple(inspected.holder(raw) for raw in listed)
        noted = journal.read(volumes, desired.stack, desired.owner)
        return Observed(
            traits=self.traits,
            units=inspected.units(answers.values(), configs, networks, noted, holders),
            networks=inspected.live_networks(networks, listed, desired),
            volumes=inspected.live_volumes(volumes, desired),
            holders=holders,
            images={name: _image(images[name], configs) for name in sorted(wanted) if name in images},
            builds=self._builds(desired),
            journal=noted,
            history=inspected.history(volumes, desired),
        )

    def survey(self, desired: Desired, *, everybody: bool = False) -> Survey:
        """See `Reader`. Two lists, and an inspect of each container that can matter to the stack."""
        listed = self._reader.containers()
        chosen = surveyed.mattering(listed, desired, everybody=everybody)
        answers = _several(self._reader.container, chosen)
        return surveyed.survey(self.traits, listed, self._reader.networks(), answers, desired)

    def _builds(self, desired: Desired) -> dict[str, str]:
        return {
            unit.address.name: self._reader.digest(unit.build)
            for unit in desired.units.values()
            if unit.build is not None and unit.address.replica == 1
        }


def _image(raw: Json, configs: dict[str, ImageConfig]) -> Image:
    labels = (raw.get("Config") or {}).get("Labels") or {}
    platform = "/".join(filter(None, (raw.get("Os"), raw.get("Architecture"), raw.get("Variant"))))
    return Image(config=configs[raw["Id"]], build=labels.get(address.BUILD, ""), platform=platform)


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
