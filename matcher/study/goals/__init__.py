"""Several terms of the objective against each other."""
