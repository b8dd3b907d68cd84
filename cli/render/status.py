"""`topo status` for people: a line for each container, then what drifted, then one line that sums up."""

from __future__ import annotations

from collections.abc import Iterator

from cli.render.cells import padded, visible, width
from cli.render.fields import drifted, field_name
from cli.render.ink import Ink, Look
from cli.render.words import counted, listed
from cli.report.status import ABSENT, Status, TaskLine, UnitLine

_NEXT = {
    "updating": "; topo apply watches it to its end",
    "update paused": "; topo apply tries it again, topo rollback goes back",
}
_HEAD = ("SERVICE", "STATE", "UP", "PORTS", "NETWORKS", "CONTAINER")


def text(report: Status, look: Look) -> str:
    """The table, the drift, the summary; quiet, only what is not as it should be."""
    ink = look.ink
    units = [unit for unit in report.units if not look.quiet or not _is_fine(unit)]
    shown = (_table(units, ink), _tasks(units, ink), _updates(units, ink), _drift(report, ink))
    parts = [list(part) for part in shown]
    if not look.quiet or report.code:
        parts.append([*_applied(report, ink), summary(report, ink)])
    return "\n\n".join("\n".join(part) for part in parts if part)


def summary(report: Status, ink: Ink) -> str:
    """`shop: 3 of 4 are well, 1 field drifted`."""
    wanted = [unit for unit in report.units if unit.wanted]
    well = sum(unit.is_well for unit in wanted)
    noun = "service" if any(unit.running is not None or not unit.replica for unit in wanted) else "container"
    parts = [f"{well} of {counted(len(wanted), noun)} well"]
    things = [address for address in report.missing if not address.startswith("service.")]
    parts += [f"missing: {listed(things)}"] if things else []
    parts += [f"{counted(len(report.drift), 'field')} drifted"] if report.drift else []
    parts += [counted(len(report.obstacles), "obstacle")] if report.obstacles else []
    if report.pending:
        parts.append(f"{counted(len(report.pending), 'change')} of the file not applied yet")
    worst = ink.error if report.code or well < len(wanted) else ink.good
    return f"{worst(visible(report.stack))}: {', '.join(parts)}"


def _applied(report: Status, ink: Ink) -> Iterator[str]:
    """When and by whom, and whether it came to its end; before that, the nodes that take no part."""
    if report.idle_nodes:
        yield ink.warning(f"no tasks run on {visible(listed(report.idle_nodes))}")
    if last := report.applied:
        how = "last applied" if last.complete else "last apply, which did not come to its end:"
        yield ink.faint(f"{how} {visible(last.at)} by {visible(last.by)}, topo {visible(last.version)}")


def _is_fine(unit: UnitLine) -> bool:
    return unit.is_well and unit.wanted


def _table(units: list[UnitLine], ink: Ink) -> Iterator[str]:
    if not units:
        return
    rows = [_HEAD, *map(_row, units)]
    wide = [max(width(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row, unit in zip(rows, [None, *units], strict=True):
        shown = [padded(cell, columns) for cell, columns in zip(row, wide, strict=True)]
        if unit is not None:
            shown[1] = (ink.good if _is_fine(unit) else ink.error)(shown[1])
        line = "  ".join(shown).rstrip()
        yield line if unit else ink.faint(line)


def _row(unit: UnitLine) -> tuple[str, ...]:
    return (
        visible(f"{unit.service}[{unit.replica}]" if unit.replica else unit.service),
        state_of(unit),
        "" if unit.up_seconds is None else _span(unit.up_seconds),
        visible(", ".join(port.removesuffix("/tcp") for port in unit.ports)),
        visible(", ".join(_place(name, unit) for name in unit.networks)),
        visible(f"{unit.container} {unit.id[:12]}".rstrip()),
    )


def _place(network: str, unit: UnitLine) -> str:
    """A network, and the first of the addresses there."""
    return " ".join([network, *unit.addresses.get(network, ())[:1]])


def state_of(unit: UnitLine) -> str:
    """`running, healthy`, `exited with 137`, `absent`, and whether anybody wants it."""
    words = unit.status
    if unit.running is not None:
        verb = "done" if unit.job else "run"
        words = f"{unit.running} of {unit.asked} {verb}" + (f", {unit.update}" if unit.update else "")
    elif unit.exit_code is not None:
        words += f" with {unit.exit_code}"
    if unit.health != "none":
        words += f", {unit.health}"
    if unit.ready is not None:
        words += ", ready" if unit.ready else f", not ready: {visible(unit.lacks)}"
    if not unit.wanted and unit.status != ABSENT:
        words += ", not in the stack"
    return words


def _tasks(units: list[UnitLine], ink: Ink) -> Iterator[str]:
    """Where the tasks of services are, and the words of those that wait or have failed."""
    rows = [
        (_slot(unit, task), task.state, task.node or "no node", task.said)
        for unit in units
        for task in unit.tasks
    ]
    if not rows:
        return
    wide = [max(width(visible(row[column])) for row in rows) for column in range(3)]
    yield ink.strong("tasks")
    for row in rows:
        cells = [padded(visible(cell), columns) for cell, columns in zip(row[:3], wide, strict=True)]
        yield f"  {'  '.join(cells)}  {visible(row[3])}".rstrip()


def _updates(units: list[UnitLine], ink: Ink) -> Iterator[str]:
    """The engine's words on updates that have not come to the end that was asked for, and what to do."""
    rolling = [unit for unit in units if unit.update_said]
    if rolling:
        yield ink.strong("updates")
    wide = max((width(visible(unit.service)) for unit in rolling), default=0)
    for unit in rolling:
        then = _NEXT.get(unit.update, "")
        yield f"  {padded(visible(unit.service), wide)}  {visible(unit.update_said)}{then}"


def _slot(unit: UnitLine, task: TaskLine) -> str:
    return f"{unit.service}.{task.slot}" if task.slot else unit.service


def _span(seconds: float) -> str:
    """`45 s`, `12 min`, `3 h`, `9 d`."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _drift(report: Status, ink: Ink) -> Iterator[str]:
    if report.drift:
        yield ink.strong("drifted")
    wide = max((width(visible(line.address)) for line in report.drift), default=0)
    for line in report.drift:
        name = field_name(line.field, report.stack)
        yield f"  {padded(visible(line.address), wide)}  {name} {drifted(line.field)}"
    for obstacle in report.obstacles:
        yield f"{ink.error('in the way')}: {obstacle.address}: {visible(obstacle.message)}"
