"""What others would watch a lost rate with: each file holds one kind of detector."""
