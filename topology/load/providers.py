"""Services that a program beside Docker provides: no container is made of them, and nobody waits for them."""

from __future__ import annotations

from topology.codes import MISSING, NOT_USED
from topology.load.context import Context
from topology.load.words import error, note, span_of
from topology.source import Map, Seq, Text, Value


def set_aside(services: Map, context: Context) -> Map:
    """The services without those that have a provider, which are named once each."""
    for name, said in services.items():
        if isinstance(said, Map) and said.get("provider") is not None:
            context.provided.add(name)
            _tell(name, said, context)
    if not context.provided:
        return services
    kept = {
        name: _freed(said, context.provided)
        for name, said in services.items()
        if name not in context.provided
    }
    return Map.of(kept, services.at)


def _tell(name: str, service: Map, context: Context) -> None:
    provider = service["provider"]
    key = next(key for key in service if key == "provider")
    if not isinstance(provider, Map) or not provider.get("type"):
        message = f'provider of service {name} needs "type"'
        context.findings.append(error(MISSING, message, span=span_of(key)))
        return
    message = f"service {name} is left out: topo runs no providers"
    label = "who depends on it does not wait, and gets no variables of it"
    context.findings.append(note(NOT_USED, message, label=label, span=span_of(key)))


def _freed(service: Value, provided: set[str]) -> Value:
    """A service that neither waits for nor links to what is provided."""
    if not isinstance(service, Map):
        return service
    made = {key: value for key, value in service.items() if key not in ("depends_on", "links")}
    if len(made) == len(service):
        return service
    return Map.of(
        {key: value if key in made else _without(value, provided) for key, value in service.items()},
        service.at,
    )


def _without(named: Value, provided: set[str]) -> Value:
    match named:
        case Map():
            return Map.of({name: said for name, said in named.items() if name not in provided}, named.at)
        case Seq():
            return Seq.of([item for item in named if _service(item) not in provided], named.at)
    return named


def _service(item: Value) -> str | None:
    if isinstance(item, Map):
        item = item.get("service")
    return item.partition(":")[0] if isinstance(item, Text) else None
