"""Packets against the model: where they get through and should not, or should and do not.

What refutes a claim is said of the claim, everything else of the service that sent the packets.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.claims import Claim, ClaimError, Form, parse
from topology.findings import Finding, Path, Severity
from topology.graph import Probed
from topology.reach.verdict import proto_text
from topology.rules.case import Case


def holes(case: Case) -> Iterator[Finding]:
    """T409: at most one for each claim, link or service."""
    found: dict[Path, list[Probed]] = {}
    for one in _against(case, reached=True):
        for path in one.paths:
            claim = _claim(case, path)
            about = path if claim and claim.form is not Form.CAN else ("services", one.source)
            found.setdefault(about, []).append(one)
    for path, those in found.items():
        yield _finding(case, "T409", "packets get where the model says they cannot", path, those)


def walls(case: Case) -> Iterator[Finding]:
    """T410: at most one for each claim, link or service."""
    found: dict[Path, list[Probed]] = {}
    for one in _against(case, reached=False):
        for path in one.paths:
            about = path if _is_cut_off(case, one, path) else ("services", one.source)
            found.setdefault(about, []).append(one)
    for path, those in found.items():
        yield _finding(case, "T410", "packets do not get where the model says they can", path, those)


def _against(case: Case, *, reached: bool) -> Iterator[Probed]:
    probed = case.running.probed if case.running else ()
    return (one for one in probed if not one.agrees and one.reached is reached)


def _is_cut_off(case: Case, one: Probed, path: Path) -> bool:
    """Whether no other way is left of those that the claim or link at `path` asks for."""
    claim = _claim(case, path)
    by_name = claim is None or claim.by_name
    alike = (
        other
        for other in (case.running.probed if case.running else ())
        if path in other.paths
        and (other.caller, other.called, other.port, other.protocol)
        == (one.caller, one.called, one.port, one.protocol)
        and (other.name or not by_name)
    )
    return not any(other.reached or other.reached is None for other in alike)


def _claim(case: Case, path: Path) -> Claim | None:
    match path:
        case ("policy", "claims", int(index)):
            try:
                return parse(case.stack.policy.claims[index])
            except ClaimError:
                return None
        case _:
            return None


def _finding(case: Case, code: str, what: str, path: Path, found: list[Probed]) -> Finding:
    first = found[0]
    claim = _claim(case, path)
    count = len(set(found))
    more = f" ({count - 1:,} more like this)" if count > 1 else ""
    port = f"{first.port}{proto_text(first.protocol)}"
    tried = f"{first.caller} -> {first.called}:{port} at {first.through}"
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=f"{what}: {claim.text if claim else f'{first.source} -> {first.target}'}",
        path=path,
        label=f"{tried}: {first.outcome.value}{more}",
        mend="iptables -S, iptables -t nat -S and ip route show what the host has beside Docker's rules",
    )
