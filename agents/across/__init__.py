"""Faults shared by several offices, from the history of record: as JSON, listed, decided on, measured."""
