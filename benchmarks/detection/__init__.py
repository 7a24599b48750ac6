"""How soon and how surely Tocsin tells a miscount, beside what others would use. Run it by `make bench-detect`."""
