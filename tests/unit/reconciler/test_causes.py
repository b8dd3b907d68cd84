"""Why a field differs: three sides, wanted, recorded and live, and which two of them agree."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.choice import Choice, chosen
from reconciler.diff import Cause, UnitChange, diff
from reconciler.engines.memory import NEW, Life, MemoryDaemon, anything
from reconciler.engines.standalone import Standalone
from reconciler.state import Observed
from tests.support.applying import applied, converged, looked
from topology.models import Attachment, Healthcheck, Network, Restart, Service, Stack


def stack(**said: Any) -> Stack:
    service = Service(**{"image": "first:1", "networks": {"one": Attachment()}, **said})
    return Stack(name="s", services={"a": service}, networks={"one": Network(), "two": Network()})


@pytest.fixture
def daemon() -> MemoryDaemon:
    made = MemoryDaemon(generation=NEW, registry=anything)
    for reference in ("first:1", "second:1"):
        made.pull(reference)
    return made


def causes(daemon: MemoryDaemon, wanted: Stack) -> dict[str, Cause]:
    found = diff(*looked(Standalone(daemon), wanted))
    assert found.obstacles == ()
    return {
        field.name: field.cause
        for change in found.changes
        if isinstance(change, UnitChange)
        for field in change.fields
    }


def test_the_file_said_otherwise(daemon: MemoryDaemon) -> None:
    converged(Standalone(daemon), stack(restart=Restart(policy="always")))
    assert causes(daemon, stack()) == {"restart": Cause.STACK}


def test_somebody_changed_it(daemon: MemoryDaemon) -> None:
    converged(Standalone(daemon), stack(restart=Restart(policy="always")))
    daemon.update("s-a-1", {"RestartPolicy": {"Name": "no"}})
    assert causes(daemon, stack(restart=Restart(policy="always"))) == {"restart": Cause.DRIFT}


def test_a_name_that_the_file_gave_or_gives_no_more_is_told_from_one_that_somebody_gave(
    daemon: MemoryDaemon,
) -> None:
    engine = Standalone(daemon)
    converged(engine, stack())
    assert causes(daemon, stack(container_name="main")) == {"name": Cause.STACK}
    converged(engine, stack(container_name="main"))
    assert causes(daemon, stack(container_name="other")) == {"name": Cause.STACK}
    assert causes(daemon, stack()) == {"name": Cause.STACK}
    daemon.rename("main", "zorro")
    assert causes(daemon, stack(container_name="main")) == {"name": Cause.DRIFT}
    assert causes(daemon, stack(container_name="other")) == {"name": Cause.BOTH}
    daemon.rename("zorro", "main.0123abcd")
    assert causes(daemon, stack(container_name="main")) == {"name": Cause.UNFINISHED}
    converged(engine, stack())
    daemon.rename("s-a-1", "zorro")
    assert causes(daemon, stack()) == {"name": Cause.DRIFT}


def test_both(daemon: MemoryDaemon) -> None:
    converged(Standalone(daemon), stack(pids_limit=50))
    daemon.update("s-a-1", {"PidsLimit": 60})
    assert causes(daemon, stack(pids_limit=70)) == {"pids_limit": Cause.BOTH}


def test_who_does_not_work_yet_was_left_so() -> None:
    """Whoever waited for it may have been killed; that it stopped is another matter."""
    daemon = MemoryDaemon(generation=NEW, registry=anything, script=lambda _config: Life(settles=0.5))
    daemon.pull("first:1")
    checked = stack(healthcheck=Healthcheck(test=("CMD", "true")))
    converged(Standalone(daemon), checked)
    daemon.stop("s-a-1", 0)
    assert causes(daemon, checked) == {"state": Cause.DRIFT}
    daemon.start("s-a-1")
    assert causes(daemon, checked) == {"health": Cause.UNFINISHED}
    converged(Standalone(daemon), checked)


def test_who_mends_drift_does_not_wait_for_who_is_ill() -> None:
    daemon = MemoryDaemon(generation=NEW, registry=anything, script=lambda _config: Life(healthy=False))
    daemon.pull("first:1")
    checked = stack(healthcheck=Healthcheck(test=("CMD", "false")), pids_limit=50)
    assert applied(Standalone(daemon), checked).faults
    daemon.update("s-a-1", {"PidsLimit": 60})
    desired, observed = looked(Standalone(daemon), checked)
    whole = diff(desired, observed)
    drift = chosen(whole, desired, observed, Choice(drift_only=True))
    found = [[field.name for field in change.fields] for part in (whole, drift) for change in part.changes]
    assert found == [["pids_limit", "health"], ["pids_limit"]]


def test_they_met_half_way(daemon: MemoryDaemon) -> None:
    """What somebody did by hand is what the file says now."""
    converged(Standalone(daemon), stack(pids_limit=50))
    daemon.update("s-a-1", {"PidsLimit": 70})
    assert causes(daemon, stack(pids_limit=70)) == {}


def test_what_was_changed_in_place_drifts_like_what_was_made_so(daemon: MemoryDaemon) -> None:
    converged(Standalone(daemon), stack(pids_limit=50))
    converged(Standalone(daemon), stack(pids_limit=60))
    daemon.update("s-a-1", {"PidsLimit": 40})
    assert causes(daemon, stack(pids_limit=60)) == {"pids_limit": Cause.DRIFT}


def test_without_its_journal_the_cause_is_poorer_and_the_plan_the_same(daemon: MemoryDaemon) -> None:
    converged(Standalone(daemon), stack(pids_limit=50))
    converged(Standalone(daemon), stack(pids_limit=60))
    daemon.update("s-a-1", {"PidsLimit": 40})
    for volume in daemon.volumes():
        daemon.remove_volume(volume["Name"])
    assert causes(daemon, stack(pids_limit=60)) == {"pids_limit": Cause.BOTH}


def test_a_secret_value_is_compared_by_its_digest(daemon: MemoryDaemon) -> None:
    converged(Standalone(daemon), stack(environment={"PASSWORD": "one", "MODE": "calm"}))
    assert causes(daemon, stack(environment={"PASSWORD": "two", "MODE": "calm"})) == {
        "environment.PASSWORD": Cause.STACK
    }


def test_no_secret_is_written_down(daemon: MemoryDaemon) -> None:
    converged(Standalone(daemon), stack(environment={"PASSWORD": "correct-horse"}))
    labels = daemon.container("s-a-1")["Config"]["Labels"]
    assert "correct-horse" not in str(labels)
    assert "PASSWORD" in labels["topo.spec"]


def test_each_network_has_its_own_cause(daemon: MemoryDaemon) -> None:
    converged(Standalone(daemon), stack())
    daemon.connect("bridge", "s-a-1", {})
    both = {"one": Attachment(), "two": Attachment()}
    assert causes(daemon, stack(networks=both)) == {
        "networks.bridge": Cause.DRIFT,
        "networks.s_two": Cause.STACK,
    }


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"image": "second:1"}, "image"),
        ({"healthcheck": Healthcheck(test=("CMD", "check"))}, "healthcheck"),
        ({"hostname": "me"}, "hostname"),
    ],
)
def test_what_a_container_was_made_with_changes_with_the_file(
    daemon: MemoryDaemon, said: dict[str, Any], field: str
) -> None:
    converged(Standalone(daemon), stack())
    assert causes(daemon, stack(**said)) == {field: Cause.STACK}


def test_an_observation_alone_decides(daemon: MemoryDaemon) -> None:
    """The same values give the same difference: nothing is asked while comparing."""
    converged(Standalone(daemon), stack())
    desired, observed = looked(Standalone(daemon), stack(hostname="me"))
    assert isinstance(observed, Observed)
    assert diff(desired, observed) == diff(desired, observed)
