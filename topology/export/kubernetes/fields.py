"""What becomes of every field of a stack: carried, or told that it is not and why.

A field of a model that is new has to get a line here: a test asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from msgspec import Struct

from topology.models import (
    Attachment,
    Config,
    ConfigGrant,
    Expose,
    Healthcheck,
    HttpProbe,
    Link,
    Model,
    Mount,
    Network,
    Placement,
    Policy,
    Port,
    Preference,
    Ready,
    Restart,
    RestartPolicy,
    Secret,
    SecretGrant,
    Service,
    Stack,
    UpdateConfig,
    Volume,
    VolumesFrom,
)


class Carried(Struct, frozen=True):
    """The objects say it; who writes them tells where a value has no word there."""


class Elsewhere(Struct, frozen=True):
    """It says nothing of what runs: how an image is made, how topo works, what is applied already."""


class Unsaid(Struct, frozen=True):
    """No object can say it; `why` continues the sentence. `severe`: what runs may not work without it."""

    why: str
    severe: bool = False


Entry: TypeAlias = Carried | Elsewhere | Unsaid
Entries: TypeAlias = Mapping[str, Entry]


def _carried(names: str) -> Entries:
    return dict.fromkeys(names.split(), Carried())


def _elsewhere(names: str) -> Entries:
    return dict.fromkeys(names.split(), Elsewhere())


def _unsaid(why: str, *names: str) -> Entries:
    return {name: Unsaid(why) for each in names for name in each.split()}


_ONE_NETWORK: Final = "pods are all on the cluster's one network"
_ADDRESS: Final = "the cluster gives pods their addresses"
_NODE: Final = "the node decides it for all its pods"
_KUBELET: Final = "no field of a pod says it"
_BY_HAND: Final = "nothing in Kubernetes keeps an object from being changed or removed"
_DRIVER: Final = "the storage class decides where a claim's data is"

_SERVICE: Final[Entries] = {
    **_carried(
        "image command entrypoint environment ports expose volumes volumes_from secrets configs networks"
        " network_mode links healthcheck ready restart replicas mode endpoint_mode service_labels placement"
        " restart_policy cpus_reserved update_config hostname labels annotations user group_add working_dir"
        " stop_grace_period extra_hosts init read_only tmpfs cap_add cap_drop privileged mem_limit"
        " mem_reservation cpus cpu_period cpu_quota shm_size sysctls dns_search dns_opt security_opt pid ipc"
        " runtime tty stdin_open platform pull_policy"
    ),
    **_elsewhere("build profiles"),
    **_unsaid("all start at once, and those that come too early try again", "depends_on"),
    "external_links": Unsaid("what is outside the stack has no name in the cluster", severe=True),
    "devices": Unsaid("a device plugin of the node hands out devices", severe=True),
    **_unsaid("a Deployment goes back by hand: kubectl rollout undo", "rollback_config"),
    **_unsaid("peers find the pod by that name, but it is not called so", "container_name"),
    **_unsaid("the cluster's own name stands behind each hostname", "domainname"),
    **_unsaid("pods are on no network of that kind", "mac_address"),
    **_unsaid("the image's own signal is sent", "stop_signal"),
    **_unsaid("the cluster's name server asks those it is set up for", "dns"),
    **_unsaid("what containers print goes where the cluster's logs go", "logging"),
    **_unsaid(_NODE, "memswap_limit mem_swappiness cpu_rt_period cpu_rt_runtime cpuset pids_limit"),
    **_unsaid(_NODE, "oom_kill_disable oom_score_adj blkio_config ulimits storage_opt cgroup cgroup_parent"),
    **_unsaid("resources.requests say how much CPU a pod is given beside others", "cpu_shares"),
    **_unsaid(_KUBELET, "userns_mode uts device_cgroup_rules isolation"),
    **_unsaid(_BY_HAND, "protect ignore"),
}

FIELDS: Final[Mapping[type[Model], Entries]] = {
    Stack: {
        **_carried("name services networks volumes secrets configs policy"),
        **_elsewhere("engine ambassadors publish_default"),
        "dns": Unsaid("no Service has a dot in its name, so these further names lead nowhere", severe=True),
        **_unsaid("the account that applies the objects owns them", "owner"),
        **_unsaid(_ADDRESS, "subnet_pool"),
    },
    Service: _SERVICE,
    Port: _carried("target published host_ip protocol mode name app_protocol"),
    Expose: _carried("port protocol"),
    Mount: {
        **_carried("type target source read_only create_host_path nocopy propagation subpath size"),
        **_unsaid("the node's own rules label volumes", "selinux"),
        **_unsaid("what is mounted below is as the node has it", "recursive"),
        **_unsaid("a claim is one volume's own", "labels"),
        **_unsaid("everyone may write to memory that is mounted", "mode"),
        **_unsaid("what changes in a ConfigMap makes new pods", "on_change"),
    },
    VolumesFrom: {
        **_carried("service read_only"),
        "container": Unsaid("a container outside the stack is in no pod of it", severe=True),
    },
    Attachment: {
        **_carried("aliases"),
        **_unsaid(_ADDRESS, "ipv4_address ipv6_address link_local_ips mac_address"),
        **_unsaid(_ONE_NETWORK, "interface_name driver_opts priority gw_priority attach"),
    },
    Link: {
        **_carried("service alias port env via"),
        **_unsaid("no one is told when pods change: a Service leads to those that are ready", "on_change"),
    },
    Healthcheck: {
        **_carried("test interval timeout retries start_period"),
        **_unsaid("a probe has one interval", "start_interval"),
    },
    Ready: {**_carried("tcp http log exec within"), **_elsewhere("image")},
    HttpProbe: _carried("port path"),
    Restart: _carried("policy retries"),
    RestartPolicy: {
        **_carried("condition"),
        **_unsaid(
            "Kubernetes waits longer after each failure, up to five minutes", "delay max_attempts window"
        ),
    },
    Placement: _carried("constraints preferences max_replicas_per_node"),
    Preference: _carried("spread"),
    UpdateConfig: {
        **_carried("parallelism monitor order"),
        **_unsaid("the next lot follows as soon as the last is ready", "delay"),
        **_unsaid("an update that fails stops, and kubectl rollout undo goes back", "failure_action"),
        **_unsaid("an update stops at the first pod that is not ready", "max_failure_ratio"),
    },
    SecretGrant: _carried("source target uid gid mode"),
    ConfigGrant: _carried("source target uid gid mode"),
    Network: {
        **_carried("internal"),
        **_unsaid(_ONE_NETWORK, "name driver driver_opts attachable external protect labels"),
        **_unsaid(_ADDRESS, "enable_ipv4 enable_ipv6 ipam"),
    },
    Volume: {
        **_carried("name external"),
        **_unsaid(_DRIVER, "driver driver_opts labels"),
        **_unsaid(_BY_HAND, "protect"),
    },
    Secret: {
        **_carried("name file environment content external"),
        **_unsaid("it is labelled as a part of the stack", "labels"),
    },
    Config: {
        **_carried("name file environment content external"),
        **_unsaid("it is labelled as a part of the stack", "labels"),
    },
    Policy: {**_carried("claims"), **_elsewhere("default rules waive assume")},
}
"""For each model that is looked into, what becomes of its fields."""

OF_THE_POD: Final = _carried(
    "replicas mode hostname sysctls dns_search dns_opt runtime placement platform update_config"
).keys()
"""What all containers of a pod have in common: the service that holds the network stack says it."""
