"""The pure half of the reconciler, and the model of a daemon."""
