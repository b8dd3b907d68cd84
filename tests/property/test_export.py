"""An export to Kubernetes grants what links and claims ask for: no more and no less."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.property.test_suggest import needy
from tests.support.cluster import Cluster
from tests.support.published_schemas import NEWEST, faults
from tests.support.reachable import broken, differences
from topology.export.kubernetes import exported
from topology.models import Link, Stack

_PORTS = st.sampled_from([None, None, 80, 5432])


@st.composite
def asking(draw: st.DrawFn) -> Stack:
    """A stack with links to ports, replicas, and claims that say and gainsay them."""
    drawn = draw(needy())
    names = [*drawn.services]
    services = {}
    for name, service in drawn.services.items():
        links = tuple(
            Link(service=one.service, alias=draw(st.sampled_from([one.service, "x"])), port=draw(_PORTS))
            for one in service.links
        )
        more = {"links": links, "replicas": draw(st.integers(0, 2))}
        services[name] = service.model_copy(update=more)
    if draw(st.integers(0, 3)) == 0:
        services = {name: one.model_copy(update={"links": ()}) for name, one in services.items()}
    claims = draw(st.lists(_claims(names), max_size=3))
    policy = drawn.policy.model_copy(update={"claims": tuple(claims)})
    return drawn.model_copy(update={"services": services, "policy": policy})


def _claims(names: list[str]) -> st.SearchStrategy[str]:
    ends = st.sampled_from([*names, "world", "any"])
    forms = st.sampled_from(
        [
            "{} can reach {} on 80",
            "{} can reach {}",
            "{} cannot reach {}",
            "{} cannot reach {} on 5432",
            "only {} can reach {}",
            "{} can reach only {}",
            "{} cannot reach {} even through others",
        ]
    )
    return st.builds(lambda form, one, other: form.format(one, other), forms, ends, ends)


@given(asking())
def test_policies_grant_the_needs_pair_by_pair_and_port_by_port(stack: Stack) -> None:
    objects = exported(stack, files={}).objects
    cluster = Cluster(objects)
    called = {name: name for name in stack.services}
    assert differences(stack, cluster, called) == []
    assert broken(stack, cluster, called) == []
    assert objects == exported(stack, files={}).objects
    assert [fault for one in objects for fault in faults(one, NEWEST)] == []
    names = [(one["kind"], one["metadata"]["name"]) for one in objects]
    assert len(names) == len(set(names))
