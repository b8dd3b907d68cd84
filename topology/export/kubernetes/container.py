"""A service as a container of a pod."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from topology.export.kubernetes.case import Case, Object, Pod, said
from topology.export.kubernetes.contents import Contents
from topology.export.kubernetes.environment import Variables
from topology.export.kubernetes.notes import TO_DO, UNSAID
from topology.export.kubernetes.probes import probes
from topology.export.kubernetes.security import container_security
from topology.export.kubernetes.volumes import Volumes
from topology.graph.parts import is_loopback
from topology.models import Port, Service
from topology.peers import listening

_PULL: Final = {"always": "Always", "missing": "IfNotPresent", "never": "Never"}


def container(case: Case, contents: Contents, volumes: Volumes, pod: Pod, name: str) -> Object:
    """The container that a service is."""
    service = case.service(name)
    variables = Variables(case, contents, name)
    variables.of_file()
    command = variables.words("entrypoint", service.entrypoint or ())
    arguments = variables.words("command", service.command or ())
    checks = probes(case, name, variables)
    env_from, env = variables.source()
    volumes.configs.update(variables.names())
    return said(
        name=case.names[name],
        image=image(case, name),
        imagePullPolicy=_pulled(case, name, service),
        command=command,
        args=arguments,
        workingDir=service.working_dir,
        ports=list(_ports(case, pod, name)),
        envFrom=env_from,
        env=env,
        resources=_resources(service),
        volumeMounts=volumes.mounts(name),
        **checks,
        securityContext=container_security(case, name),
        stdin=service.stdin_open or None,
        tty=service.tty or None,
    )


def image(case: Case, name: str) -> str:
    """The image; one that is built here is called as Compose would call it."""
    service = case.service(name)
    if service.build is not None:
        called = service.image or f"{case.stack.name}-{name}"
        message = f"{called} is built here: a cluster has to pull it from somewhere"
        mend = f"build it, push it to a registry, and say image: REGISTRY/{called.rpartition('/')[2]}"
        case.notes.warn(TO_DO, message, ("services", name, "build"), mend=mend)
    return service.image or f"{case.stack.name}-{name}"


def _pulled(case: Case, name: str, service: Service) -> str | None:
    policy = service.pull_policy
    if policy and policy not in _PULL:
        message = f"Kubernetes does not pull {policy}, as {name} asks for"
        case.notes.note(UNSAID, message, ("services", name, "pull_policy"))
    return _PULL.get(policy or "")


def _ports(case: Case, pod: Pod, name: str) -> Iterator[Object]:
    """What is known of its ports; those of its node where the file says so."""
    if pod.on_host:
        return
    here: dict[tuple[int, str], Port] = {
        (port.target, port.protocol): port
        for port in case.service(name).ports
        if port.mode == "host" and port.published and not (port.host_ip and is_loopback(port.host_ip))
    }
    for number, protocol in listening(name, case.service(name)):
        port = here.get((number, protocol))
        yield said(
            containerPort=number,
            protocol=protocol.upper(),
            hostPort=port.published[0] if port and port.published else None,
            hostIP=port.host_ip if port else None,
        )


def _resources(service: Service) -> Object:
    limits = said(cpu=_cpus(_limit(service)), memory=_bytes(service.mem_limit))
    requests = said(cpu=_cpus(service.cpus_reserved), memory=_bytes(service.mem_reservation))
    return said(limits=limits, requests=requests)


def _limit(service: Service) -> float | None:
    if service.cpus is None and service.cpu_quota and service.cpu_quota > 0:
        return service.cpu_quota / (service.cpu_period or 100_000)
    return service.cpus


def _cpus(number: float | None) -> str | None:
    return f"{max(1, round(number * 1000))}m" if number else None


def _bytes(number: int | None) -> str | None:
    """As people write it where it comes out even."""
    if not number:
        return None
    for unit, shift in (("Gi", 30), ("Mi", 20), ("Ki", 10)):
        if number % (1 << shift) == 0:
            return f"{number >> shift}{unit}"
    return str(number)
