"""The form that what is wanted and what is there share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Spec: TypeAlias = Mapping[str, Any]
"""Field name → canonical JSON value. Never holds None: what is unset is absent."""
