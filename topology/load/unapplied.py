"""Compose's fields that are understood but not applied yet: named once, never silently dropped."""

from __future__ import annotations

from topology.codes import NOT_USED
from topology.findings import Finding, Path, Span
from topology.load.context import Context
from topology.load.words import name_of, note, span_of
from topology.source import Map

SERVICE = frozenset(
    (
        "attach", "cpu_count", "cpu_percent", "credential_spec", "develop", "gpus", "models",
        "post_start", "pre_stop", "provider", "use_api_socket",
    )
)  # fmt: skip
MOUNTS = frozenset(("cluster", "image", "npipe"))
"""Types of mounts that Compose takes and that topo does not apply."""

STACK = frozenset(("models",))
_BUILD = frozenset(
    (
        "additional_contexts", "cache_to", "entitlements", "privileged", "provenance", "sbom",
        "secrets", "ssh",
    )
)  # fmt: skip


def set_aside(said: Map, path: Path, context: Context) -> None:
    """Takes out what cannot be applied and says so."""
    known = SERVICE if path else STACK
    for key in [key for key in said if key in known]:
        if said.pop(key):
            context.findings.append(unused(f'"{key}" of {name_of(path)}', span_of(key)))


def note_build(build: Map, context: Context) -> None:
    """Says which parts of a build only BuildKit could do; the model leaves them out."""
    for key in build:
        if key in _BUILD and build[key]:
            context.findings.append(
                unused(f'"{key}" of a build', span_of(key), label="only BuildKit can do it")
            )


def unused(what: str, span: Span | None, label: str = "the rest of the file is") -> Finding:
    """The note about something that is understood and not applied."""
    return note(NOT_USED, f"{what} is not applied", label=label, span=span)
