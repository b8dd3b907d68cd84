"""What topo tells the shell. A usage error is FAILED, because 2 already means "no"."""

from __future__ import annotations

import enum


class Exit(enum.IntEnum):
    """Exit codes; scripts depend on them."""

    DONE = 0
    """Yes, or done."""
    FAILED = 1
    """Could not: a bad file, bad usage, the engine, a failed step, or a fault of topo."""
    NO = 2
    """No: a claim is broken, changes are pending where that was asked, there is drift."""
    REFUSED = 3
    """Would not: the lock is held, the plan is stale, nobody confirmed."""
    INTERRUPTED = 130
    """Ctrl-C, after the calls in flight were finished."""
