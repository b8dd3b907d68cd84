"""What a rule looks at, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cached_property

from msgspec import Struct

from topology.findings import Finding, Severity
from topology.graph import Running, Topology
from topology.images import Role, role_of
from topology.models import Stack
from topology.source import SourceMap


class Case(Struct, frozen=True, kw_only=True, dict=True):
    """A stack with its topology: the file's, or that of its services as they run; see `running` then.

    `source` is the file as it was typed, where there is one; without `today` no waiver has expired; `codes`
    are those that the policy may name.
    """

    stack: Stack
    topology: Topology
    running: Running | None = None
    source: SourceMap | None = None
    today: date | None = None
    codes: tuple[str, ...] = ()

    @property
    def everybody(self) -> Topology:
        """What claims are held against: whoever else runs and counts is in it."""
        return self.running.whole if self.running else self.topology

    @cached_property
    def roles(self) -> dict[str, Role]:
        """What each service is for, as far as its image tells."""
        return {name: role_of(service.image, name) for name, service in self.stack.services.items()}

    def services(self, role: Role) -> tuple[str, ...]:
        """The services of this role, in the order of the file."""
        return tuple(name for name, one in self.roles.items() if one is role)


Check = Callable[[Case], Iterator[Finding]]


class Rule(Struct, frozen=True, kw_only=True):
    """A row of the table. `find` may be shared by rows: it yields findings of each of their codes.

    `why` and `mend` are a sentence each: the reason for the rule, and what to do about what it finds.
    """

    code: str
    title: str
    severity: Severity
    why: str
    mend: str
    find: Check
