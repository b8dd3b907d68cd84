"""Tests of values and functions, without an engine."""
