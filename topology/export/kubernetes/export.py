"""A stack → the objects of Kubernetes that say it, and what they cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from topology.export.kubernetes.case import Case, Object, Pod
from topology.export.kubernetes.contents import Contents, tell
from topology.export.kubernetes.grants import Grants, grants_of
from topology.export.kubernetes.notes import CLOSED, OTHERWISE
from topology.export.kubernetes.policies import policies
from topology.export.kubernetes.seen import Seen
from topology.export.kubernetes.services import Called, aliases, renamed, services, tell_published
from topology.export.kubernetes.unsaid import tell_unsaid
from topology.export.kubernetes.volumes import claims
from topology.export.kubernetes.workload import workload
from topology.findings import Finding
from topology.graph import Mode
from topology.models import Stack


class Export(Struct, frozen=True, kw_only=True):
    """The objects by the file that they belong into, in the order in which they are to be applied.

    `filling` is the command that fills each Secret that was written without values; `notes` have paths.
    """

    parts: Mapping[str, tuple[Object, ...]]
    filling: Mapping[str, str]
    notes: tuple[Finding, ...]

    @property
    def objects(self) -> tuple[Object, ...]:
        return tuple(one for part in self.parts.values() for one in part)


def exported(
    stack: Stack, *, files: Mapping[str, Seen], folder: str = "", with_secrets: bool = False
) -> Export:
    """The stack in Kubernetes' words. `files` are what is at the paths that `wanted` names.

    `folder` is where the stack file is: what lies there is the stack's own and carried, where it can be.
    """
    case = Case(stack=stack, files=files, folder=folder, with_secrets=with_secrets)
    tell_unsaid(case)
    renamed(case)
    grants = grants_of(case)
    _tell_networks(case, grants)
    tell_published(case, grants)
    called, contents = aliases(case), Contents(case)
    workloads = {holder: workload(case, contents, pod) for holder, pod in case.pods.items()}
    claimed: dict[str, list[Object]] = {}
    for holder, claim in claims(case):
        claimed.setdefault(holder, []).append(claim)
    fill = tell(case, contents)
    shared = {
        "configmaps": tuple(contents.config_maps()),
        "networkpolicies": tuple(policies(case, grants)),
        "secrets": tuple(contents.secrets()),
    }
    of_services = {
        f"service-{pod.name}": (
            *claimed.get(holder, ()),
            *_of_pod(case, grants, pod, called, workloads[holder]),
        )
        for holder, pod in case.pods.items()
    }
    parts = {name: part for name, part in {**shared, **of_services}.items() if part}
    return Export(parts=parts, filling=fill, notes=tuple(case.notes))


def _of_pod(case: Case, grants: Grants, pod: Pod, called: Called, run: Object) -> Iterator[Object]:
    yield run
    yield from services(case, grants, pod, called)


def _tell_networks(case: Case, grants: Grants) -> None:
    if grants.by_networks:
        message = "no service has a link, so the policies grant all that the networks allow"
        mend = "say who opens connections to whom, links: [SERVICE], and they grant that alone"
        case.notes.warn(CLOSED, message, ("services",), mend=mend)
    for pod in case.pods.values():
        if case.topology.standings[pod.holder].mode is Mode.UNKNOWN:
            message = (
                f"{pod.holder} has a pod of its own: the container whose network it uses is not part of this"
            )
            case.notes.warn(OTHERWISE, message, ("services", pod.holder, "network_mode"))
        if pod.on_host:
            message = f"{pod.holder} is on its node's network, which no policy governs"
            path = ("services", pod.holder, "network_mode")
            case.notes.warn(OTHERWISE, message, path)
