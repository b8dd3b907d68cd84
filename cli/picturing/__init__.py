"""Stacks → pictures, as values: what is asked for, what is open beyond that, what separates two."""

from cli.picturing.between import compared
from cli.picturing.picturing import pictured

__all__ = ["compared", "pictured"]
