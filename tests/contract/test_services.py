"""The laws of the suite where a unit is a service: on a Swarm of one node, with nothing running.

A service of no replicas says all that another one does, and takes no time to do it.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import cycle, product
from pathlib import Path
from typing import Any

import pytest

from reconciler import address
from reconciler.diff import UnitChange
from reconciler.engines.reading import Endpoint
from reconciler.engines.swarm import SwarmReader
from reconciler.engines.swarm.calls import WireCluster
from reconciler.engines.swarm.cluster import Cluster, ClusterReader
from reconciler.engines.swarm.sending import SdkCluster, SdkClusterReader
from reconciler.expand import expand
from reconciler.history import Byline, previous
from reconciler.lease import Lease, Process
from reconciler.planner import plan, teardown
from tests.contract.test_protocol import signatures
from tests.support.applying import applied, converged, destroyed, left, looked, planned, units
from tests.support.bench import PLAIN
from tests.support.faultproxy import CutAfter, CutBefore, Delay, Fault, FaultProxy, Refuse
from tests.support.services import IDLE, ServiceBench, engine_at
from topology.models import (
    Attachment,
    Condition,
    Config,
    ConfigGrant,
    Dependency,
    Network,
    Restart,
    Secret,
    SecretGrant,
    Service,
    Stack,
)

WRITES = "POST|PUT|DELETE"
WAYS: tuple[Fault, ...] = (Refuse(), CutBefore(), CutAfter(), Delay(0.3))
FEW = 3
WORD = "correct-horse-battery"


def stack_of(bench: ServiceBench, version: str = "1") -> Stack:
    """Two services behind one another; the second has a secret and a config, other ones in each version."""
    said = {"VERSION": version, "PASSWORD": WORD}
    front, back = {"front": Attachment()}, {"back": Attachment()}
    held = {
        "secrets": (SecretGrant(source="pw", target="/run/secrets/pw"),),
        "configs": (ConfigGrant(source="motd", target="/etc/motd"),),
    }
    return Stack(
        name=bench.prefix,
        services={
            "web": Service(**{**IDLE, "networks": front, "environment": said}),
            "app": Service(**{**IDLE, "networks": front | back, "environment": said, **held}),
        },
        networks={"front": Network(), "back": Network(internal=version == "2")},
        secrets={"pw": Secret(content=f"geheim {version}")},
        configs={"motd": Config(content=f"hello {version}")},
    )


def there(bench: ServiceBench) -> dict[str, int]:
    """How many things of the stack there are, of each kind."""
    return {kind: len(bench.names(kind)) for kind in ("services", "networks", "secrets", "configs")}


WHOLE = {"services": 2, "networks": 2, "secrets": 1, "configs": 1}


# Protocol, and what a plan sends


def test_a_cluster_has_the_calls_of_the_protocol_and_no_others() -> None:
    assert signatures(SdkCluster) == signatures(Cluster)
    for kind in (SdkClusterReader, WireCluster):
        assert signatures(kind) == signatures(ClusterReader)


@pytest.mark.parametrize("kind", [SdkClusterReader, WireCluster])
def test_a_plan_only_looks_and_a_second_apply_changes_nothing(
    services: ServiceBench, kind: type[SdkClusterReader | WireCluster]
) -> None:
    stack = stack_of(services)
    with FaultProxy(services.lab.socket) as proxy:
        reader = SwarmReader(kind(Endpoint(url=proxy.url)))
        for _ in ("nothing is there", "everything is there"):
            desired = expand(stack, reader.traits, reader.contents(stack))
            observed = reader.observe(desired)
            plan(desired, observed, reader)
            teardown(desired, observed, reader, volumes=True)
            applied(services.engine, stack)
        assert {request.method for request in proxy.requests} <= {"GET", "HEAD"}
        again = applied(engine_at(proxy.url), stack)
        assert again.plan.steps == ()
        assert proxy.writes == []


# What is remembered


def test_one_of_many_holds_the_lock_and_a_dead_holder_is_succeeded(services: ServiceBench) -> None:
    def asked(pid: int) -> Lease:
        process = Process(host="here", pid=pid)
        return Lease(stack=services.prefix, doing="apply", user="me", process=process, since="now")

    first = services.engine.claim(asked(1), lambda _lease: False)
    assert services.engine.claim(asked(2), lambda _lease: False) == first
    second = services.engine.claim(asked(2), lambda one: one.process.pid == 1)
    assert (second.process.pid, second.generation) == (2, 2)
    assert services.engine.leases(services.prefix) == (second,)
    services.engine.release(second)
    services.engine.release(second)
    assert services.engine.leases(services.prefix) == ()


def remembered(bench: ServiceBench, stack: Stack, at: str) -> None:
    bench.engine.remember(*looked(bench.engine, stack), Byline(by="me@here", at=at, version="1"))


def test_the_newest_two_that_differ_and_did_not_fail_are_kept_without_secrets(services: ServiceBench) -> None:
    for number, version in enumerate("12233", start=1):
        remembered(services, stack_of(services, version), at=f"day {number}")
    found = services.engine.history(services.prefix, services.prefix)
    assert [(one.number, one.at, one.by) for one in found] == [
        (3, "day 3", "me@here"),
        (5, "day 5", "me@here"),
    ]
    services.engine.regret(services.prefix, services.prefix)
    remembered(services, stack_of(services, "4"), at="day 6")
    before = previous(services.engine.history(services.prefix, services.prefix))
    assert before is not None
    assert before.at == "day 3"
    stack = stack_of(services, "4")
    converged(services.engine, stack)
    last = services.engine.history(services.prefix, services.prefix)[-1]
    assert last.wanted["service.app"].spec == units(services.engine, stack)["service.app"].recorded
    assert WORD not in json.dumps([one.attrs for one in services.client.configs.list()])
    assert destroyed(services.engine, stack).faults == []
    assert sum(there(services).values()) == 0


# What is not the stack's, and what is to stay

_LASTING = ("ID", "Id", "CreatedAt", "Created", "Spec", "Name", "Labels", "Options", "Internal", "IPAM")
"""Beside these, the Swarm itself writes down what it has come to a moment after it was told something."""


def test_neighbours_do_not_notice_a_stack_and_keep_what_they_have(services: ServiceBench) -> None:
    foreign = services.prefix + "-foreign"
    marks = {address.STACK: "shop", address.OWNER: "somebody"}
    services.client.networks.create(foreign, driver="overlay", labels=marks)
    services.client.configs.create(name=foreign, data=b"theirs")
    theirs = {"Mode": {"Replicated": {"Replicas": 0}}, "Labels": {address.STACK: services.prefix}}
    image = {"ContainerSpec": {"Image": PLAIN}, "Networks": [{"Target": foreign}]}
    services.cluster.create_service({"Name": foreign, "TaskTemplate": image, **theirs})

    def seen() -> str:
        kinds = (services.cluster.services, services.cluster.networks, services.cluster.configs)
        told = [{key: raw.get(key) for key in _LASTING} for kind in kinds for raw in kind()]
        return json.dumps([raw for raw in told if foreign in json.dumps(raw)], sort_keys=True)

    before = seen()
    assert before.count(foreign) == 3
    for version in ("1", "2"):
        converged(services.engine, stack_of(services, version))
        assert seen() == before
    destroyed(services.engine, stack_of(services, "2"))
    assert seen() == before

    named = stack_of(services).model_copy(
        update={"networks": {"front": Network(name=foreign), "back": Network(name=foreign, external=True)}}
    )
    (obstacle,) = planned(services.engine, named).obstacles
    assert f"network {foreign} exists and belongs to stack shop of somebody" in obstacle.message
    services.cluster.create_service({"Name": f"{services.prefix}_web", "TaskTemplate": image, **theirs})
    (obstacle,) = planned(services.engine, stack_of(services)).obstacles
    assert f"the name {services.prefix}_web is taken" in obstacle.message


def test_what_is_protected_is_changed_and_neither_removed_nor_made_anew(services: ServiceBench) -> None:
    def stack(**more: Any) -> Stack:
        service = Service(**{**IDLE, "networks": {"back": Attachment()}, "protect": True, **more})
        return Stack(name=services.prefix, services={"db": service}, networks={"back": Network(protect=True)})

    def in_the_way(stack: Stack) -> list[str]:
        return sorted(str(one.address) for one in planned(services.engine, stack).obstacles)

    converged(services.engine, stack())
    before = units(services.engine, stack())["service.db"].id
    converged(services.engine, stack(hostname="h"))
    assert units(services.engine, stack())["service.db"].id == before
    assert in_the_way(stack(mode="global")) == ["service.db"]
    assert in_the_way(Stack(name=services.prefix)) == ["network.back", "service.db"]
    whole = teardown(*looked(services.engine, stack()), services.engine, volumes=True)
    assert sorted(str(one.address) for one in whole.obstacles) == ["network.back", "service.db"]


# Drift


def _environment(said: Any) -> None:
    said["TaskTemplate"]["ContainerSpec"]["Env"] = ["A=2", "B=3"]


def _image(said: Any) -> None:
    said["TaskTemplate"]["ContainerSpec"]["Image"] = "nginx:alpine"


def _command(said: Any) -> None:
    said["TaskTemplate"]["ContainerSpec"]["Args"] = ["2000"]


def _scale(said: Any) -> None:
    said["Mode"] = {"Replicated": {"Replicas": 1}}


def _limits(said: Any) -> None:
    said["TaskTemplate"]["Resources"] = {"Limits": {"MemoryBytes": 64 << 20}}


def _labels(said: Any) -> None:
    said["Labels"] = {**said["Labels"], "who": "me"}


def _networks(said: Any) -> None:
    said["TaskTemplate"]["Networks"] = []


def _ports(said: Any) -> None:
    said["EndpointSpec"] = {"Mode": "dnsrr", "Ports": [{"TargetPort": 81, "PublishMode": "host"}]}


def _updates(said: Any) -> None:
    said["UpdateConfig"] = {"Parallelism": 7, "Order": "start-first"}


def _placement(said: Any) -> None:
    said["TaskTemplate"]["Placement"] = {"Constraints": ["node.role==worker"]}


DEEDS: dict[str, tuple[Callable[[Any], None], set[str]]] = {
    "environment": (_environment, {"environment.A", "environment.B"}),
    "image": (_image, {"image"}),
    "command": (_command, {"command"}),
    "scale": (_scale, {"replicas"}),
    "limits": (_limits, {"mem_limit"}),
    "labels": (_labels, {"service_labels.who"}),
    "networks": (_networks, {"networks.one"}),
    "ports": (_ports, {"ports", "host_ports", "endpoint_mode"}),
    "updates": (_updates, {"update_config"}),
    "placement": (_placement, {"placement"}),
}
"""What somebody does to a service by hand, and the fields that a plan then names."""


def drifting(bench: ServiceBench) -> Stack:
    plain = Service(**{**IDLE, "networks": {"one": Attachment()}, "environment": {"A": "1"}})
    told = {
        "secrets": (SecretGrant(source="pw", target="/run/secrets/pw"),),
        "configs": (ConfigGrant(source="motd", target="/etc/motd"),),
    }
    return Stack(
        name=bench.prefix,
        services={**dict.fromkeys(DEEDS, plain), "told": Service(**{**IDLE, **told}), "gone": plain},
        networks={"one": Network(), "alone": Network()},
        secrets={"pw": Secret(content="geheim")},
        configs={"motd": Config(content="hello")},
    )


def by_hand(bench: ServiceBench, name: str, deed: Callable[[Any], None]) -> None:
    raw = bench.cluster.service(f"{bench.prefix}_{name}")
    deed(raw["Spec"])
    bench.cluster.update_service(raw["ID"], raw["Version"]["Index"], raw["Spec"])


def replaced(bench: ServiceBench) -> None:
    """The service gets a secret and a config of others at the same place, and its own go."""
    others = {
        "Secrets": ("Secret", bench.client.secrets.create(name=f"{bench.prefix}-o", data=b"x").id),
        "Configs": ("Config", bench.client.configs.create(name=f"{bench.prefix}-o", data=b"x").id),
    }

    def deed(said: Any) -> None:
        for kind, (word, other) in others.items():
            (entry,) = said["TaskTemplate"]["ContainerSpec"][kind]
            entry.update({f"{word}ID": other, f"{word}Name": f"{bench.prefix}-o"})

    by_hand(bench, "told", deed)
    for raw in bench.cluster.secrets():
        if raw["Spec"]["Name"].startswith(f"{bench.prefix}_"):
            bench.cluster.remove_secret(raw["ID"])
    for raw in bench.cluster.configs():
        if raw["Spec"]["Name"].startswith(f"{bench.prefix}_"):
            bench.cluster.remove_config(raw["ID"])


def test_drift_by_hand_is_named_by_field_and_repaired(services: ServiceBench) -> None:
    stack = drifting(services)
    converged(services.engine, stack)
    before = {at: unit.id for at, unit in units(services.engine, stack).items()}
    for name, (deed, _) in DEEDS.items():
        by_hand(services, name, deed)
    replaced(services)
    services.service("gone").remove()
    services.client.networks.get(f"{services.prefix}_alone").remove()

    changes = {str(one.address): one for one in planned(services.engine, stack).changes}
    fields = {
        at: {(field.name.replace(f"{services.prefix}_", ""), field.cause.value) for field in one.fields}
        for at, one in changes.items()
        if isinstance(one, UnitChange)
    }
    drifted = {
        f"service.{name}": {(field, "drifted") for field in named} for name, (_, named) in DEEDS.items()
    }
    drifted["service.told"] = {
        ("secrets./run/secrets/pw", "drifted"),
        ("configs./etc/motd", "drifted"),
    }
    assert fields == {**drifted, "service.gone": set()}
    assert set(changes) - set(fields) == {"secret.pw", "config.motd", "network.alone"}

    converged(services.engine, stack)
    after = {at: unit.id for at, unit in units(services.engine, stack).items()}
    assert {at for at in before if before[at] != after[at]} == {"service.gone"}


# Faults


def through(bench: ServiceBench, stack: Stack, *faults: tuple[int, Fault]) -> int:
    """Applies a stack while some of its calls go wrong; how many calls that change something it made."""
    with FaultProxy(bench.lab.socket) as proxy:
        for nth, fault in faults:
            proxy.inject(fault, method=WRITES, path=".", nth=nth)
        applied(engine_at(proxy.url), stack)
        return len(proxy.writes)


def test_the_next_apply_makes_good_whatever_failed(
    services: ServiceBench, request: pytest.FixtureRequest
) -> None:
    versions = [stack_of(services, version) for version in ("1", "2")]
    converged(services.engine, versions[0])
    many = through(services, versions[1])
    tried = [*product(range(1, many + 1), WAYS)]
    if not request.config.getoption("--every-call"):
        tried = tried[:: len(tried) // FEW + 1]
    for fault, stack in zip(tried, cycle(versions)):
        through(services, stack, fault)
        converged(services.engine, stack)
        assert there(services) == WHOLE, fault
    print(f"{services.lab.version}: {len(tried)} faults in an apply of {many} calls, all made good")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_change_that_was_killed_is_finished_by_the_next(
    services: ServiceBench, tmp_path: Path, moment: str
) -> None:
    converged(services.engine, stack_of(services, "1"))
    second = stack_of(services, "2")
    file = tmp_path / "stack.json"
    file.write_text(second.model_dump_json())
    changing = [step for step in planned(services.engine, second).steps if not step.awaits]
    command = [sys.executable, "-m", "tests.support.dying", f"swarm+{services.lab.url}", str(file)]
    died = subprocess.run(
        [*command, moment, str(len(changing) // 2)], cwd=Path(__file__).parents[2], check=False, timeout=60
    )
    assert died.returncode == -signal.SIGKILL
    assert left(planned(services.engine, second)) != []
    converged(services.engine, second)
    assert there(services) == WHOLE


# Jobs


def test_a_job_is_done_once_is_seen_to_fail_and_is_done_again(services: ServiceBench) -> None:
    def stack(ends_with: int) -> Stack:
        command = {"entrypoint": ("sh", "-c"), "command": (f"exit {ends_with}",)}
        once = {**IDLE, **command, "replicas": 1, "restart": Restart(policy="no")}
        after = {"migrate": Dependency(condition=Condition.COMPLETED)}
        return Stack(
            name=services.prefix,
            services={
                "migrate": Service(**once),
                "web": Service(**{**IDLE, "depends_on": after}),
            },
        )

    done = converged(services.engine, stack(0))
    steps = [f"{type(step).__name__} {step.address.name}" for step in done.plan.steps]
    assert steps.index("WaitService migrate") < steps.index("CreateService web")
    first = units(services.engine, stack(0))["service.migrate"]
    assert (first.status.value, first.exit_code) == ("exited", 0)

    (fault,) = applied(services.engine, stack(3)).faults
    assert "the tasks of" in fault
    assert "non-zero exit (3)" in fault
    (change,) = planned(services.engine, stack(3)).changes
    assert [(field.name, field.old) for field in change.fields] == [("state", "exited")]
    assert planned(services.engine, stack(3)).steps
    converged(services.engine, stack(0))
    assert units(services.engine, stack(0))["service.migrate"].id == first.id
