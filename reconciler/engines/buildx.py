"""A build by BuildKit, through `docker buildx`: the builder that people have on their machines by now.

The SDK speaks to the classic builder alone. Both get one context, known by one digest: that of
`contexts.digest`. What the builder is told stands in no list of processes where it may be a secret.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from reconciler.buildflags import flags, item
from reconciler.contents import BuildSecrets, Sealed
from reconciler.engines import builders
from reconciler.engines.contexts import dockerfile
from reconciler.engines.daemon import Tell
from reconciler.engines.reading import Endpoint
from reconciler.errors import Rejected
from topology.models import Build
from topology.secrets import MASK, looks_secret

_STEP: Final = re.compile(r"#\d+ \[(?:[^\]]* )?(\d+/\d+)\] (.+)")
_ERROR: Final = re.compile(r"ERROR: (?:failed to build: )?(?:failed to solve: )?(.+)")
_OUTPUT: Final = re.compile(r"#(\d+) \d+\.\d+ (.+)")
_FAILED: Final = re.compile(r"#(\d+) ERROR: ")
_LINES: Final = 5
"""Lines of what a command of the build printed that are shown when it fails."""

_OWN: Final = re.compile(r"(DOCKER|BUILDX|BUILDKIT|LD|XDG|GO)[A-Z_]*|PATH|HOME|TMPDIR|SSH_AUTH_SOCK")
"""Variables by which the docker command itself would take an argument of a build for something else."""


def build(
    reference: str,
    wanted: Build,
    labels: Mapping[str, str],
    *,
    secrets: BuildSecrets,
    on: Endpoint,
    tell: Tell,
) -> None:
    """Has an image built.

    Raises:
        Rejected: it cannot be built; with the builder's words.
    """
    doing = f"building {reference}"
    text = dockerfile(wanted)
    with tempfile.TemporaryDirectory(prefix="topo-build-") as folder:
        if text is not None:
            Path(folder, "Dockerfile").write_text(text, encoding="utf-8")
        file = wanted.dockerfile if text is None else str(Path(folder, "Dockerfile"))
        arguments = [
            *(builders.command().path, "buildx", "build", "--builder", "default", "--progress", "plain"),
            *("--load", "--file", file),
            *_options(reference, wanted, labels, secrets),
            wanted.context,
        ]
        environment = _environment(wanted, on) | dict(_handed_over(secrets))
        hidden = [value for name, value in wanted.args.items() if value and looks_secret(name, value)]
        hidden += [line for held in secrets.values() for line in _lines(held)]
        try:
            _run(arguments, environment, doing, hidden, tell)
        except (OSError, ValueError) as error:  # such as a secret that no variable can hold
            raise Rejected(f"{doing}: the docker command cannot be started: {error}") from error


def _options(reference: str, build: Build, labels: Mapping[str, str], secrets: BuildSecrets) -> Iterator[str]:
    for flag, value in flags(build):
        yield from (flag, value) if value is not None else (flag,)
    yield from ("--tag", reference)
    for name, value in {**build.labels, **labels}.items():
        yield from ("--label", f"{name}={value}")
    for name, value in build.args.items():
        yield from ("--build-arg", f"{name}={value}" if _OWN.fullmatch(name) else name)
    for number, (name, held) in enumerate(secrets.items()):
        source = f"src={held}" if isinstance(held, Path) else f"env={_variable(number)}"
        yield from ("--secret", item(f"id={name}", source))


def _handed_over(secrets: BuildSecrets) -> Iterator[tuple[str, str]]:
    """Variable → content, of the secrets that no file holds."""
    for number, held in enumerate(secrets.values()):
        if not isinstance(held, Path):
            yield _variable(number), held.open().decode()


def _lines(held: Sealed | Path) -> list[str]:
    """What of a secret a command may print: it prints lines."""
    try:
        content = held.read_bytes() if isinstance(held, Path) else held.open()
    except OSError:  # which the builder tells
        return []
    lines = (line.strip() for line in content.decode(errors="replace").splitlines())
    return [line for line in lines if line]


def _variable(number: int) -> str:
    return f"TOPO_BUILD_SECRET_{number}"


def _environment(build: Build, on: Endpoint) -> dict[str, str]:
    """The engine that is meant, and the arguments, which no list of processes is to show."""
    found = {name: value for name, value in os.environ.items() if name != "DOCKER_CONTEXT"}
    found |= {name: value for name, value in build.args.items() if not _OWN.fullmatch(name)}
    found |= {"DOCKER_HOST": on.url, "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
    if on.tls:
        found |= {"DOCKER_TLS_VERIFY": "1" if on.verify else "", "DOCKER_CERT_PATH": on.tls}
    return found


def _run(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    doing: str,
    secrets: Sequence[str],
    tell: Tell,
) -> None:
    """In a session of its own: who interrupts topo waits for what is under way, as elsewhere."""
    said = ""
    printed: deque[tuple[str, str]] = deque(maxlen=200)
    failed = ""
    with subprocess.Popen(  # noqa: S603  # the user's own docker command, and no shell
        arguments,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as running:
        assert running.stderr is not None  # noqa: S101  # it is a pipe
        for line in running.stderr:
            if step := _STEP.match(line):
                tell(_without(secrets, f"{step[1]} {step[2].strip()}"))
            if output := _OUTPUT.match(line):
                printed.append((output[1], output[2].rstrip()))
            failed = failure[1] if (failure := _FAILED.match(line)) else failed
            said = line.strip() or said
    if running.returncode:
        error = _ERROR.fullmatch(said)
        last = [f"it said: {text}" for step, text in printed if step == failed][-_LINES:]
        words = "\n".join([f"{doing}: {error[1] if error else said}", *last])
        raise Rejected(_without(secrets, words))


def _without(secrets: Sequence[str], text: str) -> str:
    """BuildKit fills arguments in where it says what it does."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text
