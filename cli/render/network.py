"""The network commands for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cli.render.cells import padded, visible, width
from cli.render.ink import Ink, Look
from cli.render.words import counted
from cli.report.network import (
    Attachments,
    Existence,
    NetworkDone,
    NetworkInfo,
    NetworkLine,
    Networks,
    Rebuilt,
)


def networks(report: Networks, look: Look) -> str:
    """A line for each; quiet, its name alone."""
    if look.quiet:
        return "\n".join(visible(one.name) for one in report.networks)
    rows = [
        (one.name, one.driver, one.owner, ", ".join(one.subnets), str(len(one.members)))
        for one in report.networks
    ]
    return "\n".join(_table(("NETWORK", "DRIVER", "OWNER", "SUBNETS", "CONTAINERS"), rows, look.ink))


def info(report: NetworkInfo, look: Look) -> str:
    """What it is, then who is on it."""
    one = report.network
    said = [
        *((name, value) for name, value in _facts(one) if value),
        *((f"option {name}", value) for name, value in sorted(one.options.items())),
        *((f"label {name}", value) for name, value in sorted(one.labels.items())),
    ]
    wide = max(width(name) for name, _ in said)
    lines = [f"{look.ink.faint(padded(visible(name), wide))}  {visible(value)}" for name, value in said]
    rows = [
        (each.container, each.stack, ", ".join(each.addresses), ", ".join(each.aliases))
        for each in one.members
    ]
    members = _table(("CONTAINER", "STACK", "ADDRESSES", "ALIASES"), rows, look.ink) if rows else ()
    return "\n".join([*lines, *(["", *members] if rows else ["", "nobody is on it"])])


def _facts(one: NetworkLine) -> Iterator[tuple[str, str]]:
    yield "name", one.name
    yield "id", one.id[:12]
    yield "driver", one.driver
    yield "owner", one.owner
    yield "subnets", ", ".join(one.subnets)
    yield "gateways", ", ".join(one.gateways)
    yield "internal", "yes: nothing leads out of it" if one.internal else ""
    yield "ipv6", "yes" if one.ipv6 else ""


def exists(report: Existence, look: Look) -> str:
    """Whether it does; quiet, the exit code says it all."""
    if look.quiet:
        return ""
    return f"network {visible(report.name)} {'exists' if report.exists else 'does not exist'}"


def done(report: NetworkDone, look: Look) -> str:
    """What was done, and how long it lasts."""
    if look.quiet:
        return ""
    return "\n".join([visible(report.text), *([f"  = {report.hint}"] if report.hint else [])])


def attachments(report: Attachments, look: Look) -> str:
    """A line for each container, with what differs from the file."""
    rows = []
    for line in report.containers:
        where = (" ".join([name, *line.addresses.get(name, ())[:1]]) for name in line.joined)
        drift = ", ".join(name.removeprefix("networks.") for name in line.drift)
        rows.append(
            (
                f"{line.service}[{line.replica}]",
                ", ".join(where),
                ", ".join(line.wanted),
                drift,
                ", ".join(port.removesuffix("/tcp") for port in line.ports),
            )
        )
    return "\n".join(_table(("SERVICE", "IS ON", "SHOULD BE ON", "DRIFTED", "PORTS"), rows, look.ink))


def rebuilt(report: Rebuilt, look: Look) -> str:
    """A line for each service, then how many failed."""
    lines = []
    for one in report.services:
        if one.errors:
            lines += [
                f"{look.ink.error('failed')}  {visible(one.service)}: {visible(text)}" for text in one.errors
            ]
        elif not look.quiet:
            what = f"put back with {counted(one.calls, 'call')}" if one.calls else "is on its networks"
            lines.append(f"{look.ink.good('done')}    {visible(one.service)}: {what}")
    if report.failed:
        lines.append(f"{report.failed} of {counted(len(report.services), 'service')} failed")
    return "\n".join(lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], ink: Ink) -> Iterator[str]:
    cells = [tuple(visible(cell) for cell in row) for row in rows]
    wide = [max(width(row[column]) for row in (head, *cells)) for column in range(len(head))]
    for row in (head, *cells):
        line = "  ".join(padded(cell, columns) for cell, columns in zip(row, wide, strict=True)).rstrip()
        yield ink.faint(line) if row is head else line
