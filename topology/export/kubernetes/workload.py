"""What runs pods: Deployments, StatefulSets, DaemonSets and Jobs."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Final

from topology.export.kubernetes.case import Case, Object, Pod, made, said
from topology.export.kubernetes.container import container
from topology.export.kubernetes.contents import Contents
from topology.export.kubernetes.kinds import Kind, kind_of
from topology.export.kubernetes.names import is_label, is_qualified
from topology.export.kubernetes.notes import OTHERWISE, UNSAID
from topology.export.kubernetes.probes import seconds
from topology.export.kubernetes.scheduling import scheduling
from topology.export.kubernetes.security import pod_security, shares_processes, tell_namespaces
from topology.export.kubernetes.together import marks
from topology.export.kubernetes.volumes import Volumes
from topology.findings import Path
from topology.models import Condition, Service
from topology.secrets import looks_secret, masked

_COMPLETED: Final = Condition.COMPLETED.value
_DIGEST: Final = "topo/configuration"
"""An annotation that changes with the ConfigMaps of a pod, so that a change of them replaces it."""


def workload(case: Case, contents: Contents, pod: Pod) -> Object:
    """The workload that runs a pod."""
    kind, service = kind_of(case, pod), case.service(pod.holder)
    volumes = Volumes(case, contents, pod)
    template = _template(case, contents, volumes, pod, kind)
    return made(
        kind.api,
        kind.value,
        said(
            name=pod.name,
            labels=case.labels(pod),
            annotations=_annotations(case, pod.holder, "service_labels", service.service_labels),
        ),
        spec=said(**_running(case, pod, kind, service), template=template, **_claims(volumes)),
    )


def _running(case: Case, pod: Pod, kind: Kind, service: Service) -> Object:
    """How many pods, which, and how they are replaced."""
    selector = {"matchLabels": case.labels(pod)}
    match kind:
        case Kind.JOB:
            several = service.replicas if service.replicas != 1 else None
            return said(backoffLimit=_tries(service), completions=several, parallelism=several)
        case Kind.DAEMON_SET:
            return said(minReadySeconds=_monitored(service), selector=selector)
        case Kind.STATEFUL_SET:
            more: Object = {"serviceName": pod.name}
        case Kind.DEPLOYMENT:
            more = said(strategy=_strategy(pod, service))
    return said(replicas=service.replicas, minReadySeconds=_monitored(service), selector=selector, **more)


def _tries(service: Service) -> int | None:
    return service.restart.retries if service.restart and service.restart.retries else None


def _monitored(service: Service) -> int | None:
    update = service.update_config
    return seconds(update.monitor) if update and update.monitor else None


def _lot(service: Service) -> int | str:
    """How many are replaced at a time."""
    update = service.update_config
    return "100%" if update and update.parallelism == 0 else (update and update.parallelism) or 1


def _is_bound(pod: Pod, service: Service) -> bool:
    """Whether two of its pods cannot be on one node."""
    return pod.on_host or any(port.mode == "host" and port.published for port in service.ports)


def _strategy(pod: Pod, service: Service) -> Object:
    """How one version of a Deployment replaces another: what has a port of its node makes room first."""
    update = service.update_config
    here = _is_bound(pod, service)
    if update is None and not here:
        return {}
    first = update is not None and update.order == "start-first" and not here
    lot = _lot(service)
    rolling = {"maxSurge": lot, "maxUnavailable": 0} if first else {"maxSurge": 0, "maxUnavailable": lot}
    return {"type": "RollingUpdate", "rollingUpdate": rolling}


def _tell_update(case: Case, pod: Pod, kind: Kind) -> None:
    """Where pods are replaced in another way than the file asks for."""
    service = case.service(pod.holder)
    update = service.update_config
    if update and kind is not Kind.DEPLOYMENT and (update.order == "start-first" or _lot(service) != 1):
        message = f"{pod.holder} is a {kind.value}, whose pods are replaced one after another"
        case.notes.note(OTHERWISE, message, ("services", pod.holder, "update_config"))
    elif update and update.order == "start-first" and _is_bound(pod, service):
        message = f"{pod.holder} has a port of its node, so an old pod goes before a new one comes"
        case.notes.note(OTHERWISE, message, ("services", pod.holder, "update_config", "order"))


def _claims(volumes: Volumes) -> Object:
    return said(volumeClaimTemplates=list(volumes.templates.values()))


def _template(case: Case, contents: Contents, volumes: Volumes, pod: Pod, kind: Kind) -> Object:
    containers = [container(case, contents, volumes, pod, name) for name in pod.members]
    digest = contents.digest(iter(volumes.configs)) if volumes.configs else None
    annotations = _all_annotations(case, pod) | said(**{_DIGEST: digest})
    metadata = said(labels=case.labels(pod) | marks(case, pod), annotations=annotations)
    return {"metadata": metadata, "spec": said(**_spec(case, volumes, pod, kind), containers=containers)}


def _all_annotations(case: Case, pod: Pod) -> dict[str, str]:
    """The labels and annotations of all that live in a pod, of which it has each once."""
    found: dict[str, str] = {}
    for name in pod.members:
        service = case.service(name)
        for field, pairs in (("labels", service.labels), ("annotations", service.annotations)):
            for key, value in _annotations(case, name, field, pairs).items():
                if found.setdefault(key, value) != value:
                    message = f"{key} of {name} is not carried: its pod has another one"
                    case.notes.note(OTHERWISE, message, ("services", name, field, key))
    return found


def _spec(case: Case, volumes: Volumes, pod: Pod, kind: Kind) -> Object:
    """The pod, but for its containers. Nothing of the cluster's is put into it unasked."""
    service = case.service(pod.holder)
    tell_namespaces(case, pod)
    _tell_update(case, pod, kind)
    if kind is not Kind.JOB:
        _tell_restart(case, pod)
    return said(
        restartPolicy=_restart(service) if kind is Kind.JOB else None,
        enableServiceLinks=False,
        automountServiceAccountToken=False,
        hostname=_hostname(case, pod, kind, service),
        hostNetwork=pod.on_host or None,
        dnsPolicy="ClusterFirstWithHostNet" if pod.on_host else None,
        hostPID=any(case.service(name).pid == "host" for name in pod.members) or None,
        hostIPC=any(case.service(name).ipc == "host" for name in pod.members) or None,
        shareProcessNamespace=shares_processes(case, pod) or None,
        terminationGracePeriodSeconds=_grace(case, pod),
        hostAliases=list(_hosts(case, pod)),
        dnsConfig=said(
            searches=list(service.dns_search),
            options=[_option(text) for text in service.dns_opt],
        ),
        runtimeClassName=_runtime(case, pod, service),
        securityContext=pod_security(case, pod),
        **scheduling(case, pod),
        volumes=volumes.specs(),
    )


def _tell_restart(case: Case, pod: Pod) -> None:
    """What Kubernetes keeps running it starts again whatever its end."""
    for name in pod.members:
        service = case.service(name)
        if service.restart and service.restart.policy in {"no", "on-failure"}:
            message = f"{name} is started again whenever it ends: only a Job may end"
            mend = f"a Job is what others wait for: depends_on: {{{name}: {{condition: {_COMPLETED}}}}}"
            case.notes.warn(OTHERWISE, message, ("services", name, "restart"), mend=mend)
        elif service.restart_policy and service.restart_policy.condition != "any":
            message = f"{name} is started again whenever it ends: only a Job may end"
            case.notes.warn(OTHERWISE, message, ("services", name, "restart_policy", "condition"))


def _restart(service: Service) -> str:
    return "Never" if service.restart is None or service.restart.policy == "no" else "OnFailure"


def _grace(case: Case, pod: Pod) -> int | None:
    asked = [case.service(name).stop_grace_period for name in pod.members]
    return max((seconds(one) for one in asked if one is not None), default=None)


def _hostname(case: Case, pod: Pod, kind: Kind, service: Service) -> str | None:
    if not service.hostname:
        return None
    path: Path = ("services", pod.holder, "hostname")
    if kind is Kind.STATEFUL_SET:
        case.notes.note(
            OTHERWISE, f"the pods of {pod.holder} have the hostnames {pod.name}-0 and so on", path
        )
        return None
    if not is_label(service.hostname):
        case.notes.warn(UNSAID, f"no pod can have the hostname {service.hostname}, as {pod.holder} has", path)
        return None
    return service.hostname


def _hosts(case: Case, pod: Pod) -> Iterator[Object]:
    """`extra_hosts` by address."""
    found: dict[str, list[str]] = {}
    for name in pod.members:
        for index, text in enumerate(case.service(name).extra_hosts):
            host, _, address = text.partition(":")
            if _is_address(address):
                found.setdefault(address, []).append(host)
            else:
                message = f"{host} of {name} has no address that a pod could know: {address}"
                case.notes.warn(UNSAID, message, ("services", name, "extra_hosts", index))
    yield from ({"ip": address, "hostnames": list(dict.fromkeys(hosts))} for address, hosts in found.items())


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _option(text: str) -> Object:
    name, colon, value = text.partition(":")
    return said(name=name, value=value if colon else None)


def _runtime(case: Case, pod: Pod, service: Service) -> str | None:
    if not service.runtime or service.runtime == "runc":
        return None
    path: Path = ("services", pod.holder, "runtime")
    if not is_label(service.runtime):
        case.notes.warn(
            UNSAID, f"no RuntimeClass can be called {service.runtime}, as {pod.holder} asks", path
        )
        return None
    case.notes.note(OTHERWISE, f"the RuntimeClass {service.runtime} of {pod.holder} must be there", path)
    return service.runtime


def _annotations(case: Case, name: str, field: str, pairs: dict[str, str]) -> dict[str, str]:
    """Labels as annotations, which may hold any text; what may be a secret is left out."""
    found: dict[str, str] = {}
    for key, value in pairs.items():
        path: Path = ("services", name, field, key)
        if not is_qualified(key):
            case.notes.note(UNSAID, f"no annotation can be called {key}, as of {name}", path)
        elif (looks_secret(key, value) or masked(value) != value) and not case.with_secrets:
            case.notes.warn(UNSAID, f"{key} of {name} may be a secret, so it is left out", path)
        else:
            found[key] = value
    return found
