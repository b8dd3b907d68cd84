"""`replace` for msgspec's structs, with its arguments checked.

msgspec types the changes of its own `replace` as Any. mypy knows the fields of a struct as well as those of
a dataclass, if only the function has the standard library's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import replace
else:
    from msgspec.structs import replace

__all__ = ["replace"]
