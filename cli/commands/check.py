"""`topo check`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from cli.options import OutputOptions, StackOptions
from cli.report.check import Check, Size
from cli.world import World


@dataclass(frozen=True, kw_only=True)
class CheckOptions(StackOptions, OutputOptions):
    """The flags of `topo check`."""

    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail the check too.")] = False


def check(options: CheckOptions, world: World) -> Check:
    """Validate the stack and prove its claims.

    Needs no Docker. Exits with 2 if a claim is broken or a rule is violated, with 1 if the stack cannot
    be read.
    """
    from cli.wiring import read
    from topology.findings import StackError
    from topology.rules import check as ruled

    try:
        found = read(options, world)
    except StackError as error:
        return Check(stack=None, size=None, strict=options.strict, findings=error.findings)
    stack = found.stack
    findings = [*found.findings, *map(found.source.place, ruled(stack))]
    return Check(
        stack=stack.name,
        size=Size(
            services=len(stack.services), networks=len(stack.networks), claims=len(stack.policy.claims)
        ),
        strict=options.strict,
        findings=tuple(sorted(findings, key=lambda finding: finding.order)),
    )
