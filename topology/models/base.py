"""What all parts of a stack have in common."""

from __future__ import annotations

import os.path
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator


class Model(BaseModel):
    """Base of all parts of a stack: unknown keys are refused, values never change.

    `also` names what a file may say in addition: forms that are folded into other fields, and what is
    accepted without being kept. A key without a value and an `x-` key are as if they were not there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    also: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _as_mapping(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str):
            value = cls.from_text(value)
        elif value is None:
            value = {}
        if not isinstance(value, Mapping):
            return value
        said = {
            key: entry
            for key, entry in value.items()
            if entry is not None and not (isinstance(key, str) and key.startswith("x-"))
        }
        said = cls.from_long(said, info.context or "")
        return {key: entry for key, entry in said.items() if key not in cls.also} if cls.also else said

    @classmethod
    def from_text(cls, text: str) -> Any:
        """The short form as a mapping; the text itself where there is none."""
        return text

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        """The long form in the model's own fields; relative paths start from `folder`, unless it is empty."""
        return said


def absolute(path: str, folder: str) -> str:
    """`path` from `folder`; unchanged where no folder is known."""
    return os.path.normpath(os.path.join(folder, path)) if folder else path
