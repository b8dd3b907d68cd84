"""Files → `Loaded`, by way of text, values, one form, models and what refers to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import TextIO

from msgspec import Struct
from pydantic import ValidationError

from topology.codes import MISREAD, MISSING, WRONG_VALUE
from topology.findings import MOST, Finding, Path, Severity, StackError
from topology.load import defaults, discover
from topology.load.assemble import assembled
from topology.load.context import Context
from topology.load.discover import Origin
from topology.load.document import parsed
from topology.load.references import Reading, refer
from topology.load.spread import spread
from topology.load.translate import translate
from topology.load.variables import Malformed, fill
from topology.load.words import error, quoted, warning
from topology.models import Stack
from topology.source import Map, SourceMap, Text, Value


class Loaded(Struct, frozen=True, kw_only=True):
    """A stack that can be used, where each part of it stands, and what should be known about it.

    `findings` holds warnings and notes only, placed and sorted; `folder` is where the stack file is.
    """

    stack: Stack
    source: SourceMap
    findings: tuple[Finding, ...]
    folder: FilePath


def load(
    files: Sequence[str],
    *,
    environ: Mapping[str, str],
    directory: FilePath,
    name: str | None = None,
    env_files: Sequence[str] = (),
    stdin: TextIO | str | None = None,
    profiles: Sequence[str] = (),
    folder: FilePath | None = None,
    engine: str | None = None,
) -> Loaded:
    """The stack that the files describe; without files, the one found in or above `directory`.

    Relative paths in it start from `folder`, or else from where the file is. `engine` says which kind it is
    for, whatever the file does.

    Raises:
        StackError: with every fault that could be found, placed and sorted.
    """
    known = discover.variables(env_files, environ=environ, directory=directory, folder=directory)
    found = discover.origins(files, environ=known, directory=directory, stdin=stdin)
    folder = folder or found[0].folder
    variables = discover.variables(env_files, environ=environ, directory=directory, folder=folder)
    context = Context(
        folder=folder,
        shown=found[0].shown,
        variables=variables,
        directory=directory,
        profiles=discover.active_profiles(profiles, variables),
        engine=engine,
    )
    return _loaded(found, context, discover.chosen_name(name, variables))


def _loaded(origins: Sequence[Origin], context: Context, name: str | None) -> Loaded:
    roots = [(origin, parsed(origin, context)) for origin in origins]
    _tell_name(roots, name, context)
    _tell_engine(roots, context)
    tree = spread(assembled(roots, context), context)
    _set_name(tree, name, context)
    _forget_derived_names(tree)
    source = SourceMap(tree)
    stack = _stack(tree, source, context)
    placed = (context.brought.explained(source.place(found)) for found in context.findings)
    findings = tuple(sorted(placed, key=lambda found: found.order))
    if stack is None or any(found.severity is Severity.ERROR for found in findings):
        raise StackError(findings)
    return Loaded(stack=_knowing(stack, context), source=source, findings=findings, folder=context.folder)


def _knowing(stack: Stack, context: Context) -> Stack:
    """The stack, whose services know which of their variables come from files."""
    known = context.from_files
    services = {
        name: one.knowing(known[name]) if known.get(name) else one for name, one in stack.services.items()
    }
    return stack.model_copy(update={"services": services})


def _tell_name(roots: Sequence[tuple[Origin, Map]], name: str | None, context: Context) -> None:
    """Files may ask for the stack's name as a variable; the last file that says one decides."""
    said = [root["name"] for _, root in roots if isinstance(root.get("name"), Text)]
    if name is None and said:
        try:
            name = discover.normalised(fill(str(said[-1]), context.variables.get).text)
        except Malformed:
            name = None
    known = name or discover.normalised(context.folder.name)
    context.variables = {"COMPOSE_PROJECT_NAME": known, **context.variables}


def _tell_engine(roots: Sequence[tuple[Origin, Map]], context: Context) -> None:
    """What a field is worth may depend on the engine; the last file that says one decides."""
    said = [root["engine"] for _, root in roots if isinstance(root.get("engine"), Text)]
    if context.engine is None and said:
        context.engine = str(said[-1])


def _set_name(tree: Map, name: str | None, context: Context) -> None:
    """The name from outside, from the file, or from the folder."""
    said = tree.get("name")
    if name is None and isinstance(said, Text):
        tree["name"] = _named_in_file(said, context)
        return
    if name is None and said is not None:
        return  # of another shape: the model says so
    folder = discover.normalised(context.folder.name)
    if name is None and not folder:
        message = f"the folder {quoted(context.folder.name)} cannot name the stack"
        context.findings.append(error(MISSING, message, mend='add "name:" to the file, or use -p'))
    key = next((key for key in tree if key == "name"), Text.of("name", tree.at))
    tree[key] = Text.of(name or folder or "stack", tree.at)


def _named_in_file(said: Text, context: Context) -> Text:
    """The name that a file says, as Compose takes it: without what cannot stand in a name."""
    if discover.is_stack_name(said):
        return said
    name, label = discover.normalised(said), discover.NAME_RULE
    if name:
        found = warning(MISREAD, f'the stack is called "{name}", not {quoted(said)}', ("name",), label=label)
    else:
        found = error(WRONG_VALUE, f"{quoted(said)} cannot name a stack", ("name",), label=label)
    context.findings.append(found)
    return Text.of(name or said, said.at)


def _forget_derived_names(tree: Map) -> None:
    """A name that would be given anyway is none: what is said twice has one form."""
    for kind in ("networks", "volumes", "secrets", "configs"):
        declared = tree.get(kind)
        for key, said in declared.items() if isinstance(declared, Map) else ():
            if isinstance(said, Map) and said.get("name") is not None and isinstance(declared, Map):
                derived = key if said.get("external") == "true" else f"{tree.get('name')}_{key}"
                if said["name"] == derived:
                    kept = {name: value for name, value in said.items() if name != "name"}
                    declared[key] = Map.of(kept, said.at)


def _stack(tree: Map, source: SourceMap, context: Context) -> Stack | None:
    """The stack, with what is wrong with it among the context's findings.

    Fields that cannot be read are left out for a second look, so that the faults between services are found
    in the same run as those within them.
    """
    folder = str(context.folder)
    left_out = frozenset(context.unread)
    lost: frozenset[Path] = frozenset()
    try:
        stack = Stack.model_validate(tree, context=folder)
    except ValidationError as fault:
        told = {_what(one) for one in context.findings}  # `deploy` was looked at before it was moved
        context.findings.extend(one for one in translate(fault, source) if _what(one) not in told)
        if fault.error_count() > MOST:
            return None
        lost = frozenset(_lost(found["type"], found["loc"]) for found in fault.errors(include_url=False))
        try:
            stack = Stack.model_validate(_without(tree, lost), context=folder)
        except ValidationError:
            return None
    if context.engine in {"docker", "swarm"}:  # the other kind is a model of the first
        stack = stack.model_copy(update={"engine": context.engine})
    stack, off = _switched_on(defaults.applied(stack), context.profiles)
    reading = Reading(
        stack=stack,
        left_out=left_out | lost,
        off=off,
        provided=frozenset(context.provided),
        cluster=context.engine == "swarm",
    )
    context.findings.extend(refer(reading))
    return stack


def _what(found: Finding) -> tuple[object, ...]:
    """A fault whatever its field is called: what a value must be is the same wherever it is moved to."""
    _, must, wanted = found.message.partition(" must ")
    return found.code, found.span, wanted if must else found.path[-1:]


def _switched_on(stack: Stack, profiles: frozenset[str]) -> tuple[Stack, frozenset[str]]:
    """The stack without the services that none of the profiles switches on, and their names."""
    off = frozenset(
        name
        for name, service in stack.services.items()
        if service.profiles and "*" not in profiles and profiles.isdisjoint(service.profiles)
    )
    if not off:
        return stack, off
    services = {name: service for name, service in stack.services.items() if name not in off}
    return stack.model_copy(update={"services": services}), off


def _lost(kind: str, path: Path) -> Path:
    """The smallest mapping entry to leave out so that the rest can be read; a list goes as a whole."""
    cut = next((at for at, segment in enumerate(path) if isinstance(segment, int)), len(path))
    if kind == "missing" and cut == len(path):
        cut -= 1
    return path[: max(cut, 1)]


def _without(tree: Value, left_out: frozenset[Path], depth: int = 0) -> Value:
    """The tree without the entries at the given paths; services and networks stay by name, empty."""
    if not isinstance(tree, Map):
        return tree
    made: dict[str, Value] = {}
    for key, value in tree.items():
        below = frozenset(path[1:] for path in left_out if path and path[0] == key)
        if () not in below:
            made[key] = _without(value, below, depth + 1) if below else value
        elif depth == 1:
            made[key] = None
    return Map.of(made, tree.at)
