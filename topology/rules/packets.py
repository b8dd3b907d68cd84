"""Packets against the model: where they get through and should not, or should and do not."""

from __future__ import annotations

from collections.abc import Iterator

from topology.findings import Finding, Path, Severity
from topology.graph import Probed
from topology.rules.case import Case


def holes(case: Case) -> Iterator[Finding]:
    """T409: at most one for each claim or link."""
    for path, found in _apart(case, reached=True).items():
        yield _finding(case, "T409", "packets get where the model says they cannot", path, found)


def walls(case: Case) -> Iterator[Finding]:
    """T410: at most one for each claim or link."""
    for path, found in _apart(case, reached=False).items():
        yield _finding(case, "T410", "packets do not get where the model says they can", path, found)


def _apart(case: Case, *, reached: bool) -> dict[Path, list[Probed]]:
    """What differs from the model in one direction, by what it is about."""
    found: dict[Path, list[Probed]] = {}
    for one in case.running.probed if case.running else ():
        if not one.agrees and one.reached is reached:
            for path in one.paths:
                found.setdefault(path, []).append(one)
    return found


def _finding(case: Case, code: str, what: str, path: Path, found: list[Probed]) -> Finding:
    first = found[0]
    more = f" ({len(found) - 1:,} more like this)" if len(found) > 1 else ""
    tried = f"{first.caller} -> {first.called}:{first.port} at {first.through}"
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=f"{what}: {_subject(case, path) or f'{first.source} -> {first.target}'}",
        path=path,
        label=f"{tried}: {first.outcome.value}{more}",
        mend="iptables -S, iptables -t nat -S and ip route show what the host has beside Docker's rules",
    )


def _subject(case: Case, path: Path) -> str:
    match path:
        case ("policy", "claims", int(index)):
            return case.stack.policy.claims[index]
        case _:
            return ""
