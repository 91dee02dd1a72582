"""Independent checks: from the tables, in exact arithmetic, without any solver."""
