def fuzz(*a): return 0
