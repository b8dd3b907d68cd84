"""Runs the table over a stack."""

from __future__ import annotations

from datetime import date

from topology.codes import TITLES
from topology.findings import Finding
from topology.graph import Topology, topology_of
from topology.models import Stack
from topology.rules.case import Case
from topology.rules.table import RULES
from topology.rules.waivers import settled
from topology.source import SourceMap

CODES = (*TITLES, *(rule.code for rule in RULES))
"""Every code that a finding can have."""


def check(
    stack: Stack,
    topology: Topology | None = None,
    *,
    source: SourceMap | None = None,
    today: date | None = None,
    also: tuple[Finding, ...] = (),
) -> tuple[Finding, ...]:
    """Everything there is to say about a stack, in the order of the table, placed where there is a `source`.

    With `topology` the claims are held against that one, for example against what really runs. `also` was
    found before; the stack's severities and waivers go for it too. Without `today` no waiver expires.
    """
    case = Case(stack=stack, topology=topology or topology_of(stack), source=source, today=today, codes=CODES)
    checks = dict.fromkeys(rule.find for rule in RULES)
    found = (*also, *(finding for find in checks for finding in find(case)))
    done = settled(found, stack.policy, today)
    return tuple(map(source.place, done)) if source else done
