"""`topo plan` for people: by service what changes, field by field and why, then one line that sums up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from cli.render.cells import padded, visible, width
from cli.render.fields import becomes, field_name, network_name
from cli.render.ink import Ink, Look
from cli.render.reachability import block
from cli.render.words import counted, listed
from cli.report.plan import (
    ADOPT,
    AWAIT,
    CREATE,
    RECONNECT,
    REMOVE,
    REPLACE,
    UPDATE,
    ChangeLine,
    FieldLine,
    Plan,
)

_SHORT_DIGEST: Final = len("sha256:") + 12

SIGNS = {CREATE: "+", UPDATE: "~", AWAIT: "…", RECONNECT: "~", REPLACE: "±", REMOVE: "-", ADOPT: "="}


def text(report: Plan, look: Look) -> str:
    """The changes, what they do to reach, and the summary; quiet, only the summary and what is in the way."""
    ink = look.ink
    parts = [_obstacles(report, ink), _notes(report, ink), [summary(report, ink)]]
    if not look.quiet:
        parts[:0] = [*_groups(report, ink), _steps(report, ink), block(report.reachability, ink)]
    return "\n\n".join("\n".join(part) for part in parts if part)


def summary(report: Plan, ink: Ink) -> str:
    """`3 to create, 1 to reconnect, 0 to replace, 0 to remove`, or that there is nothing to do."""
    if report.obstacles:
        return ink.error(f"{counted(len(report.obstacles), 'obstacle')}: this plan cannot be carried out")
    if not report.steps:
        return ink.good(f"nothing to do: {visible(report.stack)} is as the stack says")
    counts = dict(report.counts)
    for rare in (UPDATE, AWAIT, ADOPT):
        if not counts[rare]:
            del counts[rare]
    return ", ".join(f"{number} to {action.removesuffix(' in place')}" for action, number in counts.items())


def _groups(report: Plan, ink: Ink) -> Iterator[list[str]]:
    for kind, changes in groupby(report.changes, lambda change: change.kind):
        yield [ink.strong(f"{kind}s"), *_changes(list(changes), report.stack, ink)]


def _changes(changes: list[ChangeLine], stack: str, ink: Ink) -> Iterator[str]:
    """The changes of one group; replicas that change alike share their lines."""
    alike: dict[tuple[object, ...], list[ChangeLine]] = {}
    for change in changes:
        lines = tuple(_change(change, stack, ink))
        alike.setdefault((change.name, change.action, *lines), []).append(change)
    labels = {key: _label(together) for key, together in alike.items()}
    wide = max(map(width, labels.values()))
    for key, label in labels.items():
        _, action, first, *rest = key
        sign = _inked(str(action), SIGNS[str(action)], ink)
        yield f"  {sign} {padded(label, wide)}  {first}".rstrip()
        yield from map(str, rest)


def _label(together: list[ChangeLine]) -> str:
    name = visible(together[0].name)
    return f"{name}[{_numbers([change.replica for change in together])}]" if together[0].replica else name


def _numbers(numbers: list[int]) -> str:
    """`1-3,5`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _change(change: ChangeLine, stack: str, ink: Ink) -> Iterator[str]:
    """The action in words, then a line for each field."""
    gap = {True: ", with a gap: the old one stops before the new one starts", False: ", no gap", None: ""}
    what = _inked(change.action, change.action, ink) + gap[change.gap]
    yield what + ink.faint(visible(_more(change, stack)))
    if change.leftovers:
        yield f"      removes {counted(change.leftovers, 'container')} that an interrupted replacement left"
    yield from _fields(change.fields, stack, ink)


def _more(change: ChangeLine, stack: str) -> str:
    """What is made, in a few words; or why something goes."""
    if change.action in {REMOVE, ADOPT} or (change.action == REPLACE and not change.fields):
        return f": {change.reason}"
    if change.spec is None or change.kind != "service":
        return ""
    networks = listed(network_name(name, stack) for name in change.spec.get("networks", ()))
    ports = listed(port.removesuffix("/tcp") for port in change.spec.get("ports", ()))
    parts = [_image(change.spec), networks and f"on {networks}", ports and f"publishes {ports}"]
    return f"  {', '.join(filter(None, parts))}"


def _image(spec: Mapping[str, Any]) -> str:
    """`nginx:1.27@sha256:0123456789ab`: as much of a digest as people tell images by."""
    name, digest = str(spec.get("image", "")), str(spec.get("image_digest", ""))
    return f"{name}@{digest[:_SHORT_DIGEST]}" if digest else name


def _fields(fields: tuple[FieldLine, ...], stack: str, ink: Ink) -> Iterator[str]:
    rows = [(field_name(field, stack), becomes(field), f"{field.cause}, {field.reach}") for field in fields]
    names = max((width(name) for name, _, _ in rows), default=0)
    values = max((width(value) for _, value, _ in rows), default=0)
    for name, value, why in rows:
        yield f"      {padded(name, names)}  {padded(value, values)}  {ink.faint(why)}"


def _obstacles(report: Plan, ink: Ink) -> list[str]:
    lines = []
    for one in report.obstacles:
        lines.append(f"{ink.error('in the way')}: {one.address}: {visible(one.message)}")
        place = f"asked for at {one.place}; " if one.place else ""
        lines.append(f"  = {visible(place + one.mend)}")
    return lines


def _notes(report: Plan, ink: Ink) -> list[str]:
    return [f"{ink.warning('note')}: {visible(one)}" for one in report.notes]


def _steps(report: Plan, ink: Ink) -> list[str]:
    if not report.show_steps or not report.steps:
        return []
    wide = len(str(len(report.steps)))
    lines = [ink.strong("steps")]
    for index, step in enumerate(report.steps, 1):
        after = f"  after {', '.join(str(need + 1) for need in step.needs)}" if step.needs else ""
        lines.append(f"  {index:>{wide}}  {visible(step.text)}{ink.faint(after)}")
    return lines


def _inked(action: str, words: str, ink: Ink) -> str:
    colour = {
        CREATE: ink.good,
        UPDATE: ink.changed,
        AWAIT: ink.changed,
        RECONNECT: ink.changed,
        REPLACE: ink.warning,
        REMOVE: ink.gone,
        ADOPT: ink.good,
    }
    return colour[action](words)
