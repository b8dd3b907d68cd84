"""The checks: is what the stack says about itself true, and is it wise?"""

from topology.rules.case import Case, Rule
from topology.rules.checking import CODES, check
from topology.rules.live import LIVE_RULES
from topology.rules.score import Score, score
from topology.rules.table import RULES

__all__ = ["CODES", "LIVE_RULES", "RULES", "Case", "Rule", "Score", "check", "score"]
