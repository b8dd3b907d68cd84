"""What a container may do: its user, its capabilities, what of the node it sees."""

from __future__ import annotations

from typing import Final

from topology.export.kubernetes.case import Case, Object, Pod, said
from topology.export.kubernetes.notes import UNSAID
from topology.models import Service


def container_security(case: Case, name: str) -> Object:
    """The security context of a container."""
    service = case.service(name)
    user, group = _user(case, name, service)
    return said(
        runAsUser=user,
        runAsGroup=group,
        privileged=service.privileged or None,
        readOnlyRootFilesystem=service.read_only or None,
        capabilities=said(add=_bare(service.cap_add), drop=_bare(service.cap_drop)),
        **_options(case, name),
    )


def pod_security(case: Case, pod: Pod) -> Object:
    """The security context of a whole pod."""
    groups: list[int] = []
    for name in pod.members:
        for index, group in enumerate(case.service(name).group_add):
            number = _number(group)
            if number is not None:
                groups.append(number)
            else:
                message = f"Kubernetes adds groups by number, not {group}, as to {name}"
                case.notes.warn(UNSAID, message, ("services", name, "group_add", index))
    sysctls = case.service(pod.holder).sysctls
    return said(
        supplementalGroups=sorted(set(groups)),
        sysctls=[{"name": key, "value": value} for key, value in sysctls.items()],
    )


def shares_processes(case: Case, pod: Pod) -> bool:
    """Whether the containers of a pod see each other's processes; then what they leave is reaped, too."""
    return any(
        case.service(name).init or (case.service(name).pid or "").startswith("service:")
        for name in pod.members
    )


def tell_namespaces(case: Case, pod: Pod) -> None:
    """Namespaces of other containers that are not in this pod."""
    for name in pod.members:
        service = case.service(name)
        for field, said_mode in (("pid", service.pid), ("ipc", service.ipc)):
            kind, colon, other = (said_mode or "").partition(":")
            if colon and not (kind == "service" and other in pod.members):
                message = (
                    f"only containers of one pod share their {field}: {name} does not have that of {other}"
                )
                case.notes.warn(UNSAID, message, ("services", name, field))


def _user(case: Case, name: str, service: Service) -> tuple[int | None, int | None]:
    """User and group; Kubernetes takes numbers alone."""
    user, _, group = (service.user or "").partition(":")
    for each in filter(None, (user, group)):
        if _number(each) is None:
            message = f"Kubernetes takes a user's number, not {each}: {name} runs as its image says"
            mend = "find its number by: id -u, in a container"
            case.notes.warn(UNSAID, message, ("services", name, "user"), mend=mend)
    return _number(user), _number(group)


_DIGITS = 10
"""Those of the highest number that Linux gives a user or a group."""


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None


def _bare(names: tuple[str, ...]) -> list[str]:
    return [name.upper().removeprefix("CAP_") for name in names]


_PROFILES: Final = {"seccomp": "seccompProfile", "apparmor": "appArmorProfile"}


def _options(case: Case, name: str) -> Object:
    """`security_opt`: what has a word in Kubernetes; the rest becomes notes."""
    found: Object = {}
    for index, text in enumerate(case.service(name).security_opt):
        option, _, value = text.replace("=", ":", 1).partition(":")
        if option == "no-new-privileges" and value in {"", "true"}:
            found["allowPrivilegeEscalation"] = False
        elif option in _PROFILES and value == "unconfined":
            found[_PROFILES[option]] = {"type": "Unconfined"}
        else:
            message = f"security_opt {option} of {name} is not carried"
            case.notes.warn(UNSAID, message, ("services", name, "security_opt", index))
    return found
