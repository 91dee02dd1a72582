"""Codes and free text: visible characters only, one form per letter, no look-alikes.

A code that looks like another one but is not would silently fit nothing, and a
character that cannot be seen cannot be corrected; so both are told by number.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from matcher.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

_DIRECTION: Final = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e"
                              "\u2066\u2067\u2068\u2069")  # fmt: skip
_UNSEEN: Final = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
_CONTROL: Final = ("Cc", "Cs", "Zl", "Zp")
_RESERVED: Final = "|,[]"
"""Signs that separate codes in cells, and codes in the names of rows."""

_TWINS: Final = str.maketrans(
    # Cyrillic and Greek letters whose usual shape is that of a Latin one.
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406"
    "\u0408\u0405\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5"
    "\u03a7\u03bf\u03bd",
    "ABEKMHOPCTYXIJSaeopcyxijsABEZHIKMNOPTYXov",
)

SHOWN: Final = 60
"""Letters of a faulty text that are shown; its place tells the rest."""


class CellProblem(ValueError):
    """A cell's text does not fit its column: what is wrong, and the remedy."""

    def __init__(self, code: str, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.code, self.problem, self.remedy = code, problem, remedy


def quoted(text: str) -> str:
    """A text in quotes, cut where it is long."""
    return f'"{text[:SHOWN]}"' if len(text) <= SHOWN else f'"{text[:SHOWN]}..."'


def clean_code(text: str) -> str:
    """Check an identifier: NFC, visible characters only, no ``|`` or comma."""
    code = unicodedata.normalize("NFC", text)
    hidden = [c for c in code if unicodedata.category(c) in _UNSEEN]
    if hidden:
        raise CellProblem(
            "HIDDEN_CHARACTER",
            f"{quoted(ascii(code)[1:-1])} holds the hidden character "
            f"U+{ord(hidden[0]):04X}",
            "retype the code without it",
        )
    if any(c in code for c in _RESERVED):
        raise CellProblem(
            "BAD_CODE", f"{quoted(code)} is no code", "use a code without | , [ or ]"
        )
    return code


def clean_text(text: str, allowed: str = "") -> str:
    """Free text: NFC, control and direction-changing characters refused."""
    value = unicodedata.normalize("NFC", text)
    for c in value:
        control = unicodedata.category(c) in _CONTROL or c in _DIRECTION
        if control and c not in allowed:
            raise CellProblem(
                "HIDDEN_CHARACTER",
                f"{quoted(ascii(value)[1:-1])} holds the control character "
                f"U+{ord(c):04X}",
                "remove it",
            )
    return value


def skeleton(code: str) -> str:
    """What a code looks like: full-width and twin letters as Latin ones."""
    return unicodedata.normalize("NFKC", code).translate(_TWINS)


def told(code: str) -> str:
    """A code in quotes, with the number of each letter that is not what it seems."""
    strange = dict.fromkeys(c for c in code if skeleton(c) != c)
    named = ", ".join(f'"{c}" is U+{ord(c):04X}' for c in strange)
    return quoted(code) + (f" ({named})" if named else "")


def nearest(code: str, known: Iterable[str]) -> str:
    """Hint at a known code that is nearly the same, or looks the same.

    Spreadsheets drop leading zeros, so 7 hints at 007.
    """
    codes = list(known)
    seen = {skeleton(name).lstrip("0"): name for name in codes}
    return did_you_mean(seen.get(skeleton(code).lstrip("0"), code), codes)
