"""What the page knows, as plain values for its script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cli.report.graph import ServiceNode
from cli.report.picture import Change, Picture


def known(report: Picture) -> dict[str, Any]:
    """Who reaches whom and how, and what there is to say of each service."""
    answers = report.answers
    if answers is None:
        raise ValueError("a page needs the answers")
    services = report.graph.services
    return {
        "ends": answers.ends,
        "rows": answers.rows,
        "told": {
            f"{a},{b}": [
                [[one.how, one.network, one.text, one.doubt] for one in told.routes],
                list(told.reasons),
            ]
            for (a, b), told in answers.told.items()
        },
        "direct": answers.direct,
        "networks": {one.name: list(_networks(report, one)) for one in services},
        "claims": {one.name: lines for one in services if (lines := list(_claims(report, one.name)))},
        "words": {one.name: "\n".join(_words(report, one)) for one in services},
    }


def _networks(report: Picture, service: ServiceNode) -> Iterator[str]:
    """Those that it is on, and not those that it has left."""
    gone = report.changes.get(("service", service.name)) is Change.REMOVED
    for name in service.networks:
        if not gone and report.changes.get(("joint", service.name, name)) is not Change.REMOVED:
            yield name


def _claims(report: Picture, name: str) -> Iterator[str]:
    """The claims that name a service."""
    for claim in report.check.claims:
        if name in named_in(claim.text):
            yield f"claim {claim.verdict}: {claim.text}"


def named_in(claim: str) -> list[str]:
    """The words of a claim, among them the names of services."""
    return claim.replace(",", " ").split()


def _words(report: Picture, service: ServiceNode) -> Iterator[str]:
    """What a service is found by, beside its name and its networks."""
    yield service.image or ""
    yield from (port.text for port in service.ports)
    for network in service.networks:
        yield from report.addresses.get((service.name, network), ())
