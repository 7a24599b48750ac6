"""The audit: whether what was counted, decided and published is still what it was."""
