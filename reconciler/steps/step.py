"""What every step says of itself."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from msgspec import Struct

from reconciler.address import Address, Kind


class Step(Struct, frozen=True, kw_only=True):
    """One call to the engine, on behalf of `address`.

    What a plan has to know of a step to put it in order, every kind of step says of itself:

    Attributes:
        begins: a unit starts to run, or runs as another one.
        awaits: it lasts until a unit runs as it should.
        records: afterwards the unit's own labels say what it is wanted to be.
    """

    begins: ClassVar[bool] = False
    awaits: ClassVar[bool] = False
    records: ClassVar[bool] = False

    address: Address

    def __hash__(self) -> int:
        """Of what each has, for what is sent to the engine cannot be hashed."""
        return hash((type(self), self.address))

    @property
    def uses(self) -> frozenset[Named]:
        """What must be there, by kind and the engine's name, as far as a plan may make it."""
        return frozenset()

    @property
    def removes(self) -> str:
        """The id of the unit that it removes; "" when it removes none."""
        return ""

    def leaves(self, unit: str, network: str) -> bool:
        """Whether a unit is off a network once it is done."""
        return bool(unit) and self.removes == unit


Named: TypeAlias = tuple[Kind, str]
"""A thing by its kind and the name that the engine has for it."""
