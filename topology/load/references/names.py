"""Names: well formed, and leading somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from topology.codes import MISSING, UNKNOWN_NAME, WRONG_VALUE
from topology.findings import Finding, Path
from topology.load.references.contents import KINDS
from topology.load.references.reading import Reading
from topology.load.words import did_you_mean, error, listed, name_of, quoted
from topology.models import IMAGE_OF, Build, Content, Grant, Service
from topology.peers import ports_behind

_NAME = re.compile(r"[a-zA-Z0-9._-]+")
_CONTAINER_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_NAME_RULE = "letters, digits, dots, - and _ make a name"


def spelled(reading: Reading) -> Iterator[Finding]:
    """Names that an engine would refuse."""
    stack = reading.stack
    kinds: dict[str, Iterable[str]] = {
        "services": stack.services,
        "networks": stack.networks,
        "volumes": stack.volumes,
    }
    for kind, names in kinds.items():
        for name in names:
            if not _NAME.fullmatch(name):
                yield error(
                    WRONG_VALUE, f"{quoted(name)} cannot name a {kind[:-1]}", (kind, name), label=_NAME_RULE
                )
    for name, service in stack.services.items():
        given = service.container_name
        if given is not None and not _CONTAINER_NAME.fullmatch(given):
            path = ("services", name, "container_name")
            yield error(WRONG_VALUE, f"{quoted(given)} cannot name a container", path, label=_NAME_RULE)


def complete(reading: Reading) -> Iterator[Finding]:
    """Services that nothing could be made from, and a stack without any."""
    stack = reading.stack
    misread_top = any(len(lost) == 1 for lost in reading.left_out)  # one of these may be `services`
    if not stack.services and not reading.off and not reading.provided and not misread_top:
        yield error(MISSING, "the stack has no services", ("services",), mend='add one below "services:"')
    for name, service in stack.services.items():
        unread = any(not reading.has("services", name, field) for field in ("image", "build"))
        if not service.image and service.build is None and not unread:
            mend = 'add "image:" or "build:"'
            yield error(
                MISSING, f"service {name} has neither an image nor a build", ("services", name), mend=mend
            )


def known(reading: Reading) -> Iterator[Finding]:
    """Names of networks, volumes and services that the stack does not have."""
    for name, service in reading.stack.services.items():
        if reading.names("networks"):
            yield from _networks(name, service, reading)
        if reading.names("volumes"):
            yield from _volumes(name, service, reading)
        for kind in KINDS:
            if reading.names(kind):
                yield from _contents(name, service, kind, reading)
        if service.build is not None:
            yield from _build(name, service.build, reading)
        if reading.names("services"):
            yield from _services(name, service, reading)


def _networks(name: str, service: Service, reading: Reading) -> Iterator[Finding]:
    declared = reading.stack.networks
    for network in service.networks:
        if network not in declared:
            yield _unknown(
                f"service {name} joins network {quoted(network)}, which is not declared",
                ("services", name, "networks", network),
                network,
                declared,
                f'declare it below "networks:"{_there_are(declared)}',
            )


def _volumes(name: str, service: Service, reading: Reading) -> Iterator[Finding]:
    declared = reading.stack.volumes
    for index, mount in enumerate(service.volumes):
        if mount.type == "bind" and not mount.source:
            path: Path = ("services", name, "volumes", index)
            label = "a bind mount shows a folder or file of the host"
            yield error(MISSING, f'{name_of(path)} needs "source"', path, label=label)
        if mount.type == "volume" and mount.source is not None and mount.source not in declared:
            yield _unknown(
                f"service {name} mounts volume {quoted(mount.source)}, which is not declared",
                ("services", name, "volumes", index),
                mount.source,
                declared,
                f'declare it below "volumes:", or write ./{mount.source} for a folder',
            )


def _contents(name: str, service: Service, kind: str, reading: Reading) -> Iterator[Finding]:
    declared: Mapping[str, Content] = getattr(reading.stack, kind)
    grants: tuple[Grant, ...] = getattr(service, kind)
    for index, grant in enumerate(grants):
        if grant.source not in declared:
            yield _unknown(
                f"service {name} uses {kind[:-1]} {quoted(grant.source)}, which is not declared",
                ("services", name, kind, index),
                grant.source,
                declared,
                f'declare it below "{kind}:"{_there_are(declared)}',
            )


def _build(name: str, build: Build, reading: Reading) -> Iterator[Finding]:
    """The secrets that a build is given, and the services whose images it takes from."""
    secrets = reading.stack.secrets
    for index, secret in enumerate(build.secrets if reading.names("secrets") else ()):
        if secret.source not in secrets:
            yield _unknown(
                f"the build of service {name} uses secret {quoted(secret.source)}, which is not declared",
                ("services", name, "build", "secrets", index),
                secret.source,
                secrets,
                f'declare it below "secrets:"{_there_are(secrets)}',
            )
    for context, place in build.additional_contexts.items() if reading.names("services") else ():
        target = place.removeprefix(IMAGE_OF)
        if target != place and target not in reading.stack.services:
            path: Path = ("services", name, "build", "additional_contexts", context)
            yield _no_service(f"the build of service {name} takes from", path, target, reading)


def _services(name: str, service: Service, reading: Reading) -> Iterator[Finding]:
    services = reading.stack.services
    for target, dependency in service.depends_on.items():
        if target not in services and (dependency.required or target not in reading.off):
            path: Path = ("services", name, "depends_on", target)
            yield _no_service(f"service {name} depends on", path, target, reading)
    for index, link in enumerate(service.links):
        if link.service not in services:
            path = ("services", name, "links", index)
            yield _no_service(f"service {name} links to", path, link.service, reading)
        elif link.env and not ports_behind(link, services):
            path = ("services", name, "links", index)
            message = f"service {name} is to be told where {link.service} listens, and nothing says where"
            mend = f'add "port:" to the link, or "expose:" to {link.service}'
            yield error(MISSING, message, path, label="env: true gives variables for each port", mend=mend)
    for index, giver in enumerate(service.volumes_from):
        if giver.service is not None and giver.service not in services:
            path = ("services", name, "volumes_from", index)
            yield _no_service(f"service {name} mounts the volumes of", path, giver.service, reading)
    host = shared_service(service)
    if host is not None and host not in services:
        path = ("services", name, "network_mode")
        yield _no_service(f"service {name} shares the network of", path, host, reading)


def shared_service(service: Service) -> str | None:
    """The service whose network stack this one uses."""
    mode, _, name = (service.network_mode or "").partition(":")
    return name if mode == "service" else None


def _no_service(begins: str, path: Path, name: str, reading: Reading) -> Finding:
    if name in reading.off:
        message = f"{begins} {quoted(name)}, whose profiles are off"
        return error(
            UNKNOWN_NAME, message, path, mend="switch one on with --profile, or take the profiles out"
        )
    if name in reading.provided:
        mend = "topo runs no providers: take one of the two out"
        return error(UNKNOWN_NAME, f"{begins} {quoted(name)}, which a provider makes", path, mend=mend)
    others = [service for service in reading.stack.services if service != path[1]]
    message = f"{begins} {quoted(name)}, which is no service of the stack"
    return _unknown(message, path, name, others, f"the others are {listed(others)}" if others else "")


def _there_are(names: Iterable[str]) -> str:
    return f"; declared are {listed(names)}" if [*names] else ""


def _unknown(message: str, path: Path, name: str, known_names: Iterable[str], mend: str) -> Finding:
    return error(UNKNOWN_NAME, message, path, label=did_you_mean(name, known_names), mend=mend)
