"""What a secret or a config holds when it comes from the environment."""

from __future__ import annotations

from topology.codes import VARIABLE
from topology.load.context import Context
from topology.load.words import span_of, warning
from topology.source import Map, Text, Value


def filled(kind: str, declared: Value, context: Context) -> Value:
    """The secrets or configs with the values of the variables they name."""
    if not isinstance(declared, Map):
        return declared
    return Map.of({name: _one(kind, name, said, context) for name, said in declared.items()}, declared.at)


def _one(kind: str, name: str, said: Value, context: Context) -> Value:
    variable = said.get("environment") if isinstance(said, Map) else None
    if not isinstance(said, Map) or not isinstance(variable, Text):
        return said
    made = Map.of({key: value for key, value in said.items() if key != "content"}, said.at)
    value = context.variables.get(variable)
    if value is not None:
        made[Text.of("content", variable.at)] = Text.of(value, variable.at)
        return made
    message = f"{kind} {name} comes from variable {variable}, which is not set"
    mend = f"set {variable} before applying"
    context.findings.append(
        warning(VARIABLE, message, label="it is needed to apply", mend=mend, span=span_of(variable))
    )
    return made
