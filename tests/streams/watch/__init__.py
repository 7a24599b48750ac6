"""Tests of the watch over the counting."""
