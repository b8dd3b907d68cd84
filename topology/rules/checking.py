"""Runs the table over a stack."""

from __future__ import annotations

from topology.findings import Finding
from topology.graph import Topology, topology_of
from topology.models import Stack
from topology.rules.case import Case
from topology.rules.table import RULES


def check(stack: Stack, topology: Topology | None = None) -> tuple[Finding, ...]:
    """Everything there is to say about a stack, in the order of the table.

    With `topology` the claims are held against that one, for example against what really runs.
    """
    case = Case(stack=stack, topology=topology or topology_of(stack))
    checks = dict.fromkeys(rule.find for rule in RULES)
    return tuple(finding for find in checks for finding in find(case))
