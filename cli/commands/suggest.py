"""`topo suggest`."""

from __future__ import annotations

import difflib
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.faults import CommandError
from cli.options import CommonOptions, StackOptions
from cli.report.suggest import NetLine, Suggest
from cli.world import World

if TYPE_CHECKING:
    from cli.report.check import ClaimLine
    from topology.load import Loaded
    from topology.suggest import Suggestion


class SuggestFormat(enum.Enum):
    """How a suggestion is written."""

    TEXT = "text"
    DIFF = "diff"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class SuggestOptions(StackOptions, CommonOptions):
    """The flags of `topo suggest`."""

    format: Annotated[
        SuggestFormat,
        typer.Option(
            "--format", metavar="FORMAT", help="How to write it: text, diff (for git apply) or json."
        ),
    ] = SuggestFormat.TEXT
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write the changed stack file to FILE."),
    ] = None
    pool: Annotated[
        str | None,
        typer.Option(
            "--pool",
            metavar="CIDR",
            help="Where new subnets come from, instead of a range by the stack's name.",
        ),
    ] = None
    no_subnets: Annotated[
        bool, typer.Option("--no-subnets", help="Leave the subnets of new networks to the engine.")
    ] = False


def suggest(options: SuggestOptions, world: World) -> Suggest:
    """Write the networks that open exactly the links and nothing else.

    Shows them with a patch to the stack file, which keeps its comments, or writes the changed file. What
    networks cannot take away is named. Needs no Docker.
    """
    from cli.wiring import loaded
    from topology.suggest import suggest as suggested

    found = loaded(options, world)
    made = suggested(found.stack, pool=_pool(options.pool), subnets=not options.no_subnets)
    if made is None:
        raise CommandError(
            "no service says what it needs, so every network would be too much",
            "say who opens connections to whom: links: [SERVICE]",
            *_hints(found),
        )
    text = _proved(found, made, options, world)
    if options.output:
        _save(text, world.directory / options.output, options.output)
    return _report(found, made, text, options, world)


def _hints(found: Loaded) -> Iterator[str]:
    """Links that the file looks as if it wanted."""
    from topology.graph import topology_of
    from topology.suggest import mentions

    for one in mentions(found.stack, topology_of(found.stack)):
        yield f"{one.source} names {one.target} in {one.where}: perhaps it wants links: [{one.target}]"


def _pool(text: str | None) -> IPv4Network | None:
    if text is None:
        return None
    try:
        return IPv4Network(text)
    except ValueError as error:
        raise CommandError(f"--pool takes a range such as 10.64.0.0/16, not {text}", str(error)) from error


def _proved(found: Loaded, made: Suggestion, options: SuggestOptions, world: World) -> str:
    """The new text of the file, read again and found to say what was suggested.

    Raises:
        CommandError: the file is written in a way that cannot be edited.
    """
    from topology.findings import StackError
    from topology.suggest import edited

    before = found.source.text
    text = edited(before, found.stack, made)
    try:
        again = _reread(text, found, options, world)
    except StackError as error:
        raise _unwritable(found, error.findings[0].message) from error
    for name, service in made.stack.services.items():
        if tuple(again.stack.services[name].networks.items()) != tuple(service.networks.items()):
            raise _unwritable(found, f"the networks of {name} come from elsewhere")
    if again.stack.networks != made.stack.networks:
        raise _unwritable(found, "its networks come from elsewhere")
    return text


def _unwritable(found: Loaded, why: str) -> CommandError:
    return CommandError(
        f"{found.source.file} is written in a way that topo cannot edit: {why}",
        "topo config > stack.yml writes it plainly, and topo suggest can work on that",
    )


def _reread(text: str, found: Loaded, options: SuggestOptions, world: World) -> Loaded:
    from topology.load import load

    return load(
        ["-"],
        environ=world.environ,
        directory=world.directory,
        name=found.stack.name,
        env_files=options.env_files,
        stdin=text,
        folder=found.folder,
    )


def _save(text: str, path: Path, shown: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"cannot write {shown}: {(error.strerror or str(error)).lower()}") from error


def _report(found: Loaded, made: Suggestion, text: str, options: SuggestOptions, world: World) -> Suggest:
    return Suggest(
        stack=found.stack.name,
        file=found.source.file,
        needs=len(made.needs.wanted),
        exact=made.layout.exact,
        networks=tuple(_lines(made)),
        gone=made.layout.gone,
        before=made.before,
        after=made.after,
        stays=made.stays,
        reverses=made.reverses,
        suspected=made.suspected,
        claims=_broken(made, world),
        notes=made.notes,
        diff=patch(found.source.text, text, found.source.file),
        saved=options.output,
    )


def _lines(made: Suggestion) -> Iterator[NetLine]:
    for net in made.layout.nets:
        block = made.subnets.get(net.name)
        yield NetLine(
            name=net.name,
            members=net.members,
            internal=net.internal,
            kept=net.kept,
            subnet=str(block) if block else None,
        )


def _broken(made: Suggestion, world: World) -> tuple[ClaimLine, ...]:
    """The claims that do not hold once the suggestion is followed."""
    from cli.report.check import claim_lines
    from topology.rules import check

    claims = made.stack.policy.claims
    findings = check(made.stack, today=world.now().date())
    lines = claim_lines(claims, (None,) * len(claims), findings)
    return tuple(line for line in lines if not line.holds)


def patch(old: str, new: str, file: str) -> str:
    """A unified diff that `git apply` and `patch -p1` take; empty where nothing changes."""
    name = file.removeprefix("/")
    lines = difflib.unified_diff(old.splitlines(True), new.splitlines(True), f"a/{name}", f"b/{name}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
