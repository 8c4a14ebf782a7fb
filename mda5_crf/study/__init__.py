"""What forms mean: the definition, values, and the evaluation of forms. Pure; no database, no window."""
