"""The chain: what was decided and published, each entry with the hash of those before it, and what breaks it."""
