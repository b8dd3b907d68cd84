"""Compose's fields that are understood but not applied yet: named once, never silently dropped."""

from __future__ import annotations

from topology.codes import NOT_USED
from topology.findings import Path
from topology.load.context import Context
from topology.load.words import error, name_of, note, span_of
from topology.source import Map

SERVICE = frozenset(
    (
        "annotations", "attach", "blkio_config", "cgroup", "cgroup_parent", "configs", "cpu_count",
        "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares",
        "cpuset", "credential_spec", "develop", "device_cgroup_rules", "dns_opt", "domainname",
        "external_links", "gpus", "group_add", "isolation", "label_file", "mac_address",
        "mem_reservation", "mem_swappiness", "memswap_limit", "models", "oom_kill_disable",
        "oom_score_adj", "post_start", "pre_stop", "provider", "runtime", "secrets", "storage_opt",
        "use_api_socket", "userns_mode", "uts", "volumes_from",
    )
)  # fmt: skip
STACK = frozenset(("configs", "models", "secrets"))
_CHANGES_THE_PICTURE = frozenset(("extends", "include"))
"""Without these the stack would be another one, so that no verdict about it could be trusted."""


def set_aside(said: Map, path: Path, context: Context) -> None:
    """Takes out what cannot be applied and says so."""
    known = SERVICE if path else STACK
    for key in [key for key in said if key in known or key in _CHANGES_THE_PICTURE]:
        value = said.pop(key)
        if key in _CHANGES_THE_PICTURE:
            message = f'"{key}" of {name_of(path)} is not supported yet'
            context.findings.append(
                error(NOT_USED, message, (*path, key), mend="write out what it brings in", span=span_of(key))
            )
        elif value:
            message = f'"{key}" of {name_of(path)} is not applied'
            context.findings.append(
                note(NOT_USED, message, label="the rest of the file is", span=span_of(key))
            )
