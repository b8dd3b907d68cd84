"""THE TABLE: one row per field, saying all that an engine does with it.

From a row follow create, update, inspect, comparison, the line in a plan, and a contract test. To add a
field: a line in `topology/models.py` and a row here.
"""

from __future__ import annotations

from reconciler.fields.contents import copied, notices
from reconciler.fields.held import held
from reconciler.fields.row import Field, Reach, Site, shared_name
from reconciler.fields.service import SERVICE, SHARED_NAMESPACES, hosts_of
from reconciler.fields.shared import NETWORK, VOLUME, SharedField
from reconciler.fields.tables import of_networks, of_units

__all__ = [
    "NETWORK",
    "SERVICE",
    "SHARED_NAMESPACES",
    "VOLUME",
    "Field",
    "Reach",
    "SharedField",
    "Site",
    "copied",
    "held",
    "hosts_of",
    "notices",
    "of_networks",
    "of_units",
    "shared_name",
]
