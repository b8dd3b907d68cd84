"""Who can open what to whom, with the route that proves it."""

from topology.reach.chains import Blast, Upstream, blast_radius, chain, chain_answer, upstream
from topology.reach.explain import Explanation, explain
from topology.reach.names import ByName, Naming, Resolution, Source, by_name, resolves
from topology.reach.reaching import answer, reach, taints
from topology.reach.reasons import listed
from topology.reach.verdict import Answer, End, Kind, Route, Verdict, named

__all__ = [
    "Answer",
    "Blast",
    "ByName",
    "End",
    "Explanation",
    "Kind",
    "Naming",
    "Resolution",
    "Route",
    "Source",
    "Upstream",
    "Verdict",
    "answer",
    "blast_radius",
    "by_name",
    "chain",
    "chain_answer",
    "explain",
    "listed",
    "named",
    "reach",
    "resolves",
    "taints",
    "upstream",
]
