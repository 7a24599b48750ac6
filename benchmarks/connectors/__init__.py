"""How fast files of telephone exchanges are read, and whether all kinds of them tell the same calls."""
