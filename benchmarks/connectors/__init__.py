"""How fast files of telephone exchanges are read, and whether all kinds give the same counts."""
