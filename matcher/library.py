"""The one finder of the data that comes with the package.

Rulebooks, objectives, vocabularies and schemas live under `models/`, example
scenarios under `scenarios/`. An explicit path wins; else both folders are those of
the checkout this module belongs to, and for an installed wheel the copies bundled
with it. They are never mixed: all names come from one place.
"""

from __future__ import annotations

import difflib
import hashlib
import os
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Final, Literal

Kind = Literal["rulebook", "objective", "vocabulary", "schema", "scenario"]
"""What can be asked for by name."""

SHELVES: Final[dict[Kind, tuple[str, str]]] = {
    "rulebook": ("models/rulebooks", ".yaml"),
    "objective": ("models/objectives", ".yaml"),
    "vocabulary": ("models/vocabulary", ".csv"),
    "schema": ("models/schema", ".json"),
    "scenario": ("scenarios", ""),
}
"""Folder and file ending per kind; a scenario is itself a folder."""

# Any folder may hold a pyproject.toml and a `models` folder, also the one that a
# wheel was unpacked into; only ours names this distribution.
_DISTRIBUTION: Final = 'name = "regional-matcher"'
_SUGGESTIONS: Final = 3


class NotInLibrary(LookupError):
    """Nothing of that kind has that name.

    Parameters
    ----------
    kind
        What was asked for.
    name
        The name as it was written.
    known
        Every name of that kind, sorted.
    """

    def __init__(self, kind: str, name: str, known: tuple[str, ...]) -> None:
        super().__init__(kind, name, known)
        self.kind = kind
        self.name = name
        self.known = known

    @property
    def nearest(self) -> tuple[str, ...]:
        """Known names that resemble the one asked for, best first."""
        spelled = {known.casefold(): known for known in self.known}
        close = difflib.get_close_matches(self.name.casefold(), spelled, _SUGGESTIONS)
        return tuple(spelled[each] for each in close)

    def __str__(self) -> str:
        text = f'no {self.kind} is called "{self.name}"'
        if self.nearest:
            return f"{text}; did you mean {' or '.join(self.nearest)}?"
        if self.known:
            return f"{text}; known are {', '.join(self.known)}"
        return f"{text}: none is installed, so install the package again"


def root() -> Path:
    """Folder that holds `models/` and `scenarios/`.

    Returns
    -------
    The checkout if this module belongs to one, else the bundled copy.
    """
    checkout = Path(__file__).resolve().parent.parent
    project = checkout / "pyproject.toml"
    with suppress(FileNotFoundError):
        if _DISTRIBUTION in project.read_text("utf-8"):
            return checkout
    # Wheels with compiled solvers are always unpacked, so this is a real folder.
    return Path(str(resources.files("matcher"))) / "_bundled"


def folder(kind: Kind) -> Path:
    """Folder in which everything of one kind lies; it may be missing."""
    return root() / SHELVES[kind][0]


def names(kind: Kind) -> tuple[str, ...]:
    """Every name of one kind, sorted."""
    return tuple(sorted(_shelf(kind)))


def find(kind: Kind, name: str | os.PathLike[str]) -> Path:
    """Path of what bears a name.

    Parameters
    ----------
    kind
        What is wanted.
    name
        A path that exists, or a name of the library, which may be written with its
        folder and ending: `balanced` is `models/objectives/balanced.yaml`.

    Raises
    ------
    NotInLibrary
        When it is neither; it carries the known names and the nearest ones.
    """
    path = Path(name)
    place, ending = SHELVES[kind]
    # A file without the ending is no path: a stray file called `balanced` in the
    # user's folder must not hide the objective of that name.
    if (
        os.path.isdir(path)  # unlike the method it bears names of any length
        if not ending
        else path.suffix == ending and os.path.isfile(path)
    ):
        return path
    shelf = _shelf(kind)
    bare = path.as_posix().removeprefix(f"{place}/").removesuffix(ending)
    if bare not in shelf:
        raise NotInLibrary(kind, bare, tuple(sorted(shelf)))
    return shelf[bare]


def find_rulebook(name: str | os.PathLike[str]) -> Path:
    """YAML file of a rulebook."""
    return find("rulebook", name)


def find_objective(name: str | os.PathLike[str]) -> Path:
    """YAML file of an objective."""
    return find("objective", name)


def find_vocabulary(name: str | os.PathLike[str]) -> Path:
    """CSV file of a vocabulary."""
    return find("vocabulary", name)


def schema_path(name: str | os.PathLike[str]) -> Path:
    """JSON file of a published schema."""
    return find("schema", name)


def scenario_path(name: str | os.PathLike[str]) -> Path:
    """Folder of a scenario."""
    return find("scenario", name)


def content_hash(path: Path) -> str:
    """SHA-256 of the bytes of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _shelf(kind: Kind) -> dict[str, Path]:
    """Everything of one kind by name.

    Names are looked up among the files that are there, never joined to a path, so
    that no name can lead out of the library.
    """
    place, ending = folder(kind), SHELVES[kind][1]
    if not place.is_dir():
        return {}
    return {
        entry.name.removesuffix(ending): entry
        for entry in place.iterdir()
        if not entry.name.startswith((".", "_"))
        and (entry.name.endswith(ending) if ending else entry.is_dir())
    }
