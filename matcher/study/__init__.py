"""Many settings compared: what depends on which money, and how much."""
