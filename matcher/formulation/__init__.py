"""From an instance to a program, and from a solution back to a proposal."""
