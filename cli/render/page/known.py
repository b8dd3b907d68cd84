"""What the page knows, as plain values for its script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cli.report.picture import Picture


def known(report: Picture) -> dict[str, Any]:
    """Who reaches whom and how, and what there is to say of each service."""
    answers = report.answers
    if answers is None:
        raise ValueError("a page needs the answers")
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
        "networks": {one.name: one.networks for one in report.graph.services},
        "about": {
            one.name: lines for one in report.graph.services if (lines := list(_about(report, one.name)))
        },
    }


def _about(report: Picture, name: str) -> Iterator[str]:
    """The claims that name a service."""
    for claim in report.check.claims:
        if name in claim.text.replace(",", " ").split():
            yield f"claim {claim.verdict}: {claim.text}"
