"""A stack as objects of Kubernetes, with policies that grant what its links ask for and nothing else."""

from topology.export.kubernetes.export import Export, exported
from topology.export.kubernetes.seen import LARGEST, MISSING, Seen
from topology.export.kubernetes.wanted import wanted

__all__ = ["LARGEST", "MISSING", "Export", "Seen", "exported", "wanted"]
