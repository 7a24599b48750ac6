"""What several offices went through at once, by the history of record: as JSON, listed, decided on, measured."""
