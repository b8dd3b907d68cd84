"""Who can open what to whom, with the route that proves it."""

from topology.reach.beside import Beside, beside
from topology.reach.chains import Blast, Upstream, blast_radius, chain, chain_answer, upstream
from topology.reach.change import Difference, Shift, difference
from topology.reach.explain import Explanation, explain
from topology.reach.names import ByName, Naming, Resolution, Source, by_name, resolves
from topology.reach.pairs import Group, Pairs, pairs
from topology.reach.reaching import answer, reach, taints
from topology.reach.reasons import listed
from topology.reach.verdict import Answer, End, Kind, Route, Verdict, named

__all__ = [
    "Answer",
    "Beside",
    "Blast",
    "ByName",
    "Difference",
    "End",
    "Explanation",
    "Group",
    "Kind",
    "Naming",
    "Pairs",
    "Resolution",
    "Route",
    "Shift",
    "Source",
    "Upstream",
    "Verdict",
    "answer",
    "beside",
    "blast_radius",
    "by_name",
    "chain",
    "chain_answer",
    "difference",
    "explain",
    "listed",
    "named",
    "pairs",
    "reach",
    "resolves",
    "taints",
    "upstream",
]
