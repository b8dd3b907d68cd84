"""How a person or a pipeline drives topo."""

__version__ = "0.1.0"
