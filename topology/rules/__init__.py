"""The checks: is what the stack says about itself true, and is it wise?"""

from topology.rules.case import Case, Rule
from topology.rules.checking import check
from topology.rules.table import RULES

__all__ = ["RULES", "Case", "Rule", "check"]
