"""Files → `Loaded`, by way of text, values, one form, models and what refers to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TextIO

from pydantic import ValidationError

from topology.codes import CONFLICT, DUPLICATE, MISSING, NOT_USED, WRONG_VALUE
from topology.findings import MOST, Finding, Path, Severity, StackError
from topology.load import discover
from topology.load.context import Context
from topology.load.discover import Origin
from topology.load.references import refer
from topology.load.spread import spread
from topology.load.translate import translate
from topology.load.variables import fill_tree
from topology.load.words import error, quoted
from topology.models import Stack
from topology.source import Map, SourceMap, Text, Value, understand
from topology.source.values import File, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
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
) -> Loaded:
    """The stack that the files describe; without files, the one found in or above `directory`.

    Relative paths in it start from `folder`, or else from where the file is.

    Raises:
        StackError: with every fault that could be found, placed and sorted.
    """
    found = discover.origins(files, environ=environ, directory=directory, stdin=stdin)
    if len(found) > 1:
        raise StackError(
            (error(CONFLICT, "a stack of several files is not supported yet", mend="name one with -f"),)
        )
    folder = folder or found[0].folder
    variables = discover.variables(env_files, environ=environ, directory=directory, folder=folder)
    active = discover.active_profiles(profiles, variables)
    context = Context(folder=folder, shown=found[0].shown, variables=variables, profiles=active)
    return _loaded(found[0], context, discover.chosen_name(name, variables))


def _loaded(origin: Origin, context: Context, name: str | None) -> Loaded:
    root = _root(origin, context)
    bare = _without_extensions(root)
    filled, findings = fill_tree(bare, context.variables.get) if "$" in origin.text else (bare, ())
    context.findings.extend(findings)
    tree = spread(filled if isinstance(filled, Map) else root, context)
    _set_name(tree, name, context)
    source = SourceMap(tree)
    stack = _stack(tree, source, context)
    findings = tuple(
        sorted((source.place(found) for found in context.findings), key=lambda found: found.order)
    )
    if stack is None or any(found.severity is Severity.ERROR for found in findings):
        raise StackError(findings)
    return Loaded(stack=stack, source=source, findings=findings, folder=context.folder)


def _root(origin: Origin, context: Context) -> Map:
    root, faults = understand(origin.text, origin.shown)
    if any(fault.code != DUPLICATE for fault in faults):
        raise StackError(faults)
    context.findings.extend(faults)
    if isinstance(root, Map):
        return root
    if root is None:
        message = f"{origin.shown} is empty"
        span = Place(File(origin.shown, origin.text), 0, 0, 0).span()
        raise StackError((error(MISSING, message, mend='begin with "services:"', span=span),))
    message = f"a stack file is a mapping, not {quoted(root)}"
    raise StackError(
        (error(WRONG_VALUE, message, mend='begin with "services:"', span=SourceMap(root).find(())),)
    )


def _without_extensions(root: Map) -> Map:
    """The tree without `x-` keys: their content counts where an alias uses it, and only there."""
    kept = {key: value for key, value in root.items() if key == "x-topo" or not key.startswith("x-")}
    return Map.of(kept, root.at)


def _set_name(tree: Map, name: str | None, context: Context) -> None:
    """The name from outside, from the file, or from the folder."""
    said = tree.get("name")
    if name is None and isinstance(said, Text):
        if not discover.is_stack_name(said):
            label = discover.NAME_RULE
            context.findings.append(
                error(WRONG_VALUE, f"{quoted(said)} cannot name a stack", ("name",), label=label)
            )
        return
    if name is None and said is not None:
        return  # of another shape: the model says so
    folder = discover.normalised(context.folder.name)
    if name is None and not folder:
        message = f"the folder {quoted(context.folder.name)} cannot name the stack"
        context.findings.append(error(MISSING, message, mend='add "name:" to the file, or use -p'))
    key = next((key for key in tree if key == "name"), Text.of("name", tree.at))
    tree[key] = Text.of(name or folder or "stack", tree.at)


def _stack(tree: Map, source: SourceMap, context: Context) -> Stack | None:
    """The stack, with what is wrong with it among the context's findings.

    Fields that cannot be read are left out for a second look, so that the faults between services are found
    in the same run as those within them.
    """
    folder = str(context.folder)
    left_out = frozenset(found.path for found in context.findings if found.code == NOT_USED and found.path)
    try:
        stack = Stack.model_validate(tree, context=folder)
    except ValidationError as fault:
        context.findings.extend(translate(fault, source))
        if fault.error_count() > MOST:
            return None
        left_out |= {_lost(found["type"], found["loc"]) for found in fault.errors(include_url=False)}
        try:
            stack = Stack.model_validate(_without(tree, left_out), context=folder)
        except ValidationError:
            return None
    stack, off = _switched_on(stack, context.profiles)
    context.findings.extend(refer(stack, left_out, off))
    return stack


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
