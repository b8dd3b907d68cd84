"""The stack file as JSON Schema, for editors: what can stand where, in all its forms, and what it means.

The schema is made from the models, so a new field is in it by itself. It is no stricter than `load`: what it
refuses is wrong, and what it cannot tell (a text that holds a variable, a form only a parser can judge) it
lets pass.
"""

from __future__ import annotations

from topology.schema.build import schema

__all__ = ["schema"]
