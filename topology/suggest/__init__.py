"""The networks that give exactly what services need: which, with whom, how large, and as an edited file."""

from topology.suggest.layout import Layout, Net
from topology.suggest.patch import edited
from topology.suggest.suggestion import Reverse, Stay, Suggestion, Suspected, mentions, suggest

__all__ = ["Layout", "Net", "Reverse", "Stay", "Suggestion", "Suspected", "edited", "mentions", "suggest"]
