"""What takes several boxes at once: the demonstration, printing from a vault."""
