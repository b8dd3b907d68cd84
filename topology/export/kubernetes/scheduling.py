"""On which nodes pods may run."""

from __future__ import annotations

import re
from typing import Final

from topology.export.kubernetes.case import Case, Object, Pod, said
from topology.export.kubernetes.notes import UNSAID
from topology.findings import Path
from topology.models import Service

_CONSTRAINT: Final = re.compile(r"\s*([\w./-]+)\s*(==|!=)\s*(.+?)\s*")
_LABELS: Final = {
    "node.hostname": "kubernetes.io/hostname",
    "node.platform.os": "kubernetes.io/os",
    "node.platform.arch": "kubernetes.io/arch",
}
_MANAGER: Final = "node-role.kubernetes.io/control-plane"


def scheduling(case: Case, pod: Pod) -> Object:
    """The fields of a pod that say where it may run."""
    service = case.service(pod.holder)
    return said(
        nodeSelector=_platform(service),
        affinity=_affinity(case, pod, service),
        topologySpreadConstraints=_spread(case, pod, service),
    )


def _platform(service: Service) -> Object:
    system, _, rest = (service.platform or "").partition("/")
    return said(**{"kubernetes.io/os": system, "kubernetes.io/arch": rest.partition("/")[0]})


def _affinity(case: Case, pod: Pod, service: Service) -> Object:
    placement = service.placement
    if placement is None:
        return {}
    asked = [_constraint(case, pod, index, text) for index, text in enumerate(placement.constraints)]
    wanted = [one for one in asked if one]
    terms = {"nodeSelectorTerms": [{"matchExpressions": wanted}]} if wanted else {}
    alone = {"labelSelector": {"matchLabels": case.labels(pod)}, "topologyKey": "kubernetes.io/hostname"}
    if (placement.max_replicas_per_node or 0) > 1:
        most = placement.max_replicas_per_node
        message = f"that at most {most} replicas of {pod.holder} run on a node is not carried"
        path: Path = ("services", pod.holder, "placement", "max_replicas_per_node")
        case.notes.warn(UNSAID, message, path)
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    return said(
        nodeAffinity=said(**{required: terms}),
        podAntiAffinity={required: [alone]} if placement.max_replicas_per_node == 1 else None,
    )


def _constraint(case: Case, pod: Pod, index: int, text: str) -> Object | None:
    """A Swarm constraint as a requirement of the node's labels."""
    found = _CONSTRAINT.fullmatch(text)
    if found is not None:
        name, sign, value = found.groups()
        if name == "node.role":
            exists = (sign == "==") == (value == "manager")
            return {"key": _MANAGER, "operator": "Exists" if exists else "DoesNotExist"}
        key = _LABELS.get(name) or (
            name.removeprefix("node.labels.") if name.startswith("node.labels.") else ""
        )
        if key:
            return {"key": key, "operator": "In" if sign == "==" else "NotIn", "values": [value]}
    path: Path = ("services", pod.holder, "placement", "constraints", index)
    case.notes.warn(UNSAID, f"the constraint {text} of {pod.holder} is not carried", path)
    return None


def _spread(case: Case, pod: Pod, service: Service) -> list[Object]:
    preferences = service.placement.preferences if service.placement else ()
    return [
        {
            "maxSkew": 1,
            "topologyKey": one.spread.removeprefix("node.labels."),
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": case.labels(pod)},
        }
        for one in preferences
    ]
