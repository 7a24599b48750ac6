"""Other frameworks' programs; each runs in an environment of its own, so none imports what Tocsin stands on."""
