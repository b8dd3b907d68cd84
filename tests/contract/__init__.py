"""Tests of what real engines do."""
