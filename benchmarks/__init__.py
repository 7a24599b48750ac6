"""Measurements of Tocsin, each run by a make target."""
