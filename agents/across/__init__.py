"""Faults shared by several offices, found in the history of record: their JSON, list, decisions and metrics."""
