"""Containers that others made → what a stack file would say of them. Pure: inspect answers in, values out.

What the image or the engine gives by itself is left out. Networks and volumes become external ones: they are
there, and whoever reads the file later must not take them for topo's own. Values that are secrets become
variables, and are handed over apart from the file.
"""

from reconciler.importing.found import Data, Guess, Imported
from reconciler.importing.whole import chosen, imported

__all__ = ["Data", "Guess", "Imported", "chosen", "imported"]
