"""Tests of topo as a program, from the outside."""
