"""Plans decided before it is known which money comes."""
