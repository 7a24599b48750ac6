"""Passing Alertmanager's alerts to rooms of Matrix and to gateways that take JSON."""
