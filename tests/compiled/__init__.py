"""Tests that the compiled domain behaves like its source."""
