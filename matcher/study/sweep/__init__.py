"""Hundreds of runs over a grid of assumptions, in one file."""
