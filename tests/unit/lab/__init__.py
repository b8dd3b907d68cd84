"""Tests of the private engine and of the images that are made for it, as far as they need neither."""
