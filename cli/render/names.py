"""`topo dns`: lines for /etc/hosts, or for dnsmasq."""

from __future__ import annotations

from cli.render.ink import Look
from cli.report.names import Names


def hosts(report: Names, look: Look) -> str:
    """A line for each address, with all its names."""
    return _lines(report, look, [f"{one.address}\t{' '.join(one.names)}" for one in report.records])


def dnsmasq(report: Names, look: Look) -> str:
    """A line for each address; a name that has several is answered with all of them."""
    return _lines(
        report, look, [f"host-record={','.join((*one.names, one.address))}" for one in report.records]
    )


def _lines(report: Names, look: Look, lines: list[str]) -> str:
    head = [] if look.quiet else [f"# {report.stack}, by topo dns: changes are overwritten"]
    return "\n".join([*head, *lines])
