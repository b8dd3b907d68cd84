"""Files that are copied into containers: from where the stack file has them, never with their content."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from cli.script.asked import Asked, read, word
from reconciler.contents import File, Sealed
from reconciler.steps import CopyFiles
from topology.models import Content, Grant, Stack


class Places(Struct, frozen=True):
    """Where the content of a service's files comes from."""

    stack: Stack

    def from_files(self, service: str) -> frozenset[str]:
        """The variables of a service that only an `env_file` says.

        They are read from the shell like other secrets, and not by `--env-file`: docker takes quotes and `$`
        in such a file as they are, and Compose and topo do not, so that another value would come of it.
        """
        found = self.stack.services.get(service)
        return found.from_files if found else frozenset()

    def of(self, service: str, target: str) -> tuple[str, Content] | None:
        """The name of the secret or config that a service has at `target`, and where its content is."""
        found = self.stack.services.get(service)
        if found is None:
            return None
        kinds: tuple[tuple[Sequence[Grant], Mapping[str, Content]], ...] = (
            (found.secrets, self.stack.secrets),
            (found.configs, self.stack.configs),
        )
        for grants, contents in kinds:
            for grant in grants:
                if grant.target == target:
                    return grant.source, contents[grant.source]
        return None

    def of_build(self, service: str, target: str, held: Sealed, asked: Asked) -> str:
        """The variable with what the build of a service may read under an id."""
        build = self.stack.services[service].build
        source = next(one.source for one in build.secrets if one.target == target) if build else target
        variable = self.stack.secrets[source].environment
        what = f"what {source} holds"
        return asked.own(variable, what) if variable else asked.variable("content", source, what, held.digest)


def filling(step: CopyFiles, places: Places, asked: Asked) -> Iterator[str]:
    """A line for each file."""
    for file in step.files:
        to = f"put {word(step.container)} {word(file.target)} {file.mode:04o} {file.uid}:{file.gid}"
        yield _from(step.address.name, file, places, asked).format(to)


def _from(service: str, file: File, places: Places, asked: Asked) -> str:
    """What feeds the file to a command, which stands for {}."""
    name, content = places.of(service, file.target) or (file.target, Content())
    if content.file:
        return "{} < " + _braced(shlex.quote(content.file))
    if content.environment:
        variable = asked.own(content.environment, f"what {name} holds")
    else:
        variable = asked.variable("content", name, f"what {name} holds", file.content.digest)
    return "printf '%s' " + _braced(read(variable)) + " | {}"


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
