"""Rebuild the tables of a scenario from its source folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matcher.errors import Faults
from matcher.importers.budgets import budget_table
from matcher.importers.capabilities import Assessment
from matcher.importers.cases import Cases
from matcher.importers.employment import Employment
from matcher.importers.erdf import Erdf
from matcher.importers.h2020 import Participations
from matcher.importers.nuts import Nuts
from matcher.importers.partnerships import Partnerships
from matcher.importers.reading import read_recipe
from matcher.importers.regions import Regions, Topics

if TYPE_CHECKING:
    from pathlib import Path

SOURCE: Final = "source"
"""Folder inside a scenario that holds the extracts and the recipe."""


def import_scenario(source: Path) -> dict[str, str]:
    """Return the tables of a scenario, built from public data alone.

    Parameters
    ----------
    source
        The scenario's ``source`` folder, or the scenario folder that holds it.

    Returns
    -------
    dict of str to str
        File name -> CSV text, sorted by name; the same input gives the same bytes.

    Raises
    ------
    InputError
        When an extract or the recipe cannot be read; lists everything found.
    """
    folder = source / SOURCE if (source / SOURCE).is_dir() else source
    faults = Faults()
    recipe = read_recipe(folder, faults)
    nuts = Nuts(folder, faults)
    partnerships = Partnerships(folder, nuts, faults)
    employment = Employment(folder, faults)
    participations = Participations(folder, faults)
    money = "budgets" in recipe
    erdf = Erdf(folder, faults) if money else None
    # Building on extracts that could not be read would only add echoes.
    faults.raise_if_any()
    assessment = Assessment(recipe, employment, participations, partnerships)
    topics = Topics(recipe, employment, participations)
    regions = Regions(recipe, nuts, partnerships)
    known = {one.code for one in assessment.capabilities}
    cases = Cases(recipe, partnerships, known, topics.names)
    tables = {
        "regions.csv": regions.region_table(),
        "commitments.csv": regions.commitment_table(),
        "memberships.csv": regions.membership_table(),
        "priorities.csv": topics.table(partnerships, cases.led),
        "capabilities.csv": assessment.capability_table(),
        "assets.csv": assessment.asset_table(),
        "needs.csv": assessment.need_table(),
        **cases.tables(),
    }
    if erdf is not None:
        block = recipe.block("budgets")
        tables["budgets.csv"] = budget_table(block, erdf, nuts, partnerships)
    recipe.close()
    faults.raise_if_any()
    return dict(sorted(tables.items()))
