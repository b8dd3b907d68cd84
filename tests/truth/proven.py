"""One stack put to topo's own proof by packets: claims about everybody, each connection beside the model."""

from __future__ import annotations

from pathlib import Path

from reconciler.engines import connect
from reconciler.engines.reading import Endpoint
from reconciler.engines.standalone import Standalone
from reconciler.expand import expand
from reconciler.live import running
from reconciler.probe.local import LocalProber, engine_process
from reconciler.probe.proof import proved
from tests.support import applying
from tests.support.lab import LabEngine
from tests.truth.scene import HOST, seen
from tests.truth.trial import applied, served
from tests.truth.worlds import PORTS
from topology.graph import Probed, topology_of
from topology.models import Stack

CLAIMS = (*(f"any, host can reach any, host on {port}" for port in PORTS), "any can reach any by name")


def proven(engine: LabEngine, stack: Stack) -> tuple[int, tuple[str, ...]]:
    """How many connections were tried, and a line for each that went otherwise than the model says."""
    claiming = stack.model_copy(update={"policy": stack.policy.model_copy(update={"claims": CLAIMS})})
    runner = Standalone(connect.daemon(Endpoint(url=engine.url)))
    try:
        applied(runner, stack)
        scene = seen(engine, stack.name)
        places = {name: place.namespace for name, place in scene.places.items()}
        with served({**places, HOST: Path(f"/proc/{engine.holder}/ns/net")}):
            desired = expand(claiming, runner.traits)
            survey = runner.survey(desired)
            live = running(topology_of(claiming), desired, survey)
            prober = LocalProber(engine_process(str(engine.socket)), survey)
            found = proved(claiming, live, survey, prober).probed
    finally:
        applying.destroyed(runner, stack)
    return len(found), tuple(map(_line, (one for one in found if not one.agrees)))


def _line(one: Probed) -> str:
    tried = f"{one.caller} -> {one.called}:{one.port} at {one.through}"
    return f"{tried}: {one.outcome.value}, the model says {one.model}"
