"""Carries out steps on a Swarm; each may be repeated."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import singledispatchmethod
from typing import Final

from reconciler import history, lease
from reconciler.address import Kind
from reconciler.engines.daemon import Daemon, Json
from reconciler.engines.swarm import inspected, waiting
from reconciler.engines.swarm.cluster import Cluster
from reconciler.engines.swarm.notes import Notes
from reconciler.engines.swarm.observing import SwarmReader
from reconciler.errors import Conflict, NotFound, Unhealthy
from reconciler.halting import heeding
from reconciler.lease import Lease
from reconciler.state import Desired, Observed
from reconciler.steps import (
    CreateKept,
    CreateNetwork,
    CreateService,
    DisconnectNetwork,
    DropJournal,
    RemoveKept,
    RemoveNetwork,
    RemoveService,
    RemoveVolume,
    Step,
    UpdateService,
    WaitCompleted,
    WaitHealthy,
    WaitService,
)

_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 0.5
_REMOVAL_PATIENCE: Final = 30.0
_OUT_OF_SEQUENCE: Final = 5
_SECOND_LOOK: Final = 0.3
_LOOKS: Final = 2


class Swarm(SwarmReader):
    """Carries out steps through a manager."""

    def __init__(
        self,
        cluster: Cluster,
        ways: Sequence[Daemon] = (),
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`ways` are the engines of further nodes."""
        super().__init__(cluster, ways)
        self._cluster = cluster
        self._daemons: Sequence[Daemon] = ways
        self._notes = Notes(cluster)
        self._clock = clock
        self._tell: Callable[[Step, str], None] = lambda _step, _words: None
        self._sleep = sleep

    def remember(
        self, desired: Desired, observed: Observed, byline: history.Byline, left: Collection[str] = ()
    ) -> None:
        """See `Engine`."""
        before = self.history(desired.stack, desired.owner)
        made = history.entry(desired, observed.builds, before, byline, left)
        self._notes.create_volume(history.body(desired.stack, desired.owner, made))
        for old in history.outdated(before, made):
            for name in history.volumes(desired.stack, old):
                with suppress(NotFound):
                    self._notes.remove_volume(name)

    def regret(self, stack: str, owner: str) -> None:
        """See `Engine`."""
        for last in self.history(stack, owner)[-1:]:
            self._notes.create_volume(history.failure(stack, owner, last.number))

    def tells(self, tell: Callable[[Step, str], None]) -> None:
        """See `Engine`."""
        self._tell = tell

    def heeds(self, stop: threading.Event) -> None:
        """See `Engine`."""
        self._sleep = heeding(stop)

    def leases(self, stack: str) -> tuple[Lease, ...]:
        """See `Engine`."""
        return lease.leases(self._notes.volumes(), stack)

    def claim(self, asked: Lease, is_dead: Callable[[Lease], bool]) -> Lease:
        """See `Engine`."""
        return lease.claim(self._notes, asked, is_dead)

    def release(self, held: Lease) -> None:
        """See `Engine`."""
        lease.release(self._notes, held)

    def run(self, step: Step) -> tuple[str, ...] | None:
        """See `Engine`."""
        with self._cluster.silence.told(lambda words: self._tell(step, words)):
            return self._run(step)

    @singledispatchmethod
    def _run(self, step: Step) -> tuple[str, ...] | None:
        raise TypeError(f"a Swarm has no way to carry out {step!r}")

    @_run.register
    def _create_network(self, step: CreateNetwork) -> None:
        """One that is there with the same labels was made by a call whose answer was lost."""
        try:
            self._cluster.create_network(dict(step.body))
        except Conflict:
            named = [raw for raw in self._cluster.networks() if raw["Name"] == step.name]
            if not any((raw.get("Labels") or {}) == step.body["Labels"] for raw in named):
                raise

    @_run.register
    def _remove_network(self, step: RemoveNetwork) -> None:
        """Tasks leave it a moment after their service; so a refusal is asked again for a while."""
        refusal = ""

        def gone() -> bool:
            nonlocal refusal
            try:
                self._cluster.remove_network(step.network)
            except NotFound:
                return True
            except Conflict as error:
                refusal = str(error)
                return False
            return False  # it is gone once it is not found: a task may still hold it on its node

        self._until(gone, _REMOVAL_PATIENCE, lambda: refusal or f"removing network {step.name}: it stays")

    @_run.register
    def _create_kept(self, step: CreateKept) -> None:
        """One that is there with the same labels holds the same: its name is that of its content."""
        secret = step.address.kind is Kind.SECRET
        create = self._cluster.create_secret if secret else self._cluster.create_config
        data = base64.b64encode(step.content.open()).decode()
        try:
            create({"Name": step.name, "Labels": dict(step.labels), "Data": data})
        except Conflict:
            there = self._cluster.secrets() if secret else self._cluster.configs()
            named = (raw for raw in there if raw["Spec"]["Name"] == step.name)
            if not any(raw["Spec"].get("Labels") == step.labels for raw in named):
                raise

    @_run.register
    def _remove_kept(self, step: RemoveKept) -> None:
        secret = step.address.kind is Kind.SECRET
        with suppress(NotFound):
            (self._cluster.remove_secret if secret else self._cluster.remove_config)(step.identity)

    @_run.register
    def _create_service(self, step: CreateService) -> None:
        try:
            self._cluster.create_service(self._identified(dict(step.body)))
        except Conflict:
            if self._cluster.service(step.name)["Spec"].get("Labels") != step.body["Labels"]:
                raise

    @_run.register
    def _update_service(self, step: UpdateService) -> None:
        """What somebody forced before stays counted: taking that back would replace all tasks once more."""

        def changed(said: Json) -> Json:
            forced = int((said.get("TaskTemplate") or {}).get("ForceUpdate") or 0) + step.anew
            return {**whole, "TaskTemplate": {**whole["TaskTemplate"], "ForceUpdate": forced}}

        whole = self._identified(dict(step.body))
        self._change(step.service, changed)

    def _identified(self, body: Json) -> Json:
        """With the ids of the secrets and configs that it names: Swarm asks for both."""
        container = body["TaskTemplate"]["ContainerSpec"]
        found = {
            "Secrets": _with_ids(container.get("Secrets") or (), "Secret", self._cluster.secrets),
            "Configs": _with_ids(container.get("Configs") or (), "Config", self._cluster.configs),
        }
        more = {part: entries for part, entries in found.items() if entries}
        template = {**body["TaskTemplate"], "ContainerSpec": {**container, **more}}
        return {**body, "TaskTemplate": template}

    @_run.register
    def _disconnect(self, step: DisconnectNetwork) -> None:
        """Every task is replaced by one that is not on the network."""
        ids = {raw["Id"] for raw in self._cluster.networks() if raw["Name"] == step.network}

        def changed(said: Json) -> Json:
            template = said["TaskTemplate"]
            kept = [one for one in template.get("Networks") or () if one["Target"] not in ids]
            return {**said, "TaskTemplate": {**template, "Networks": kept}}

        self._change(step.container, changed)

    def _change(self, service: str, changed: Callable[[Json], Json]) -> None:
        """Swarm counts a service's versions, and its own doings count: so one that moved on is read again."""
        for _ in range(_OUT_OF_SEQUENCE):
            there = self._cluster.service(service)
            try:
                self._cluster.update_service(service, there["Version"]["Index"], changed(there["Spec"]))
            except Conflict:
                self._sleep(_FIRST_PAUSE)
            else:
                return
        raise Conflict(f"updating service {service}: somebody else changes it all the time")

    @_run.register
    def _remove_service(self, step: RemoveService) -> None:
        """A node lets two seconds pass, for others to hear of it, before it stops a task (28.5.2)."""
        mine = self._task_ids(step.service)
        with suppress(NotFound):
            self._cluster.remove_service(step.service)

        def ended() -> bool:
            return not mine or all(map(waiting.ended, self._cluster.tasks(ids=mine)))

        self._until(ended, _REMOVAL_PATIENCE, lambda: f"removing service {step.name}: its tasks do not end")

    def _task_ids(self, service: str) -> tuple[str, ...]:
        """Once a service is gone its tasks cannot be asked for by it, and a list of all may be long."""
        try:
            return tuple(task["ID"] for task in self._cluster.tasks(service))
        except NotFound:
            return tuple(task["ID"] for task in self._cluster.tasks() if task["ServiceID"] == service)

    @_run.register
    def _remove_volume(self, step: RemoveVolume) -> None:
        """The containers of tasks that have ended hold it until their node has tidied up."""

        engine = self._engine_of(step.node)

        def gone() -> bool:
            try:
                engine.remove_volume(step.name)
            except NotFound:
                return True
            except Conflict:
                return False
            return True

        self._until(gone, _REMOVAL_PATIENCE, lambda: f"removing volume {step.name}: something uses it")

    def _engine_of(self, node: str) -> Daemon:
        """The engine of a node that there is a way to."""
        names = {raw["ID"]: inspected.hostname(raw) for raw in self._cluster.nodes()}
        found = next((engine for one, engine in self._entered.items() if names.get(one) == node), None)
        return next((engine for engine in self._daemons if engine is found), self._cluster)

    @_run.register
    def _drop_journal(self, step: DropJournal) -> None:
        with suppress(NotFound):
            self._notes.remove_volume(step.name)

    @_run.register
    def _wait(self, step: WaitService) -> tuple[str, ...]:
        """As long as a task gets further, more of them may follow. Those that failed meanwhile are told.

        Swarm begins an update a moment after it was told to: what looks settled is looked at once more.
        """
        nodes = inspected.nodes(self._cluster.nodes())
        before = waiting.failed(self._cluster.tasks(step.name), step.since)
        looks, seen = 0, waiting.standing(())
        deadline, pause = self._clock() + step.within, _FIRST_PAUSE
        while looks < _LOOKS:
            service = self._cluster.service(step.name)
            tasks = [task for task in self._cluster.tasks(step.name) if task["ID"] not in before]
            looks = looks + 1 if waiting.settled(service, tasks, nodes, back=step.back) else 0
            if (now := waiting.standing(tasks)) != seen:
                seen, deadline = now, self._clock() + step.within
                self._tell(step, waiting.progress(service, tasks, nodes))
            if not looks and self._clock() >= deadline:
                late = f"{step.name} does not run as it should after {step.within:.0f} seconds"
                raise Unhealthy("\n".join([late, *waiting.waiting(tasks, nodes)]))
            self._sleep(_SECOND_LOOK if looks else pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        return tuple(waiting.failures(tasks, nodes))

    @_run.register(WaitCompleted)
    @_run.register(WaitHealthy)
    def _wait_for_another(self, step: WaitCompleted | WaitHealthy) -> tuple[str, ...] | None:
        """Of a service that is as it should be, and not yet done with it."""
        return self._wait(WaitService(address=step.address, name=step.container, within=step.within))

    def _until(self, done: Callable[[], bool], within: float, otherwise: Callable[[], str]) -> None:
        deadline, pause = self._clock() + within, _FIRST_PAUSE
        while not done():
            if self._clock() >= deadline:
                raise Unhealthy(otherwise())
            self._sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)


def _with_ids(entries: Sequence[Json], kind: str, there: Callable[[], list[Json]]) -> list[Json]:
    """Entries of a service with the ids of what they name.

    Raises:
        NotFound: there is none of a name.
    """
    if not entries:
        return []
    ids = {raw["Spec"]["Name"]: raw["ID"] for raw in there()}
    for entry in entries:
        if entry[f"{kind}Name"] not in ids:
            raise NotFound(f"there is no {kind.lower()} {entry[f'{kind}Name']}")
    return [{**entry, f"{kind}ID": ids[entry[f"{kind}Name"]]} for entry in entries]
