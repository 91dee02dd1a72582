"""Runs: from a setting to a verified proposal."""
