"""The checks: is what the stack says about itself true, and is it wise?"""

from topology.rules.case import Case, Rule
from topology.rules.checking import CODES, check
from topology.rules.score import Score, score
from topology.rules.table import RULES

__all__ = ["CODES", "RULES", "Case", "Rule", "Score", "check", "score"]
