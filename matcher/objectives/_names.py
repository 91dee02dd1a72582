"""Parameters that name something of the scenario, marked so that a slip is told.

A term's parameters bear one of these marks where they hold such names: as text, as a
list, or as the keys of a mapping.
"""

from __future__ import annotations

from enum import Enum


class Names(Enum):
    """What a parameter names."""

    SCHEME = "scheme"
    """A classification scheme: a column ``category.SCHEME`` of the regions table."""
    CATEGORY = "category"
    """A category of the scheme that the term's ``scheme`` names."""
    CAPABILITY = "capability"
    """A row of the capabilities table."""
