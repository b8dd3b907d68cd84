"""The table of rules: what topo checks, how much it weighs, and why."""

from __future__ import annotations

from topology.findings import Severity
from topology.rules.case import Rule
from topology.rules.judge import judged

RULES: tuple[Rule, ...] = (
    Rule(
        code="T101",
        title="claim broken",
        severity=Severity.ERROR,
        why="A claim says what must be true of the stack, and it is not.",
        find=judged,
    ),
    Rule(
        code="T102",
        title="claim cannot be proved",
        severity=Severity.ERROR,
        why="Something in the stack can leave its networks, so nobody can say that the claim holds.",
        find=judged,
    ),
    Rule(
        code="T103",
        title="claim is not understood",
        severity=Severity.ERROR,
        why="A sentence that cannot be read protects nothing.",
        find=judged,
    ),
    Rule(
        code="T104",
        title="claim names something unknown",
        severity=Severity.ERROR,
        why="A claim about a service that is not there holds by accident, mostly after a renaming.",
        find=judged,
    ),
)
