"""A stack as objects of Kubernetes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from cli.exits import Exit
from topology.findings import Finding


class Kubernetes(Struct, frozen=True, kw_only=True):
    """The objects by the file that they belong into. `folder` is where they were written, if anywhere.

    `filling` is the command that fills each Secret without values.
    """

    kind: ClassVar[str] = "kubernetes"

    stack: str
    parts: Mapping[str, tuple[dict[str, Any], ...]]
    filling: Mapping[str, str]
    findings: tuple[Finding, ...] = ()
    folder: str | None = None

    @property
    def code(self) -> Exit:
        return Exit.DONE
