"""One stack file → the tree it holds: a mapping, with variables filled in and `x-topo` unfolded."""

from __future__ import annotations

from topology.codes import CONFLICT, DUPLICATE, MISSING, WRONG_VALUE
from topology.findings import Path, Related, StackError
from topology.load.context import Context
from topology.load.discover import Origin
from topology.load.variables import fill_tree
from topology.load.words import error, name_of, quoted, span_of
from topology.source import Map, SourceMap, understand
from topology.source.values import File, Place


def parsed(origin: Origin, context: Context) -> Map:
    """What the file holds, as it was typed.

    Raises:
        StackError: it is not YAML, or no mapping.
    """
    root, faults = understand(origin.text, origin.shown)
    if any(fault.code != DUPLICATE for fault in faults):
        raise StackError(faults)
    context.findings.extend(faults)
    if isinstance(root, Map):
        return _without_extensions(root)
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


def filled(root: Map, origin: Origin, context: Context) -> Map:
    """The same with variables filled in, and with what `x-topo` says in the open."""
    if "$" in origin.text:
        tree, findings = fill_tree(root, context.variables.get)
        context.findings.extend(findings)
        root = tree if isinstance(tree, Map) else root
    return _hoisted(root, context) if "x-topo" in origin.text else root


def _hoisted(root: Map, context: Context) -> Map:
    made = _opened(root, (), context)
    services = made.get("services")
    if isinstance(services, Map):
        opened = {
            name: _opened(said, ("services", name), context) if isinstance(said, Map) else said
            for name, said in services.items()
        }
        made[next(key for key in made if key == "services")] = Map.of(opened, services.at)
    return made


def _opened(said: Map, path: Path, context: Context) -> Map:
    """A copy in which the content of `x-topo` stands in the open."""
    made = Map.of(dict(said), said.at)
    extra = made.pop("x-topo", None)
    for key, value in extra.items() if isinstance(extra, Map) else ():
        if key not in made:
            made[key] = value
            continue
        first = Related(
            message="it is said in the open", span=span_of(next(known for known in made if known == key))
        )
        message = f'"{key}" of {name_of(path)} is said in the open and in x-topo'
        context.findings.append(
            error(CONFLICT, message, mend="keep one of the two", span=span_of(key), related=(first,))
        )
    return made
