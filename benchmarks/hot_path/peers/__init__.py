"""Programs of other frameworks; each runs in an environment of its own, so none imports Tocsin's dependencies."""
