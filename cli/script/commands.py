"""Steps → docker commands. A row for each kind of step; a test keeps it complete."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

from cli.faults import CommandError
from cli.script import flags
from cli.script.asked import Asked, handed_over, word
from cli.script.files import Places, filling
from cli.script.flags import flag, lines
from cli.script.veil import veiled
from reconciler import address, buildflags, steps
from reconciler.record import canonical, recorded
from reconciler.steps import Step
from topology.models import Build, Ready
from topology.mounts import is_remote
from topology.secrets import looks_secret


class Writing(Struct, frozen=True):
    """What the commands of a plan are written with.

    Attributes:
        asked: takes each value that is not to be shown.
        places: says where the content of files is.
        called: id → name, of what steps call by its id.
    """

    asked: Asked
    places: Places
    called: Mapping[str, str] = field(default_factory=dict)

    def name(self, container: str) -> str:
        return word(self.called.get(container, container))


def commands(step: Step, writing: Writing) -> tuple[str, ...]:
    """The lines of the shell that do what a step does.

    Raises:
        CommandError: it is a step of a Swarm.
    """
    if type(step) not in COMMANDS:
        raise CommandError(
            "a plan for a Swarm cannot be written as docker commands", "look at it with --steps"
        )
    return COMMANDS[type(step)](step, writing)


def _pull(step: steps.PullImage, _: Writing) -> tuple[str, ...]:
    platform = f"{flag('--platform', step.platform)} " if step.platform else ""
    return (f"docker pull {platform}{word(step.reference)}",)


def _build(step: steps.BuildImage, writing: Writing) -> tuple[str, ...]:
    build, whose = step.build, step.address.name
    hidden = {name: text for name, text in build.args.items() if looks_secret(name, text)}
    given = {name: _variable(writing, whose, name, text) for name, text in hidden.items()}
    file, text = _dockerfile(build)
    options = [*(["--load"] if step.buildkit else []), flag("--tag", step.reference), flag("--file", file)]
    options += [flag(name, value) if value is not None else name for name, value in buildflags.flags(build)]
    options += [flag("--platform", step.platform)] if step.platform else []
    for name, value in sorted(build.args.items()):
        options.append(flag("--build-arg", name if name in hidden else f"{name}={value}"))
    for name, held in step.secrets.items():
        if isinstance(held, Path):
            source = f"src={held}"
        else:
            variable = writing.places.of_build(whose, name, held, writing.asked)
            given[variable], source = variable, f"env={variable}"
        options.append(flag("--secret", buildflags.item(f"id={name}", source)))
    options += flags.pairs("--label", {**build.labels, address.BUILD: step.digest})
    command = "docker buildx build" if step.buildkit else "docker build"
    switch = "" if step.buildkit else "DOCKER_BUILDKIT=0 "
    return (*lines(f"{switch}{handed_over(given)}{command}", options, f"{word(build.context)}{text}"),)


def _dockerfile(build: Build) -> tuple[str, str]:
    """What `--file` is given, and what stands behind the command: the text where the stack file has it."""
    if build.dockerfile_inline is None:
        remote = is_remote(build.context)
        return build.dockerfile if remote else os.path.join(build.context, build.dockerfile), ""
    text = build.dockerfile_inline.rstrip("\n")
    end = next(end for number in count() if (end := f"END{number or ''}") not in text.splitlines())
    return "-", f" <<'{end}'\n{text}\n{end}"


def _variable(writing: Writing, whose: str, name: str, value: str) -> str:
    return writing.asked.variable(whose, name, f"{name} of {whose}", value)


def _create_network(step: steps.CreateNetwork, writing: Writing) -> tuple[str, ...]:
    body = veiled(step.body, step.name, writing.asked)
    options = [*flags.network(body), *flags.pairs("--label", body["Labels"])]
    return lines("docker network create", options, word(step.name))


def _create_volume(
    step: steps.CreateVolume | steps.WriteJournal | steps.TakeOver, writing: Writing
) -> tuple[str, ...]:
    body = veiled(step.body, step.name, writing.asked)
    options = [flag("--driver", body["Driver"])] if body.get("Driver") else []
    options += flags.pairs("--opt", body.get("DriverOpts") or {})
    return lines("docker volume create", [*options, *flags.pairs("--label", body["Labels"])], word(step.name))


def _create_container(step: steps.CreateContainer, writing: Writing) -> tuple[str, ...]:
    """Made on one network and attached to the others: that is what each release of the command can do."""
    whose = step.address.name
    body = veiled(step.body, whose, writing.asked)
    pairs = [entry.partition("=") for entry in body.get("Env") or ()]
    kept = writing.places.from_files(whose)
    given = {
        name: _variable(writing, whose, name, text)
        for name, _, text in pairs
        if name in kept or looks_secret(name, text)
    }
    attached = dict((body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {})
    mode = body["HostConfig"].get("NetworkMode")
    options = [flag("--name", step.name)]
    options += [flag("--platform", step.platform)] if step.platform else []
    options += flags.first_network(mode, attached.pop(mode, {})) if mode else []
    options += [flag("--env", name if name in given else f"{name}={text}") for name, _, text in pairs]
    options += [*flags.settings(body), *flags.published(body), *flags.health(body.get("Healthcheck") or {})]
    options += _labels(body)
    program, *arguments = body.get("Entrypoint") or [""]
    options += [flag("--entrypoint", program)] if "Entrypoint" in body else []
    operands = [word(body["Image"]), *map(word, (*arguments, *(body.get("Cmd") or ())))]
    made = lines(f"{handed_over(given)}docker create", options, *operands)
    joins = (_joining(step.name, network, endpoint) for network, endpoint in sorted(attached.items()))
    return (*made, *(line for each in joins for line in each))


def _labels(body: Mapping[str, Any]) -> list[str]:
    """Without the digests of variables, of which a weak one could be guessed; they only serve the causes."""
    found = dict(body["Labels"])
    spec = recorded(found) or {}
    if "environment" in spec:
        found[address.SPEC] = canonical({**spec, "environment": {}})
    return flags.pairs("--label", found)


def _joining(container: str, network: str, endpoint: Mapping[str, Any]) -> tuple[str, ...]:
    words = ["docker network connect", *flags.joining(endpoint), word(network), word(container)]
    return (" ".join(words),)


def _fill(step: steps.CopyFiles, writing: Writing) -> tuple[str, ...]:
    return tuple(filling(step, writing.places, writing.asked))


def _remove(step: steps.RemoveContainer, _: Writing) -> tuple[str, ...]:
    return (f"docker rm --force {'--volumes ' if step.volumes else ''}{word(step.name)}",)


def _running(
    step: steps.SignalContainer | steps.ExecInContainer, writing: Writing, doing: str
) -> tuple[str, ...]:
    """One that does not run needs none."""
    name = writing.name(step.container)
    return (f'if [ "$(state {name})" = running ]; then {doing}; fi',)


def _signal(step: steps.SignalContainer, writing: Writing) -> tuple[str, ...]:
    name = writing.name(step.container)
    return _running(step, writing, f"docker kill {flag('--signal', step.signal)} {name}")


def _exec(step: steps.ExecInContainer, writing: Writing) -> tuple[str, ...]:
    veil = veiled({"Command": step.command}, step.address.name, writing.asked)
    words = " ".join(map(word, veil["Command"]))
    return _running(step, writing, f"docker exec {writing.name(step.container)} {words}")


def _update(step: steps.UpdateContainer, writing: Writing) -> tuple[str, ...]:
    return (" ".join(["docker update", *flags.limits(step.body), writing.name(step.container)]),)


def _up(step: steps.WaitHealthy, writing: Writing) -> tuple[str, ...]:
    name = writing.name(step.container)
    wait = f"up {name} {step.within:.0f} {step.monitor:.0f}"
    looks = (_ready(step.ready, step.address.name, writing, name),) if step.ready else ()
    if not step.discard:
        return (wait, *looks)
    undo = [f"docker rm --force {name}"]
    undo += [f"docker start {writing.name(step.revive)}"] if step.revive else []
    return (f"{' && '.join((wait, *looks))} || {{ {'; '.join(undo)}; exit 1; }}",)


def _ready(ready: Ready, whose: str, writing: Writing, name: str) -> str:
    """Ports are looked at from beside the container: the script may run anywhere."""
    beside = f"docker run --rm --network container:{name} {word(ready.image)}"
    if ready.exec is not None:
        words = veiled({"Command": ready.exec}, whose, writing.asked)["Command"]
        look = f"docker exec {name} {' '.join(map(word, words))}"
    elif ready.log is not None:
        since = f"$(docker inspect --format '{{{{.State.StartedAt}}}}' {name})"
        read = (
            f'docker logs --since "{since}" {name} 2>&1 | grep --extended-regexp --regexp {word(ready.log)}'
        )
        look = f"sh -c {word(read)}"
    elif ready.http is not None:
        page = f"http://127.0.0.1:{ready.http.port}{ready.http.path}"
        look = f"{beside} wget -q -O /dev/null {word(page)}"
    else:
        listening = f"{beside} cat /proc/net/tcp /proc/net/tcp6 | grep ':{ready.tcp:04X} [0-9A-F:]* 0A'"
        look = f"sh -c {word(listening)}"
    return f"ready {ready.within:.0f} {look}"


COMMANDS: Final[Mapping[type[Step], Callable[[Any, Writing], tuple[str, ...]]]] = {
    steps.PullImage: _pull,
    steps.BuildImage: _build,
    steps.CreateNetwork: _create_network,
    steps.RemoveNetwork: lambda step, _: (f"docker network rm {word(step.network)}",),
    steps.CreateVolume: _create_volume,
    steps.RemoveVolume: lambda step, _: (f"docker volume rm {word(step.name)}",),
    steps.WriteJournal: _create_volume,
    steps.TakeOver: _create_volume,
    steps.DropJournal: lambda step, _: (f"docker volume rm {word(step.name)}",),
    steps.CreateContainer: _create_container,
    steps.CopyFiles: _fill,
    steps.StartContainer: lambda step, to: (f"docker start {to.name(step.container)}",),
    steps.UnpauseContainer: lambda step, to: (f"docker unpause {to.name(step.container)}",),
    steps.StopContainer: lambda step, to: (f"docker stop --time {step.grace:.0f} {to.name(step.container)}",),
    steps.RemoveContainer: _remove,
    steps.RenameContainer: lambda step, to: (f"docker rename {to.name(step.container)} {word(step.name)}",),
    steps.SignalContainer: _signal,
    steps.ExecInContainer: _exec,
    steps.UpdateContainer: _update,
    steps.ConnectNetwork: lambda step, to: _joining(
        to.called.get(step.container, step.container), step.network, step.endpoint
    ),
    steps.DisconnectNetwork: lambda step, to: (
        f"docker network disconnect --force {word(step.network)} {to.name(step.container)}",
    ),
    steps.WaitHealthy: _up,
    steps.Pause: lambda step, _: (f"sleep {step.seconds:g}",),
    steps.WaitCompleted: lambda step, to: (f'[ "$(docker wait {to.name(step.container)})" = 0 ]',),
}
