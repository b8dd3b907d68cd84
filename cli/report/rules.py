"""The rules, one or all, as documentation."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cli.exits import Exit


class RuleLine(Struct, frozen=True, kw_only=True):
    """One rule. `severity` is what it weighs unless the stack says otherwise."""

    kind: ClassVar[str] = "rule"

    rule: str
    title: str
    severity: str
    why: str
    mend: str

    @property
    def code(self) -> Exit:
        return Exit.DONE


class Rules(Struct, frozen=True, kw_only=True):
    """All rules, in the order of their codes."""

    kind: ClassVar[str] = "rules"

    rules: tuple[RuleLine, ...]

    @property
    def code(self) -> Exit:
        return Exit.DONE


def rule_lines() -> tuple[RuleLine, ...]:
    """The rules about the language of the file, then those about what it says, then those about what runs."""
    from topology.codes import TITLES
    from topology.rules import LIVE_RULES, RULES

    language = (
        RuleLine(rule=code, title=title, severity=MILDER.get(code, "error"), why=LANGUAGE, mend=AS_SAID)
        for code, title in TITLES.items()
    )
    table = (
        RuleLine(rule=rule.code, title=rule.title, severity=rule.severity.value, why=rule.why, mend=rule.mend)
        for rule in (*RULES, *LIVE_RULES)
    )
    return (*language, *table)


MILDER = {"T009": "warning", "T011": "note", "T012": "warning", "T013": "note"}
"""What the language mostly says at less than an error's weight."""

LANGUAGE = "A file that is misread protects nothing, so what cannot be read or does not fit is said."
AS_SAID = "The finding says what was expected in its place."
