"""One Docker engine: its containers are the units. Carries out steps, each of which may be repeated."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from functools import partial, singledispatchmethod
from typing import Final

from reconciler import address, history, lease
from reconciler.engines import inspected
from reconciler.engines.archive import archive
from reconciler.engines.daemon import Daemon, Json
from reconciler.engines.judging import is_connected, made_by
from reconciler.engines.observing import StandaloneReader
from reconciler.engines.waiting import LINES_OF_OUTPUT, Waiting, given_up
from reconciler.errors import Conflict, EngineError, NotFound, Rejected, Unhealthy
from reconciler.halting import heeding
from reconciler.lease import Lease
from reconciler.lease import release as give_back
from reconciler.state import Desired, Observed
from reconciler.steps import (
    BuildImage,
    ConnectNetwork,
    CopyFiles,
    CreateContainer,
    CreateNetwork,
    CreateVolume,
    DisconnectNetwork,
    DropJournal,
    ExecInContainer,
    Pause,
    PullImage,
    RemoveContainer,
    RemoveNetwork,
    RemoveVolume,
    RenameContainer,
    SignalContainer,
    StartContainer,
    Step,
    StopContainer,
    TakeOver,
    UnpauseContainer,
    UpdateContainer,
    WaitCompleted,
    WaitHealthy,
    WriteJournal,
)
from topology.secrets import command_line
from topology.structs import replace

_REMOVAL_PATIENCE: Final = 10.0
_UNPAUSE_PATIENCE: Final = 10.0


class Standalone(StandaloneReader):
    """Carries out steps on one engine."""

    def __init__(
        self,
        daemon: Daemon,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(daemon)
        self._daemon = daemon
        self._waiting = Waiting(reader=daemon, clock=clock, sleep=sleep)
        self._tell: Callable[[Step, str], None] = lambda _step, _how: None

    def remember(
        self, desired: Desired, observed: Observed, byline: history.Byline, left: Collection[str] = ()
    ) -> None:
        """See `Engine`."""
        before = self.history(desired.stack, desired.owner)
        made = history.entry(desired, observed.builds, before, byline, left)
        self._daemon.create_volume(history.body(desired.stack, desired.owner, made))
        for old in history.outdated(before, made):
            for name in history.volumes(desired.stack, old):
                _absent_is_fine(partial(self._daemon.remove_volume, name))

    def regret(self, stack: str, owner: str) -> None:
        """See `Engine`."""
        for last in self.history(stack, owner)[-1:]:
            self._daemon.create_volume(history.failure(stack, owner, last.number))

    def tells(self, tell: Callable[[Step, str], None]) -> None:
        """See `Engine`."""
        self._tell = tell

    def heeds(self, stop: threading.Event) -> None:
        """See `Engine`."""
        self._waiting = replace(self._waiting, sleep=heeding(stop))

    def leases(self, stack: str) -> tuple[Lease, ...]:
        """See `Engine`."""
        return lease.leases(self._reader.volumes(), stack)

    def claim(self, asked: Lease, is_dead: Callable[[Lease], bool]) -> Lease:
        """See `Engine`."""
        return lease.claim(self._daemon, asked, is_dead)

    def release(self, lease: Lease) -> None:
        """See `Engine`."""
        give_back(self._daemon, lease)

    @singledispatchmethod
    def run(self, step: Step) -> None:
        """See `Engine`."""
        raise TypeError(f"this engine has no way to carry out {step!r}")

    @run.register
    def _pull(self, step: PullImage) -> None:
        self._daemon.pull(step.reference, step.platform, partial(self._tell, step))

    @run.register
    def _build(self, step: BuildImage) -> None:
        platforms = (step.platform,) if step.platform else step.build.platforms
        build = step.build.model_copy(update={"platforms": platforms})
        tell = partial(self._tell, step)
        self._daemon.build(step.reference, build, {address.BUILD: step.digest}, tell, step.secrets)

    @run.register
    def _create_network(self, step: CreateNetwork) -> None:
        """One that is there with the same labels was made by a call whose answer was lost.

        That call may still be under way when this one is made: a newer engine then refuses, one before 25
        makes a second network of the name, which no container could start on.
        """
        try:
            if not self._made_networks(step):
                self._daemon.create_network(dict(step.body))
        except Conflict:
            if not self._made_networks(step):
                raise
        for twin in self._made_networks(step)[1:]:
            self._daemon.remove_network(twin["Id"])

    def _made_networks(self, step: CreateNetwork) -> list[Json]:
        """The networks that this step has made, the oldest first.

        Raises:
            Conflict: somebody else has made one of the name.
        """
        named = [raw for raw in self._reader.networks() if raw["Name"] == step.name]
        if any((raw.get("Labels") or {}) != step.body["Labels"] for raw in named):
            raise Conflict(f"creating network {step.name}: there is another one of this name")
        return sorted(named, key=lambda raw: (str(raw["Created"]), str(raw["Id"])))

    @run.register
    def _remove_network(self, step: RemoveNetwork) -> None:
        """Endpoints go away a moment after their containers; so a refusal is asked again for a while.

        Only engines since 28 say who is in the way; here it is said on all of them.
        """

        def gone() -> bool:
            try:
                self._daemon.remove_network(step.network)
            except NotFound:
                return True
            except Conflict as error:
                if members := self._members(step.network):
                    who = ", ".join(members)
                    raise Conflict(f"removing network {step.name}: {who} runs on it") from error
                return False
            return True

        self._waiting.until(
            gone, _REMOVAL_PATIENCE, f"removing network {step.name}: it still has active endpoints"
        )

    def _members(self, network: str) -> list[str]:
        return sorted(
            inspected.container_name(raw["Names"])
            for raw in self._reader.containers()
            for one in raw["NetworkSettings"]["Networks"].values()
            if one.get("NetworkID") == network and one.get("EndpointID")
        )

    @run.register
    def _create_volume(self, step: CreateVolume) -> None:
        """The engine answers with the labels of whoever was first."""
        made = self._daemon.create_volume(dict(step.body))
        if (made.get("Labels") or {}) != step.body["Labels"]:
            raise Conflict(f"creating volume {step.name}: somebody else has made one of this name meanwhile")

    @run.register
    def _remove_volume(self, step: RemoveVolume) -> None:
        _absent_is_fine(lambda: self._daemon.remove_volume(step.name))

    @run.register
    def _write_journal(self, step: WriteJournal) -> None:
        self._daemon.create_volume(dict(step.body))

    @run.register
    def _take_over(self, step: TakeOver) -> None:
        self._daemon.create_volume(dict(step.body))

    @run.register
    def _drop_journal(self, step: DropJournal) -> None:
        _absent_is_fine(lambda: self._daemon.remove_volume(step.name))

    @run.register
    def _create_container(self, step: CreateContainer) -> None:
        """A container of this name with the same labels was made by a call whose answer was lost."""
        try:
            self._daemon.create_container(step.name, dict(step.body), step.platform)
        except Conflict:
            there = self._reader.container(step.name)
            if not made_by(there, step):
                raise

    @run.register
    def _copy(self, step: CopyFiles) -> None:
        self._daemon.put_archive(step.container, archive(step.files))

    @run.register
    def _start(self, step: StartContainer) -> None:
        self._daemon.start(step.container)

    @run.register
    def _unpause(self, step: UnpauseContainer) -> None:
        """Under load an engine hears of a pause after its end, and says for a moment that it lasts (28.5)."""
        try:
            self._daemon.unpause(step.container)
        except (Conflict, Rejected):
            if self._is_paused(step.container):
                raise
        self._waiting.until(
            lambda: not self._is_paused(step.container),
            _UNPAUSE_PATIENCE,
            f"unpausing {step.container[:12]}: the engine says that it is paused all the same",
        )

    def _is_paused(self, container: str) -> bool:
        return bool(self._reader.container(container)["State"]["Paused"])

    @run.register
    def _stop(self, step: StopContainer) -> None:
        _absent_is_fine(lambda: self._daemon.stop(step.container, step.grace))

    @run.register
    def _remove(self, step: RemoveContainer) -> None:
        """Somebody else may be removing it already; then its end is awaited."""

        def gone() -> bool:
            try:
                self._daemon.remove_container(step.container, volumes=step.volumes)
            except NotFound:
                return True
            except Conflict:
                return False
            return True

        self._waiting.until(gone, _REMOVAL_PATIENCE, f"removing {step.name}: its removal does not end")

    @run.register
    def _rename(self, step: RenameContainer) -> None:
        """The old name is gone when the answer was lost; then the new one says whether it is done."""
        try:
            self._daemon.rename(step.container, step.name)
        except (NotFound, Rejected):
            if not self._is_called(step):
                raise

    def _is_called(self, step: RenameContainer) -> bool:
        """Whether what has the name is it, or at its address; a temporary name that is gone tells no more."""
        try:
            there = self._reader.container(step.name)
        except NotFound:
            return False
        at = (there["Config"].get("Labels") or {}).get(address.ADDRESS)
        return there["Name"] == f"/{step.name}" and (at == str(step.address) or there["Id"] == step.container)

    @run.register
    def _update(self, step: UpdateContainer) -> None:
        self._daemon.update(step.container, dict(step.body))

    @run.register
    def _connect(self, step: ConnectNetwork) -> None:
        """Connected already is fine only when it is connected as asked, and not merely wished to be."""
        try:
            self._daemon.connect(step.network, step.container, dict(step.endpoint))
        except Conflict:
            if not is_connected(self._reader.container(step.container), step):
                raise

    def _runs(self, container: str) -> bool:
        try:
            return bool(self._reader.container(container)["State"]["Status"] == "running")
        except NotFound:
            return False

    @run.register
    def _signal(self, step: SignalContainer) -> None:
        if self._runs(step.container):
            self._daemon.signal(step.container, step.signal)

    @run.register
    def _exec(self, step: ExecInContainer) -> None:
        if not self._runs(step.container):
            return
        code, output = self._daemon.execute(step.container, step.command)
        if code:
            said = output.strip().splitlines()[-LINES_OF_OUTPUT:]
            raise Rejected("\n".join([f"{command_line(step.command)} failed with exit code {code}", *said]))

    @run.register
    def _disconnect(self, step: DisconnectNetwork) -> None:
        """By force, so that an endpoint on a network that is gone can be taken away as well (15l)."""
        try:
            self._daemon.disconnect(step.network, step.container, force=True)
        except NotFound:
            return
        except EngineError:
            attached = self._reader.container(step.container)["NetworkSettings"]["Networks"]
            if step.network in attached:
                raise

    @run.register
    def _wait_healthy(self, step: WaitHealthy) -> None:
        try:
            self._waiting.well(step, lambda ready: self._daemon.probe(step.container, ready))
        except Unhealthy as error:
            raise Unhealthy("\n".join([str(error), *given_up(self._daemon, step)])) from error

    @run.register
    def _pause(self, step: Pause) -> None:
        self._waiting.sleep(step.seconds)

    @run.register
    def _wait_completed(self, step: WaitCompleted) -> None:
        self._waiting.end(step)


def _absent_is_fine(call: Callable[[], None]) -> None:
    try:
        call()
    except NotFound:
        return
