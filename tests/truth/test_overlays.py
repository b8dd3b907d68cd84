"""The model is true of overlays: one stack on three nodes, every address tried from everywhere.

What the lab's kernel cannot show is left out: ports that every node opens, and virtual addresses beyond their
names (no IPVS), and encryption between nodes (no ESP).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reconciler.engines.reading import Endpoint
from reconciler.engines.swarm import Swarm
from reconciler.engines.swarm.sending import SdkCluster
from tests.support import applying, packets
from tests.support.packets import Lookup, Probe
from tests.support.swarm import LabSwarm
from tests.truth.overlays import PORTS, Aim, Model, Spot, spots
from topology.graph import WORLD, topology_of
from topology.graph.overlay import task_names
from topology.load import load
from topology.models import Stack
from topology.reach import Answer, End, answer, resolves

QUICK, PATIENT = 1.0, 4.0
"""Seconds for an answer: at first, and once more where the model says that one must come."""

PLACED: dict[str, tuple[int, dict[str, Any]]] = {
    "one": (0, {"networks": ["near"]}),
    "two": (1, {"networks": {"near": {"aliases": ["second"]}}, "hostname": "deux"}),
    "far": (0, {"networks": ["away"]}),
    "farther": (2, {"networks": ["away"]}),
    "both": (1, {"networks": ["near", "away"]}),
    "shut": (0, {"networks": ["inner"]}),
    "inside": (1, {"networks": ["inner"]}),
    "open": (2, {"networks": ["near"], "ports": [{"target": 80, "published": 8081, "mode": "host"}]}),
    "dropped": (2, {"networks": ["inner"], "ports": [{"target": 80, "published": 8082, "mode": "host"}]}),
    "mesh": (0, {"networks": ["away"], "ports": [{"target": 80, "published": 8083}]}),
    "leak": (1, {"networks": ["inner"], "ports": [{"target": 80, "published": 8084}]}),
    "still": (0, {"networks": ["silent"]}),
    "stiller": (2, {"networks": ["silent"]}),
    "secret": (0, {"networks": ["sealed", "near"]}),
}
"""Each service on one node, by its number."""

NETWORKS = {
    "near": {},
    "away": {},
    "inner": {"internal": True},
    "silent": {"driver_opts": {"com.docker.network.bridge.enable_icc": "false"}},
    "sealed": {"internal": True, "driver_opts": {"encrypted": ""}},
}


def stack_on(swarm: LabSwarm, folder: Path) -> Stack:
    """The stack as a file says it. A port for every node takes a virtual address, the others do without."""
    usual = {"image": "busybox:latest", "command": ["sleep", "3600"], "init": True, "stop_grace_period": "0s"}
    services = {
        name: {
            **usual,
            **said,
            "deploy": {
                "endpoint_mode": "vip" if name in {"mesh", "leak"} else "dnsrr",
                "placement": {"constraints": [f"node.hostname=={swarm.nodes[node].name}"]},
            },
        }
        for name, (node, said) in PLACED.items()
    }
    file = folder / "stack.yml"
    file.write_text(
        json.dumps({"name": "shop", "engine": "swarm", "services": services, "networks": NETWORKS})
    )
    return load((str(file),), environ={}, directory=folder).stack


@contextmanager
def deployed(swarm: LabSwarm, stack: Stack) -> Iterator[Model]:
    """The stack on the nodes, with a server in every network stack."""
    runner = Swarm(SdkCluster(Endpoint(url=swarm.manager.url)))
    assert applying.applied(runner, stack).faults == []
    model = Model(topology_of(stack), spots(swarm, stack.name))
    assert {spot.end for spot in model.spots.values()} > set(stack.services)
    with packets.servers() as running:
        for spot in model.spots.values():
            running.listen(spot.namespace, spot.name, PORTS)
        yield model


@pytest.mark.newest
def test_packets_between_nodes_do_what_the_model_says(swarm_nodes: LabSwarm, tmp_path: Path) -> None:
    with deployed(swarm_nodes, stack_on(swarm_nodes, tmp_path)) as model:
        heard = answered(model)
        assert [line for spot in model.spots.values() for line in misrouted(model, spot, heard)] == []
        assert list(misjudged(model, heard)) == []
        assert list(misnamed(model)) == []


Heard = dict[tuple[str, Aim], str | None]


def answered(model: Model) -> Heard:
    """All probes at once; then, with more patience, those that the model misses an answer of."""
    probes = {
        (spot.name, aim): Probe(spot.namespace, *aim)
        for spot in model.spots.values()
        for aim in model.aims
        if aim[0] not in spot.addresses.values()
    }
    found = packets.answers(probes.values(), within=QUICK)
    missing = [
        probes[spot.name, aim]
        for spot in model.spots.values()
        for aim in model.expected(spot)
        if not found[probes[spot.name, aim]]
    ]
    found |= packets.answers(missing, within=PATIENT)
    return {key: found[probe] for key, probe in probes.items()}


def misrouted(model: Model, source: Spot, heard: Heard) -> Iterator[str]:
    """Connections that go otherwise. Of oneself, and of machines among themselves, nothing is said."""
    expected = model.expected(source)
    machines = {name for name, spot in model.spots.items() if not isinstance(spot.end, str)}
    for (name, aim), who in heard.items():
        unasked = who == source.name or (who in machines and source.name in machines)
        if name == source.name and who != expected.get(aim) and not unasked:
            yield f"{name} -> {aim[0]}:{aim[1]}: {who} answered, the model says {expected.get(aim)}"


def misjudged(model: Model, heard: Heard) -> Iterator[str]:
    """Verdicts that packets contradict, of services and the world; of nodes there are three."""
    ends = {spot.name: spot.end for spot in model.spots.values()}
    reached = {(ends[name], ends[who]) for (name, _), who in heard.items() if who}
    everybody: tuple[End, ...] = (*(set(model.topology.members) - {"mesh", "leak"}), WORLD)
    for source in everybody:
        for target in everybody:
            if source != target and (source, target) != (WORLD, WORLD):
                said = answer(model.topology, source, target)
                if (said is Answer.YES) != ((source, target) in reached):
                    yield f"{source} -> {target}: the model says {said}, packets otherwise"


def misnamed(model: Model) -> Iterator[str]:
    """What the Engine's name server says of every name, to everybody who may ask it."""
    tasks = [spot for spot in model.spots.values() if isinstance(spot.end, str)]
    names = {name for member in model.topology.members.values() for name in member.names}
    names |= {*task_names(["second"]), "nobody", "one.shop_near", "tasks.one.shop_near", "one.shop_away"}
    lookups = {(spot.name, name): Lookup(spot.namespace, name) for spot in tasks for name in sorted(names)}
    found = packets.resolved(list(lookups.values()), within=PATIENT)
    for (client, name), lookup in lookups.items():
        said = resolves(model.topology, str(model.spots[client].end), name)
        expected = {model.spots[one].addresses[str(said.network)] for one in said.holders if said.network}
        if name == "deux" and client == "two":
            continue  # its own /etc/hosts answers before the name server is asked
        heard = set(found[lookup].addresses)
        virtual = not name.startswith("tasks.") and {"mesh", "leak"} & set(said.holders)
        if bool(heard) != bool(expected) or (not virtual and heard != expected):
            yield f"{client} ? {name}: {heard}, the model says {expected}"
