"""What decides something in a setting, and what only names or cites it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matcher.scenario.setting import Setting

UNHEARD: Final = frozenset({
    "name", "title", "assumption", "overrides", "tables", "places", "solve",
    "wait_for",
})  # fmt: skip
"""Parts of a setting that change no answer, or are told apart by the options."""
CITING: Final = frozenset({"source", "sources", "confidence", "note"})
"""Parts of rulebooks that say where a number comes from."""


def deciding(setting: Setting) -> dict[str, Any]:
    """The parts of a setting on which plans depend, by name, in a fixed order."""
    names = [field.name for field in fields(setting)]
    return {name: getattr(setting, name) for name in names if name not in UNHEARD}
