"""How fast one worker is beside the loops and the frameworks that read the same events."""
