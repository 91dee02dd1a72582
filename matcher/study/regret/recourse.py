"""What a plan may do once another assumption comes true than its own.

Imports nothing slow: the command line offers these words before any study is loaded.
"""

from __future__ import annotations

from typing import Final

DROP, KEEP = "drop", "keep"
RECOURSES: Final = (DROP, KEEP)
"""Whether cases may be dropped, or all of a plan must go ahead."""


def refuse_unknown(recourse: str) -> None:
    """Refuse any other word.

    Raises
    ------
    ValueError
        With the words there are.
    """
    if recourse not in RECOURSES:
        raise ValueError(f'"{recourse}" is no recourse: use {" or ".join(RECOURSES)}')
