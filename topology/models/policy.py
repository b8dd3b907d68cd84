"""What must and must not be reachable, how much each rule weighs, and what is accepted for now."""

from __future__ import annotations

from typing import Literal

from topology.forms import Day, Flag
from topology.models.base import Model


class Assume(Model):
    """What no engine reports and a verdict depends on; printed with each verdict that does.

    `engine` is the version that verdicts are given for where no engine is asked.
    """

    engine: str | None = None
    userland_proxy: Flag = True
    bridge_netfilter: Flag = True


class Waiver(Model):
    """A finding that is accepted for now: of one claim, or of one rule, there perhaps on one service only.

    After `until` it counts again; without it, it never does.
    """

    claim: str | None = None
    rule: str | None = None
    service: str | None = None
    reason: str
    until: Day | None = None


class Policy(Model):
    """What must and must not be reachable.

    `default` is what a pair that can reach each other without a link is: an error, a warning, nothing.
    `rules` are severities by code, in place of the table's.
    """

    default: Literal["deny", "warn", "allow"] = "warn"
    claims: tuple[str, ...] = ()
    rules: dict[str, Literal["off", "note", "warning", "error"]] = {}
    waive: tuple[Waiver, ...] = ()
    assume: Assume = Assume()
