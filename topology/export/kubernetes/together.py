"""Aliases that several services have on one network: each leads to all of them, as on an engine.

A Service selects pods by labels. Pods of several workloads have none in common, so each alias gives them one.
"""

from __future__ import annotations

from collections.abc import Mapping

from topology.export.kubernetes.case import SERVICE, Case, Pod
from topology.export.kubernetes.names import is_label
from topology.load.defaults import names


def together(case: Case) -> Mapping[str, tuple[str, ...]]:
    """Alias → the services that share it. Where it is another's name as well, it is nobody's here."""
    given: dict[str, dict[str, list[str]]] = {}
    for name, service in case.stack.services.items():
        suffixed = names(case.stack, name) if case.stack.dns else ()
        for network, joined in service.networks.items():
            for alias in {one.lower() for one in joined.aliases if one not in suffixed}:
                given.setdefault(alias, {}).setdefault(network, []).append(name)
    taken = own_names(case)
    return {
        alias: tuple(several)
        for alias, by_network in given.items()
        if len(by_network) == 1 and is_label(alias) and alias not in taken
        for several in by_network.values()
        if len({case.holder(name) for name in several}) > 1
    }


def own_names(case: Case) -> dict[str, str]:
    """What Services are called after services, and which."""
    own = {given: name for name, given in case.names.items()}
    return own | {published_name(case, pod): pod.holder for pod in case.pods.values()}


def published_name(case: Case, pod: Pod) -> str:
    """The Service for what is open to the world."""
    return case.namer.give(SERVICE, f"{pod.name}-published")


def marks(case: Case, pod: Pod) -> dict[str, str]:
    """The labels that its pods have beside their own: one for each alias that others have, too."""
    shared = [alias for alias, several in together(case).items() if not set(several).isdisjoint(pod.members)]
    return {label: said for alias in shared for label, said in mark(alias).items()}


def mark(alias: str) -> dict[str, str]:
    """What selects all that share an alias."""
    return {f"alias/{alias}": "true"}
