"""Runs the table over a stack."""

from __future__ import annotations

from datetime import date

from topology.codes import TITLES
from topology.findings import Finding
from topology.graph import Running, Topology, topology_of
from topology.models import Stack
from topology.rules.case import Case
from topology.rules.disclosed import veiled
from topology.rules.live import LIVE_RULES
from topology.rules.table import RULES
from topology.rules.waivers import settled
from topology.source import SourceMap

CODES = (*TITLES, *(rule.code for rule in (*RULES, *LIVE_RULES)))
"""Every code that a finding can have."""


_HOST_NETWORK, _EXCESS = "T206", "T120"


def _once(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """One finding for the host's network on one line: that which names who is reached, where there is one."""
    named = {one.path for one in found if one.code == _EXCESS and not one.waived}
    return tuple(one for one in found if one.code != _HOST_NETWORK or one.waived or one.path not in named)


def check(
    stack: Stack,
    topology: Topology | None = None,
    *,
    running: Running | None = None,
    source: SourceMap | None = None,
    today: date | None = None,
    also: tuple[Finding, ...] = (),
) -> tuple[Finding, ...]:
    """Everything there is to say about a stack, in the order of the table, placed where there is a `source`.

    With `running` it is about what runs, and claims are held against all that counts there. `also` was
    found before; the stack's severities and waivers go for it too. Without `today` no waiver expires.
    """
    picture = running.own if running else topology or topology_of(stack)
    case = Case(stack=stack, topology=picture, running=running, source=source, today=today, codes=CODES)
    checks = dict.fromkeys(rule.find for rule in (*RULES, *(LIVE_RULES if running else ())))
    found = (*also, *(finding for find in checks for finding in find(case)))
    done = _once(settled(found, stack.policy, today))
    return tuple(veiled(map(source.place, done), case)) if source else done
