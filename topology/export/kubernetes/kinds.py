"""Which kind of workload runs a pod."""

from __future__ import annotations

import enum

from topology.export.kubernetes.case import Case, Pod
from topology.export.kubernetes.storage import has_state


class Kind(enum.Enum):
    """What runs pods."""

    DEPLOYMENT = "Deployment"
    STATEFUL_SET = "StatefulSet"
    DAEMON_SET = "DaemonSet"
    JOB = "Job"

    @property
    def api(self) -> str:
        """The API that has it."""
        return "batch/v1" if self is Kind.JOB else "apps/v1"


def kind_of(case: Case, pod: Pod) -> Kind:
    """A job where others wait for its end, one a node where it is global, stateful where it keeps data."""
    if pod.holder in case.awaited:
        return Kind.JOB
    if case.service(pod.holder).is_everywhere:
        return Kind.DAEMON_SET
    return Kind.STATEFUL_SET if any(has_state(case, name) for name in pod.members) else Kind.DEPLOYMENT
