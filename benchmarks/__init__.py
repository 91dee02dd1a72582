"""Measurements of `matcher`: seeded scenarios, phases, peers, gaps.

Run from the checkout::

    python -m benchmarks list
    python -m benchmarks run --severity smoke

How to measure, and what is noise, is told in docs/benchmarks.md.
"""
