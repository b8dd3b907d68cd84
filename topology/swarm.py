"""What a stack file can ask for and a Swarm cannot do: said with its place, never dropped in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from topology.findings import Missing, Path
from topology.models import Grant, Network, Service, Stack
from topology.mounts import memory_options

_OUT: Final = "take it out for Swarm"

CANNOT: Final[Mapping[str, str]] = {
    "build": "build the image, push it to a registry that all nodes reach, and name it with `image` alone",
    "container_name": "take it out: tasks are called SERVICE.SLOT.ID, and peers find them by the service",
    "external_links": "put both on one network that is `attachable`",
    "network_mode": "join `networks` instead",
    "volumes_from": "mount the same volumes",
    "domainname": _OUT,
    "mac_address": _OUT,
    "annotations": _OUT,
    "userns_mode": _OUT,
    "privileged": "say which capabilities it needs with `cap_add`",
    "memswap_limit": _OUT,
    "mem_swappiness": _OUT,
    "cpu_shares": "say `cpus`",
    "cpu_period": "say `cpus`",
    "cpu_quota": "say `cpus`",
    "cpu_rt_period": _OUT,
    "cpu_rt_runtime": _OUT,
    "cpuset": _OUT,
    "oom_kill_disable": _OUT,
    "oom_score_adj": _OUT,
    "blkio_config": _OUT,
    "shm_size": "mount a memory file system at /dev/shm",
    "security_opt": _OUT,
    "storage_opt": _OUT,
    "devices": _OUT,
    "device_cgroup_rules": _OUT,
    "pid": _OUT,
    "ipc": _OUT,
    "uts": _OUT,
    "cgroup": _OUT,
    "cgroup_parent": _OUT,
    "runtime": _OUT,
    "platform": "nodes run the image that is made for them",
    "ignore": _OUT,
    "ready": "write a `healthcheck`: a task counts as running once it passes",
}
"""Field of a service → what to do instead."""

_ALIASED: Final = "give {0} the alias {1} on the network that they share: `aliases: [{1}]`"
_OF_ONE: Final = (
    "ipv4_address",
    "ipv6_address",
    "link_local_ips",
    "mac_address",
    "interface_name",
    "gw_priority",
)
"""What an attachment can say of one container only."""

_POLICY: Final = (
    "take it out: a node fetches what it lacks, and `always` has each plan look for a newer image"
)
_PULLED: Final = frozenset({None, "missing", "if_not_present", "always"})
_CONDITIONS: Final = frozenset({"any", "none", "on-failure"})
_LOCAL_DRIVERS: Final = frozenset({"bridge", "host", "macvlan", "ipvlan", "none", "null"})


def refused(stack: Stack) -> tuple[Missing, ...]:
    """Everything in a stack that no Swarm can do, or topo not on one, each with its place."""
    return (
        *(one for name, service in stack.services.items() for one in _service(name, service)),
        *(one for key, network in stack.networks.items() for one in _network(key, network)),
    )


def _cannot(path: Path, what: str, mend: str) -> Missing:
    return Missing(path=path, message=f"{what} cannot be had on a Swarm", mend=mend)


def _service(name: str, service: Service) -> Iterator[Missing]:
    here: Path = ("services", name)
    for field, mend in CANNOT.items():
        if getattr(service, field) != _unset(field):
            yield _cannot((*here, field), f"{field} of service {name}", mend)
    for field in ("command", "entrypoint"):
        if getattr(service, field) == ():
            yield _cannot((*here, field), f"an empty {field} of service {name}", "write what is to run")
    if service.pull_policy not in _PULLED:
        what = f"pull_policy {service.pull_policy} of service {name}"
        yield _cannot((*here, "pull_policy"), what, _POLICY)
    policy = service.restart_policy
    if policy is not None and policy.condition not in _CONDITIONS:
        at: Path = (*here, "deploy", "restart_policy", "condition")
        yield _cannot(
            at, f"restart_policy {policy.condition} of service {name}", "say any, on-failure or none"
        )
    yield from _between(here, name, service)
    yield from _mounts(here, name, service)
    yield from _ports(here, name, service)
    yield from _grants(here, name, service)
    yield from _attachments(here, name, service)


def _unset(field: str) -> Any:
    return Service.model_fields[field].get_default(call_default_factory=True)


def _between(here: Path, name: str, service: Service) -> Iterator[Missing]:
    """What one service asks of another."""
    for index, link in enumerate(service.links):
        at: Path = (*here, "links", index)
        if link.alias != link.service:
            mend = _ALIASED.format(link.service, link.alias)
            yield _cannot(at, f"a name of its own for {link.service} in service {name}", mend)
        if link.on_change:
            mend = "let it resolve the name anew by itself: nginx does with `resolver 127.0.0.11 valid=1s`"
            yield _cannot(at, f"on_change of a link of service {name}", mend)


def _mounts(here: Path, name: str, service: Service) -> Iterator[Missing]:
    for index, mount in enumerate(service.volumes):
        at: Path = (*here, "volumes", index)
        if mount.type == "bind" and mount.on_change and not mount.on_change.recreate:
            yield _cannot(at, f"on_change of {mount.target} in service {name}", _OUT)
        if mount.selinux or mount.subpath or mount.recursive:
            yield _cannot(at, f"selinux, subpath or recursive of {mount.target} in service {name}", _OUT)
    for index, text in enumerate(service.tmpfs):
        if memory_options(text.partition(":")[2]) is None:
            mend = "say no more than size, mode and ro, such as /run:size=1m,mode=700"
            yield _cannot((*here, "tmpfs", index), f"tmpfs {text} of service {name}", mend)


def _grants(here: Path, name: str, service: Service) -> Iterator[Missing]:
    """A task has one file of each secret, however many names that has (28.5)."""
    for kind, grants in (("secrets", service.secrets), ("configs", service.configs)):
        first: dict[str, Grant] = {}
        for index, grant in enumerate(grants):
            one = first.setdefault(grant.source, grant)
            if (one.mode, one.uid, one.gid) != (grant.mode, grant.uid, grant.gid):
                what = f"{grant.source} twice in service {name}, with another mode or owner,"
                yield _cannot((*here, kind, index), what, "give both the same mode, uid and gid")


def _ports(here: Path, name: str, service: Service) -> Iterator[Missing]:
    for index, port in enumerate(service.ports):
        at: Path = (*here, "ports", index)
        if port.host_ip:
            mend = "publish it on all addresses of the nodes, or not at all"
            yield _cannot(at, f"the address {port.host_ip} of a published port of service {name}", mend)
        if port.published and port.published[0] != port.published[1]:
            yield _cannot(at, f"a range of published ports of service {name}", "publish one port")
        if service.endpoint_mode == "dnsrr" and port.mode == "ingress":
            mend = "write {target: PORT, published: PORT, mode: host}, or endpoint_mode: vip"
            yield _cannot(at, f"a port through the routing mesh beside endpoint_mode dnsrr in {name}", mend)


def _attachments(here: Path, name: str, service: Service) -> Iterator[Missing]:
    for key, attachment in service.networks.items():
        for field in _OF_ONE:
            if getattr(attachment, field):
                at: Path = (*here, "networks", key, field)
                yield _cannot(at, f"{field} of service {name} on {key}", _OUT)


def _network(key: str, network: Network) -> Iterator[Missing]:
    here: Path = ("networks", key)
    if network.driver in _LOCAL_DRIVERS and not network.external:
        what = f"network {key} with driver {network.driver}, which ends at its node,"
        yield _cannot((*here, "driver"), what, "say overlay, or nothing: overlay is the usual")
    for index, block in enumerate(network.ipam.config if network.ipam else ()):
        at: Path = (*here, "ipam", "config", index)
        if ":" in (block.subnet or ""):
            yield _cannot(at, f"the IPv6 addresses {block.subnet} of network {key}", "give it IPv4 addresses")
        if block.aux_addresses:
            yield _cannot(at, f"aux_addresses of network {key}", "leave them out of the `ip_range`")
