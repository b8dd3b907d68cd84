"""What is wanted and what is there, in one vocabulary, so that the two can be compared.

A *spec* is a mapping from the field names of `fields.py` to canonical JSON values; a field that is not
set is not in it. Wanted specs come from the stack, recorded ones from labels and the journal, live ones
from what the engine reports.
"""

from reconciler.state.images import NO_IMAGE, UNFETCHED, Image, ImageConfig
from reconciler.state.noted import Adopted, Journal, Marks
from reconciler.state.seen import (
    Builder,
    Granularity,
    Health,
    Holder,
    LiveShared,
    LiveUnit,
    Observed,
    Roll,
    Rolling,
    Status,
    Task,
    Traits,
)
from reconciler.state.spec import Spec
from reconciler.state.wanted import Desired, Shared, Unit

__all__ = [
    "NO_IMAGE",
    "UNFETCHED",
    "Adopted",
    "Builder",
    "Desired",
    "Granularity",
    "Health",
    "Holder",
    "Image",
    "ImageConfig",
    "Journal",
    "LiveShared",
    "LiveUnit",
    "Marks",
    "Observed",
    "Roll",
    "Rolling",
    "Shared",
    "Spec",
    "Status",
    "Task",
    "Traits",
    "Unit",
]
