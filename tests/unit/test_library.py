"""The one finder of bundled data."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from matcher import library

if TYPE_CHECKING:
    from collections.abc import Callable

CHECKOUT = Path(library.__file__).parents[1]


@pytest.fixture
def shelves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small library: one thing of each kind, two objectives, and clutter."""
    for name in (
        "models/rulebooks/alpine-fund.yaml",
        "models/objectives/balanced.yaml",
        "models/objectives/need-led.yaml",
        "models/objectives/README.md",
        "models/objectives/.hidden.yaml",
        "models/vocabulary/nuts-2.1.csv",
        "models/schema/scenario.json",
        "scenarios/three-valleys/scenario.yaml",
        "scenarios/README.md",
    ):
        file = tmp_path / "library" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, "utf-8")
    monkeypatch.setattr(library, "root", lambda: tmp_path / "library")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "library"


@pytest.mark.parametrize(
    ("finder", "name", "place"),
    [
        (library.find_rulebook, "alpine-fund", "models/rulebooks/alpine-fund.yaml"),
        (library.find_objective, "balanced", "models/objectives/balanced.yaml"),
        (library.find_vocabulary, "nuts-2.1", "models/vocabulary/nuts-2.1.csv"),
        (library.schema_path, "scenario", "models/schema/scenario.json"),
        (library.scenario_path, "three-valleys", "scenarios/three-valleys"),
    ],
)
def test_each_kind_is_found_by_name(
    shelves: Path, finder: Callable[[str], Path], name: str, place: str
) -> None:
    """A bare name leads to the file, or to the folder of a scenario."""
    assert finder(name) == shelves / place


@pytest.mark.parametrize(
    "name", ["balanced.yaml", "models/objectives/balanced.yaml", Path("balanced")]
)
def test_a_name_may_carry_folder_and_ending(shelves: Path, name: str | Path) -> None:
    """What is written as in the checkout is found without one, too."""
    assert library.find_objective(name) == shelves / "models/objectives/balanced.yaml"


def test_an_explicit_path_wins(shelves: Path) -> None:
    """A file of the user's own hides the one of the library."""
    own = shelves.parent / "balanced.yaml"
    own.write_text("mine", "utf-8")
    assert library.find_objective("balanced.yaml").resolve() == own
    assert library.find_objective(own) == own
    assert library.find_objective("balanced").is_relative_to(shelves)


def test_a_stray_file_does_not_hide_a_name(shelves: Path) -> None:
    """A file without the ending is not what was meant by a bare name."""
    (shelves.parent / "balanced").write_text("notes", "utf-8")
    assert library.find_objective("balanced").is_relative_to(shelves)


def test_names_are_sorted_and_free_of_clutter(shelves: Path) -> None:
    """Only what can be asked for is listed."""
    assert library.names("objective") == ("balanced", "need-led")
    assert library.names("scenario") == ("three-valleys",)
    assert shelves == library.root()


@pytest.mark.usefixtures("shelves")
def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    """The error knows what was asked, what there is, and what was probably meant."""
    with pytest.raises(library.NotInLibrary, match="did you mean balanced") as caught:
        library.find_objective("Balancd")
    assert caught.value.kind == "objective"
    assert caught.value.name == "Balancd"
    assert caught.value.known == ("balanced", "need-led")
    assert caught.value.nearest == ("balanced",)


@pytest.mark.usefixtures("shelves")
def test_a_name_like_nothing_is_answered_with_all() -> None:
    """Without a near miss the reader sees what there is."""
    with pytest.raises(library.NotInLibrary, match="known are balanced, need-led"):
        library.find_objective("zzz")


def test_an_empty_shelf_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged installation is named as such."""
    monkeypatch.setattr(library, "root", lambda: tmp_path)
    assert library.names("rulebook") == ()
    with pytest.raises(library.NotInLibrary, match="install the package again"):
        library.find_rulebook("alpine-fund")


@pytest.mark.usefixtures("shelves")
@pytest.mark.parametrize("name", ["../objectives/balanced", "/etc/passwd", "", "."])
def test_a_name_cannot_lead_out_of_its_shelf(name: str) -> None:
    """Names are looked up, never joined to a path."""
    with pytest.raises(library.NotInLibrary):
        library.find_rulebook(name)


def test_the_error_survives_a_process_border() -> None:
    """It can be sent from a worker to its parent."""
    error = library.NotInLibrary("rulebook", "alpin", ("alpine-fund",))
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)
    assert copy.nearest == ("alpine-fund",)


def test_the_checkout_is_preferred() -> None:
    """Run from a checkout, the library is the checkout's own."""
    assert library.root() == CHECKOUT


def test_an_installed_package_uses_its_bundled_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wheel unpacked into somebody's project does not take that project's models."""
    (tmp_path / "models").mkdir()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "theirs"\n', "utf-8")
    monkeypatch.setattr(library, "__file__", str(tmp_path / "matcher" / "library.py"))
    monkeypatch.setattr(library.resources, "files", lambda name: tmp_path / name)
    assert library.root() == tmp_path / "matcher" / "_bundled"


def test_everything_listed_is_found() -> None:
    """Each name of the real library leads to something that exists."""
    for kind in get_args(library.Kind):
        for name in library.names(kind):
            assert library.find(kind, name).exists()


def test_content_hash_is_sha256(tmp_path: Path) -> None:
    """The recorded hash can be checked with any other tool."""
    file = tmp_path / "file"
    file.write_bytes(b"\xef\xbb\xbfregion\r\n")
    assert library.content_hash(file) == hashlib.sha256(file.read_bytes()).hexdigest()
