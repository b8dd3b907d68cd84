"""Values of every field of a service on a Swarm: those that one engine takes as well, and its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from reconciler.contents import Contents, Sealed
from tests.contract.samples import MIB, Sample, service_samples, two
from tests.support.services import IDLE
from topology.models import (
    Attachment,
    Config,
    ConfigGrant,
    Ipam,
    Mount,
    Network,
    Placement,
    Port,
    Preference,
    RestartPolicy,
    Secret,
    SecretGrant,
    Service,
    Stack,
    Subnet,
    UpdateConfig,
    Volume,
)
from topology.swarm import refused

RUNS: Final = {**IDLE, "replicas": 1}
_DIGESTS: Final = ("sha256:" + "a" * 64, "sha256:" + "b" * 64)

CONTENTS: Final = Contents(
    secrets={"pw": Sealed(b"geheim", "digest:0123456789abcdef")},
    configs={"motd": Sealed(b"hello", "digest:fedcba9876543210")},
    shared=False,
)
STACK: Final[Mapping[str, Any]] = {
    "networks": {"default": Network(), "one": Network(), "two": Network()},
    "volumes": {"data": Volume(), "tmp": Volume(driver_opts={"type": "tmpfs", "device": "tmpfs"})},
    "secrets": {"pw": Secret(content="geheim")},
    "configs": {"motd": Config(content="hello")},
}
"""What the samples below name."""


def _mine(name: str, first: Any, second: Any, **more: Any) -> Sample:
    return two(name, first, second, base=IDLE, **more)


def _granted(kind: type[SecretGrant | ConfigGrant], source: str) -> tuple[tuple[Any, ...], ...]:
    return (
        (kind(source=source, target=f"/run/{source}"),),
        (kind(source=source, target=f"/run/{source}", uid="7", mode=0o400),),
    )


def _mounted(source: str) -> tuple[Mount, ...]:
    return (Mount(type="volume", source=source, target="/data"),)


def _hosted(number: int) -> tuple[Port, ...]:
    return (Port(target=80, published=(number, number), mode="host"),)


OWN: Final[Mapping[str, tuple[Sample, ...]]] = {
    "image": (_mine("image", "busybox:1", "busybox:2", lifted={"image": "busybox:latest"}),),
    "image_digest": (_mine("image", *(f"busybox@{one}" for one in _DIGESTS), lifted={"image": "busybox"}),),
    "secrets": (_mine("secrets", *_granted(SecretGrant, "pw")),),
    "configs": (_mine("configs", *_granted(ConfigGrant, "motd")),),
    "volumes_made": (_mine("volumes", _mounted("data"), _mounted("tmp")),),
    "networks": (
        _mine("networks", {"one": Attachment()}, {"two": Attachment(aliases=("a",))}),
        _mine("networks", {"one": Attachment(driver_opts={"a": "1"})}, {"one": Attachment(aliases=("b",))}),
    ),
    "host_ports": (
        _mine("ports", _hosted(31101), (*_hosted(31101), *_hosted(31102))),
        _mine("ports", _hosted(31103), (Port(target=80, published=(31103, 31103)),)),
    ),
    "endpoint_mode": (_mine("endpoint_mode", "dnsrr", "vip"),),
    "cpus_reserved": (_mine("cpus_reserved", 0.25, 0.5),),
    "mem_reservation": (_mine("mem_reservation", 32 * MIB, 16 * MIB),),
    "replicas": (two("replicas", 2, 1, base=IDLE, lifted={"replicas": 0}),),
    "mode": (two("mode", "global", "replicated", base=IDLE, lifted={"mode": "global"}),),
    "placement": (
        _mine(
            "placement",
            Placement(constraints=("node.role == manager",), preferences=(Preference(spread="node.id"),)),
            Placement(constraints=("node.role==worker",), max_replicas_per_node=2),
        ),
    ),
    "restart": (
        _mine(
            "restart_policy",
            RestartPolicy(condition="none"),
            RestartPolicy(condition="on-failure", delay=0.0, max_attempts=2, window=3.0),
        ),
    ),
    "update_config": (
        _mine(
            "update_config",
            UpdateConfig(parallelism=0, order="start-first"),
            UpdateConfig(parallelism=2, delay=1.5, failure_action="rollback", monitor=1.0),
        ),
    ),
    "rollback_config": (
        _mine("rollback_config", UpdateConfig(max_failure_ratio=0.5), UpdateConfig(order="start-first")),
    ),
    "service_labels": (_mine("service_labels", {"k": "v"}, {"k": "w", "more": ""}),),
}

UNTRIED: Final = {"isolation": "is of Windows: an engine of Linux takes `default` alone, which is as unset"}

OVERLAYS: Final[Mapping[str, tuple[tuple[Network, Network, Network], ...]]] = {
    "driver": ((Network(driver="overlay"), Network(), Network()),),
    "internal": ((Network(internal=True), Network(), Network(internal=True)),),
    "attachable": ((Network(attachable=True), Network(), Network()),),
    "enable_ipv6": ((Network(enable_ipv6=True), Network(), Network()),),
    "ipam": (
        (
            Network(ipam=Ipam(config=(Subnet(subnet="10.253.2.0/24"),))),
            Network(ipam=Ipam(config=(Subnet(subnet="10.253.3.0/24", gateway="10.253.3.9"),))),
            Network(),
        ),
        (
            Network(ipam=Ipam(config=(Subnet(subnet="10.253.4.0/24", ip_range="10.253.4.128/25"),))),
            Network(ipam=Ipam(driver="default", options={"some": "option"})),
            Network(),
        ),
    ),
    "driver_opts": ((Network(driver_opts={"a": "1"}), Network(driver_opts={"a": "2", "b": "3"}), Network()),),
    "labels": ((Network(labels={"k": "v"}), Network(labels={"k": "w", "more": ""}), Network()),),
}
"""Of each field of a network: set, changed, lifted; what is usual anyway stays as it is."""


def samples(folder: Path) -> dict[str, tuple[Sample, ...]]:
    """Those for one engine as far as a Swarm can have them, with nothing running, and the Swarm's own."""
    found: dict[str, tuple[Sample, ...]] = {}
    for name, several in service_samples(folder).items():
        idle = (Sample(first=one.first, second=one.second, lifted=one.lifted, base=IDLE) for one in several)
        found[name] = tuple(one for one in idle if not any(map(_refused, one.services())))
    names = (name for name in {**found, **OWN} if name not in UNTRIED)
    return {name: found.get(name, ()) + OWN.get(name, ()) for name in names}


def _refused(service: Service) -> bool:
    stack = Stack(name="probe", services={"a": service, "peer": Service(**IDLE)}, **STACK)
    return bool(refused(stack)) or not set(service.networks) <= set(STACK["networks"])
