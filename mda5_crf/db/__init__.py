"""What remembers: the journal, its projections, the encrypted file and the keys that open it."""
