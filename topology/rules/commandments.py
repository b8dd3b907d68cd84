"""The container commandments: what makes a service hard to replace, to stop, to keep or to look into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from topology.findings import Finding, Path, Severity
from topology.images import Role, is_cache
from topology.models import Mount
from topology.rules.case import Case

INSTALLERS = re.compile(
    r"\b(pip3?|pipx|poetry|uv|conda|npm|pnpm|yarn|bun|gem|bundle|composer|cargo|go|apt|apt-get|apk|yum|dnf|microdnf)"
    r"\s+(-\S+\s+)*(install|i|ci|add|sync|get)\b"
)
SUPERVISORS = re.compile(
    r"\b(supervisord|s6-svscan|runsvdir|circusd|monit|honcho|foreman|pm2|init-system|systemd)\b"
)
IN_BACKGROUND = re.compile(r"[^&>]&(?![&>\d])\s*\S")
LOGS = re.compile(r"/var/log(/|$)|/logs?/?$")
SHELLS = frozenset({"sh", "bash", "ash", "dash"})
NEXT_COMMAND = re.compile(r"&&|\|\||;|\n")


def without_restart(case: Case) -> Iterator[Finding]:
    """T301: a service that stays down, unless it is a job. A Swarm starts it again unasked."""
    jobs = case.stack.jobs
    for name, service in case.stack.services.items():
        usual = "always" if case.stack.engine == "swarm" else "no"
        policy = service.restart.policy if service.restart else usual
        if name not in jobs and policy == "no":
            path: Path = ("services", name, "restart") if service.restart else ("services", name)
            yield _note("T301", f"{name} stays down when it ends", path, "nothing starts it again")


def without_volume(case: Case) -> Iterator[Finding]:
    """T302: a data store whose data goes with the container."""
    for name in case.services(Role.STORE):
        service = case.stack.services[name]
        if not is_cache(service.image, name) and not any(map(_keeps, service.volumes)):
            yield Finding(
                code="T302",
                severity=Severity.WARNING,
                message=f"data store {name} keeps its data in the container",
                path=("services", name),
                label="a new container, after a change of the image for example, begins empty",
                mend="mount a named volume where it keeps its data",
            )


def _keeps(mount: Mount) -> bool:
    return mount.type != "tmpfs" and mount.source is not None and not _is_file(mount)


def installing(case: Case) -> Iterator[Finding]:
    """T303: what should be in the image is fetched at each start."""
    for name, text, path in _commands(case):
        if found := INSTALLERS.search(text):
            yield _note("T303", f"{name} installs packages at each start", path, f"it runs {found[0]}")


def mounted_sources(case: Case) -> Iterator[Finding]:
    """T304: the sources that the image is built from, mounted over what was built."""
    for name, service in case.stack.services.items():
        for index, mount in enumerate(service.volumes):
            if service.build and mount.type == "bind" and _is_within(mount, service.build.context):
                path: Path = ("services", name, "volumes", index)
                label = "what runs is this folder, not the image that was built and tested"
                yield _note("T304", f"{name} runs sources from the host", path, label)


def _is_within(mount: Mount, context: str) -> bool:
    """A folder in the build context, or around it."""
    if mount.source is None or _is_file(mount) or not context.startswith("/"):
        return False
    source, built = PurePosixPath(mount.source), PurePosixPath(context)
    return source == built or source in built.parents or (built in source.parents and not mount.read_only)


def _is_file(mount: Mount) -> bool:
    """As far as names tell: without looking at the disk."""
    return mount.type == "bind" and bool(PurePosixPath(mount.target).suffix)


def several_processes(case: Case) -> Iterator[Finding]:
    """T305: a second program in the container, which nobody sees end."""
    for name, text, path in _commands(case):
        found = SUPERVISORS.search(text) or (_is_shell(text) and IN_BACKGROUND.search(text))
        if found:
            label = "the engine restarts and watches only the first process"
            yield _note("T305", f"{name} runs several programs in one container", path, label)


def kept_logs(case: Case) -> Iterator[Finding]:
    """T306: logs in files, where `docker logs` does not see them."""
    for name, service in case.stack.services.items():
        for index, mount in enumerate(service.volumes):
            if LOGS.search(mount.target) and mount.type != "tmpfs" and not mount.read_only:
                path: Path = ("services", name, "volumes", index)
                yield _note("T306", f"{name} writes its logs to files", path, f"kept at {mount.target}")


def fixed_names(case: Case) -> Iterator[Finding]:
    """T307: a container that cannot stand beside its successor."""
    for name, service in case.stack.services.items():
        if service.container_name:
            path: Path = ("services", name, "container_name")
            label = "two containers cannot have one name, so a replacement has a gap"
            yield _note("T307", f"{name} has a container name of its own", path, label)


def deaf_shells(case: Case) -> Iterator[Finding]:
    """T308: a shell as the first process, which hands no signal on."""
    for name, text, path in _commands(case):
        if _is_shell(text) and not case.stack.services[name].init and _waits_for_child(text):
            label = "the shell does not pass SIGTERM on, so it is killed after the grace period"
            yield _note("T308", f"{name} does not hear when it is asked to stop", path, label)


def _waits_for_child(text: str) -> bool:
    parts = NEXT_COMMAND.split(text)
    return len(parts) > 1 and not parts[-1].strip().startswith("exec ")


def _is_shell(text: str) -> bool:
    words = text.split(None, 2)
    return len(words) == 3 and PurePosixPath(words[0]).name in SHELLS and words[1] in {"-c", "-ec", "-lc"}


def _commands(case: Case) -> Iterator[tuple[str, str, Path]]:
    """What each service is told to run, entry point first, as one text."""
    for name, service in case.stack.services.items():
        text = " ".join((*(service.entrypoint or ()), *(service.command or ())))
        if text:
            yield name, text, ("services", name, "command" if service.command else "entrypoint")


def _note(code: str, message: str, path: Path, label: str) -> Finding:
    return Finding(
        code=code, severity=Severity.NOTE, message=message, path=path, label=label, mend=MENDS[code]
    )


MENDS = {
    "T301": "restart: unless-stopped",
    "T303": "install them in the Dockerfile",
    "T304": "copy the sources in the Dockerfile; mount them in an override file for development",
    "T305": "make each program a service of its own",
    "T306": "let it write to standard output",
    "T307": "take it out; others reach the service by its name",
    "T308": "put exec in front of the last command, or set init: true",
}
"""The cheapest mend of each rule here."""
