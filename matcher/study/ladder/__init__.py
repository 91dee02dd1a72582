"""Plans with ever more money, and what a little more would bring."""
