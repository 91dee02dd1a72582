"""Where a scenario's own rulebook departs from the shipped one of the same id."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matcher import library
from matcher.scenario.values import plain_number
from matcher.scenario.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.scenario.yamlfile import Document


def departures(document: Document) -> list[str]:
    """One line for each value that differs: path, shipped value, value here.

    Empty for a shipped rulebook, and where no shipped rulebook has the id.
    """
    try:
        path = library.find_rulebook(str(document.data["id"]))
    except library.NotInLibrary:
        return []
    shipped = dict(_leaves(read_yaml(path, path.name).data))
    here = dict(_leaves(document.data))
    return [
        f"{key}: {shipped.get(key, 'nothing')} -> {here.get(key, 'nothing')}"
        for key in sorted(shipped.keys() | here.keys())
        if shipped.get(key) != here.get(key)
    ]


def _leaves(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Every value of plain data with its path."""
    if isinstance(data, dict):
        for key, inner in data.items():
            yield from _leaves(inner, (*path, str(key)))
    elif isinstance(data, (list, tuple)):
        for i, inner in enumerate(data):
            yield from _leaves(inner, (*path, str(i)))
    else:
        number = isinstance(data, Fraction)
        yield ".".join(path), str(plain_number(data) if number else data)
