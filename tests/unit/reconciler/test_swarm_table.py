"""The tables of a Swarm are complete, and each row reads what it wrote."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import address
from reconciler.contents import Contents, Sealed
from reconciler.engines.swarm.inspected import spec_of
from reconciler.engines.swarm.lowering import body
from reconciler.expand import expand
from reconciler.fields import SERVICE
from reconciler.fields.swarm import OVERLAY, SWARM
from reconciler.state import NO_IMAGE, Desired, Granularity, Traits
from topology.findings import Missing
from topology.models import (
    Attachment,
    Condition,
    Config,
    ConfigGrant,
    Dependency,
    Healthcheck,
    Ipam,
    Link,
    Logging,
    Mount,
    Network,
    Notice,
    Placement,
    Port,
    Preference,
    Restart,
    RestartPolicy,
    Secret,
    SecretGrant,
    Service,
    Stack,
    Subnet,
    Ulimit,
    UpdateConfig,
    Volume,
)
from topology.mounts import memory_options
from topology.structs import replace
from topology.swarm import CANNOT

TRAITS = Traits(version="28.5.2", api=(1, 51), granularity=Granularity.SERVICE)

NO_ROW = {
    "depends_on": "orders the start",
    "expose": "opens nothing",
    "links": "order the start",
    "profiles": "decide whether the service exists",
    "restart_policy": "the row is `restart`",
    "pull_policy": "is refused, but for always, which asks for a newer digest: a node fetches what it lacks",
}

CONTENTS = Contents(
    secrets={"pw": Sealed(b"geheim", "digest:0123456789abcdef")},
    configs={"motd": Sealed(b"hello", "digest:fedcba9876543210")},
    shared=False,
)

RICH = Service(
    image="nginx:alpine@sha256:abc",
    command=("sleep", "60"),
    entrypoint=("/bin/env",),
    environment={"A": "1", "EMPTY": ""},
    ports=(
        Port(target=80, published=(8080, 8080), mode="host"),
        Port(target=53, published=(53, 53), protocol="udp"),
        Port(target=443),
    ),
    secrets=(
        SecretGrant(source="pw", target="/run/secrets/pw", uid="100", mode=0o400),
        SecretGrant(source="theirs", target="/run/secrets/theirs"),
    ),
    configs=(ConfigGrant(source="motd", target="/etc/motd"),),
    volumes=(
        Mount(type="bind", source="/etc/hosts", target="/hosts", read_only=True, propagation="rslave"),
        Mount(type="volume", source="data", target="/data", nocopy=True),
        Mount(type="volume", target="/scratch"),
        Mount(type="tmpfs", target="/cache", size=1024),
    ),
    tmpfs=("/run",),
    networks={"back": Attachment(aliases=("api",)), "front": Attachment()},
    healthcheck=Healthcheck(test=("CMD", "true"), interval=1.5, retries=2),
    restart=Restart(policy="on-failure", retries=3),
    restart_policy=RestartPolicy(condition="on-failure", delay=0.5, max_attempts=2, window=3.0),
    placement=Placement(
        constraints=("node.role==manager",),
        preferences=(Preference(spread="node.labels.zone"),),
        max_replicas_per_node=2,
    ),
    cpus_reserved=0.25,
    replicas=3,
    endpoint_mode="vip",
    service_labels={"who": "me"},
    update_config=UpdateConfig(parallelism=0, delay=1.5, order="start-first", failure_action="rollback"),
    rollback_config=UpdateConfig(monitor=2.0, max_failure_ratio=0.5),
    hostname="h",
    labels={"inner": "x"},
    user="1000:1000",
    group_add=("20",),
    working_dir="/srv",
    stop_grace_period=2.5,
    stop_signal="SIGUSR1",
    extra_hosts=("six:::1", "db:10.0.0.1"),
    init=False,
    read_only=True,
    cap_add=("CAP_NET_ADMIN",),
    cap_drop=("all",),
    mem_limit=64 << 20,
    mem_reservation=32 << 20,
    cpus=0.5,
    pids_limit=100,
    sysctls={"net.core.somaxconn": "1024"},
    ulimits={"nofile": Ulimit(soft=10, hard=20)},
    dns=("10.0.0.2",),
    dns_search=("corp",),
    dns_opt=("ndots:1",),
    tty=True,
    stdin_open=True,
    logging=Logging(driver="json-file", options={"max-size": "1m"}),
)


def wanted(service: Service, **networks: Network) -> Desired:
    return expand(
        Stack(
            name="shop",
            services={"web": service},
            networks=networks or {"front": Network(), "back": Network()},
            secrets={
                "pw": Secret(content="geheim"),
                "theirs": Secret(external=True, name="s1"),
            },
            configs={"motd": Config(content="hello")},
            volumes={"data": Volume(driver_opts={"type": "tmpfs", "device": "tmpfs"})},
        ),
        TRAITS,
        CONTENTS,
    )


def test_every_field_of_a_service_has_a_row_or_is_refused_or_has_a_reason_for_neither() -> None:
    rows = {row.name for row in SWARM}
    assert rows | set(NO_ROW) | set(CANNOT) >= set(Service.model_fields)
    assert not rows & set(CANNOT)
    assert set(CANNOT) | set(NO_ROW) <= set(Service.model_fields)


def test_names_are_given_once() -> None:
    for table in (SWARM, OVERLAY):
        names = [row.name for row in table]
        assert len(set(names)) == len(names)


def test_what_may_be_secret_on_a_swarm_may_be_so_on_one_engine_and_is_recorded_alike() -> None:
    secret = {row.name for row in SWARM if row.sensitive}
    assert secret == {row.name for row in SERVICE if row.sensitive}


NO_TIME = Service(
    image="busybox", stop_grace_period=0.0, restart_policy=RestartPolicy(condition="any", delay=0.0)
)


@pytest.mark.parametrize(
    "service", [Service(image="busybox"), NO_TIME, RICH], ids=["plain", "no time", "rich"]
)
def test_a_service_reads_back_as_it_was_written(service: Service) -> None:
    desired = wanted(service)
    (unit,) = desired.units.values()
    there = spec_of(body(desired, unit), {})
    assert there == {
        row.name: value for row in SWARM if (value := row.expected(unit.spec, NO_IMAGE)) is not None
    }
    assert not desired.missing


def test_no_time_at_all_is_told_to_a_swarm_and_no_grace_is_cut_short() -> None:
    desired = wanted(NO_TIME)
    (unit,) = desired.units.values()
    template = body(desired, unit)["TaskTemplate"]
    assert (template["ContainerSpec"]["StopGracePeriod"], template["RestartPolicy"]["Delay"]) == (0, 0)
    assert wanted(RICH).units[unit.address].spec["stop_grace_period"] == 3.0


def test_every_row_is_tried_above() -> None:
    (unit,) = wanted(RICH).units.values()
    assert {row.name for row in SWARM} - set(unit.spec) == {"isolation", "mode", "protect"}


def test_a_secret_has_a_name_for_each_content_and_that_of_others_is_theirs() -> None:
    desired = wanted(RICH)
    assert {str(at): (one.name, one.external) for at, one in desired.kept.items()} == {
        "secret.pw": ("shop_pw.0123456789abcdef", False),
        "secret.theirs": ("s1", True),
        "config.motd": ("shop_motd.fedcba9876543210", False),
    }
    (unit,) = desired.units.values()
    assert unit.spec["secrets"] == {
        "/run/secrets/pw": "shop_pw.0123456789abcdef 0400 100:0",
        "/run/secrets/theirs": "s1",
    }
    assert "geheim" not in repr(desired)


def test_a_name_of_a_secret_is_not_longer_than_a_swarm_takes() -> None:
    assert len(address.kept_name("x" * 80, "digest:0123456789abcdef")) <= 64


def test_a_service_on_every_node_counts_no_replicas() -> None:
    desired = wanted(Service(image="busybox", mode="global"))
    (unit,) = desired.units.values()
    made = body(desired, unit)
    assert made["Mode"] == {"Global": {}}
    assert "replicas" not in unit.spec
    assert spec_of(made, {})["mode"] == "global"


REFUSED: list[tuple[dict[str, Any], tuple[str | int, ...]]] = [
    ({"container_name": "one"}, ("container_name",)),
    ({"privileged": True}, ("privileged",)),
    ({"network_mode": "host"}, ("network_mode",)),
    ({"command": ()}, ("command",)),
    ({"links": (Link(service="web", alias="other"),)}, ("links", 0)),
    ({"links": (Link(service="web", alias="web", on_change=Notice(signal="HUP")),)}, ("links", 0)),
    ({"ports": (Port(target=80, published=(80, 80), host_ip="127.0.0.1"),)}, ("ports", 0)),
    ({"ports": (Port(target=80, published=(80, 89)),)}, ("ports", 0)),
    ({"ports": (Port(target=80),), "endpoint_mode": "dnsrr"}, ("ports", 0)),
    ({"networks": {"front": Attachment(ipv4_address="10.0.0.5")}}, ("networks", "front", "ipv4_address")),
    ({"tmpfs": ("/run:uid=5",)}, ("tmpfs", 0)),
    ({"pull_policy": "daily"}, ("pull_policy",)),
    (
        {
            "secrets": (
                SecretGrant(source="pw", target="/run/secrets/a"),
                SecretGrant(source="pw", target="/run/secrets/b", mode=0o400),
            )
        },
        ("secrets", 1),
    ),
]


@pytest.mark.parametrize(("said", "place"), REFUSED, ids=[".".join(map(str, one[1])) for one in REFUSED])
def test_what_a_swarm_cannot_do_is_refused_at_its_place(
    said: dict[str, Any], place: tuple[str | int, ...]
) -> None:
    (one,) = wanted(Service(image="busybox", **said)).missing
    assert one.path == ("services", "web", *place)
    assert "cannot be had on a Swarm" in one.message
    assert one.mend


def test_a_network_that_ends_at_its_node_is_refused() -> None:
    assert wanted(Service(image="busybox"), lan=Network(driver="bridge")).missing == (
        Missing(
            path=("networks", "lan", "driver"),
            message="network lan with driver bridge, which ends at its node, cannot be had on a Swarm",
            mend="say overlay, or nothing: overlay is the usual",
        ),
    )


@pytest.mark.parametrize(
    ("block", "word"),
    [
        (Subnet(subnet="fd00::/64"), "IPv6 addresses fd00::/64"),
        (Subnet(subnet="10.1.0.0/24", aux_addresses={"printer": "10.1.0.9"}), "aux_addresses"),
    ],
)
def test_addresses_that_a_swarm_never_gives_are_refused(block: Subnet, word: str) -> None:
    (one,) = wanted(Service(image="busybox"), lan=Network(ipam=Ipam(config=(block,)))).missing
    assert one.path == ("networks", "lan", "ipam", "config", 0)
    assert word in one.message


@pytest.mark.parametrize(
    ("said", "told"),
    [("", ""), ("mode=1770,ro,size=1m", "ro,size=1048576,mode=1770"), ("size=50%", None), ("noexec", None)],
)
def test_options_of_a_memory_file_system_have_one_form(said: str, told: str | None) -> None:
    assert memory_options(said) == told


@pytest.mark.parametrize(("mode", "job"), [("replicated", "replicated-job"), ("global", "global-job")])
def test_whose_completion_is_waited_for_is_a_job(mode: str, job: str) -> None:
    updates = {"update_config": UpdateConfig(parallelism=2), "mode": mode}
    stack = Stack(
        name="shop",
        services={
            "once": Service(image="busybox", replicas=3 if mode == "replicated" else 1, **updates),
            "web": Service(image="busybox", depends_on={"once": Dependency(condition=Condition.COMPLETED)}),
        },
    )
    desired = expand(stack, TRAITS, CONTENTS)
    assert not desired.missing
    unit = desired.units[address.service("once", 0)]
    made = body(desired, unit)
    assert "UpdateConfig" not in made
    there = spec_of(made, {})
    assert (there["mode"], there.get("replicas")) == (job, 3 if mode == "replicated" else None)


def test_an_older_engine_is_not_told_what_it_would_drop() -> None:
    check = Healthcheck(test=("CMD", "true"), start_interval=0.1)
    stack = Stack(name="shop", services={"web": Service(image="busybox", healthcheck=check)})
    for traits in (TRAITS, replace(TRAITS, api=(1, 41))):
        (unit,) = expand(stack, traits, CONTENTS).units.values()
        assert ("start_interval" in unit.spec["healthcheck"]) == traits.start_interval
