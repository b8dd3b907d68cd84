"""Plans in files: what was reviewed is what is done, or nothing is.

A file holds what the plan was made from (the flags), what it says, and its fingerprint, and no secret. To
carry it out the plan is made again from the same stack files, and must have the same fingerprint: every step
is as it was, down to the values that the file does not show.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, Final, TypeVar

from cli.exits import Exit
from cli.faults import CommandError
from cli.options import ChoosingOptions, StackOptions
from cli.render.document import FORMAT_VERSION, document
from cli.report.plan import Plan
from cli.world import World

_ASKED: Final = "asked"
_HEAD: Final = {"format_version": FORMAT_VERSION, "kind": "plan"}
_KEPT: Final = tuple(
    each.name
    for group in (StackOptions, ChoosingOptions)
    for each in fields(group)
    if each.name not in {"quiet", "no_color"}
)
"""The flags that a plan depends on."""

Asked = TypeVar("Asked", bound=StackOptions)


def save(report: Plan, options: StackOptions, world: World) -> None:
    """Writes a plan to the file that `options.output` names.

    Raises:
        CommandError: it cannot be written.
    """
    name = str(getattr(options, "output", ""))
    asked = {name: getattr(options, name) for name in _KEPT}
    text = json.dumps(document(report) | {_ASKED: asked}, indent=2, ensure_ascii=False)
    try:
        (world.directory / name).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"cannot write {name}: {(error.strerror or str(error)).lower()}") from error
    if not getattr(options, "quiet", False):
        print(f"saved to {name}; carry it out with: topo apply {name}", file=world.stderr)


def opened(name: str, world: World) -> Mapping[str, Any]:
    """A plan that was saved.

    Raises:
        CommandError: it cannot be read, or is something else.
    """
    try:
        found = json.loads((world.directory / name).read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"cannot read {name}: {(error.strerror or str(error)).lower()}") from error
    except ValueError as error:
        raise CommandError(f"{name} is no plan", "save one with: topo plan -o FILE") from error
    if not isinstance(found, dict) or {key: found.get(key) for key in _HEAD} != _HEAD or _ASKED not in found:
        raise CommandError(f"{name} is no plan that this topo can read", "save one with: topo plan -o FILE")
    return found


def as_asked(saved: Mapping[str, Any], options: Asked) -> Asked:
    """The flags with which the plan was made.

    Raises:
        CommandError: the command line says something else.
    """
    given = [name for name in _KEPT if getattr(options, name)]
    if given:
        raise CommandError(
            "a saved plan knows its stack file and its choices", "leave out -f, -p, --target and their like"
        )
    return replace(options, **{name: saved[_ASKED][name] for name in _KEPT if name in saved[_ASKED]})


def refuse_another(saved: Mapping[str, Any], now: Plan) -> None:
    """Nothing is done where the plan would be another one now.

    Raises:
        CommandError: with code REFUSED; it says what has changed since.
    """
    if saved.get("fingerprint") == now.fingerprint:
        return
    differences = tuple(_differences(saved, document(now)))
    raise CommandError(
        "the plan is stale: it would be another one now",
        *(differences or ("values that a plan does not show are others now",)),
        "make it again with: topo plan -o FILE",
        code=Exit.REFUSED,
    )


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    old, new = (
        {f"{change['action']} {change['address']}": change for change in side.get("changes", ())}
        for side in (before, now)
    )
    for key in old:
        if key not in new:
            yield f"was in the plan, and is not needed now: {key}"
        elif old[key] != new[key]:
            yield f"differs in another way now: {key}"
    for key in new:
        if key not in old:
            yield f"was not in the plan: {key}"
    images = before.get("images", {})
    for name, image in now["images"].items():
        if images.get(name, image) != image:
            yield f"another image is called {name} now"
