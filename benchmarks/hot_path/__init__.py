"""The speed of one worker, compared with loops and frameworks that read the same events."""
