"""Money of instruments: table ``budgets``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matcher.importers.regions import PerHead
from matcher.importers.writing import plain, round_to, table_text

if TYPE_CHECKING:
    from matcher.importers.erdf import Erdf
    from matcher.importers.nuts import Nuts
    from matcher.importers.partnerships import Partnerships
    from matcher.importers.reading import Node

COLUMNS: Final = ("instrument", "region", "amount")
Row = dict[str, str]


def budget_table(
    recipe: Node, erdf: Erdf, nuts: Nuts, partnerships: Partnerships
) -> str:
    """Return the table of budgets that the recipe's ``budgets`` block describes.

    Parameters
    ----------
    recipe
        The ``budgets`` block.
    erdf
        Planned ERDF money.
    nuts
        Units and people.
    partnerships
        Regions; those that are only interested have no money in any instrument.
    """
    rows: list[Row] = []
    for entry in recipe.blocks("envelopes"):
        amount, instrument = entry.number("amount"), entry.text("instrument")
        rows.append({"instrument": instrument, "region": "", "amount": plain(amount)})
        entry.close()
    if "pooled" in recipe:
        rows += _pooled(recipe.block("pooled"), nuts, partnerships)
    if "erdf" in recipe:
        rows += _erdf(recipe.block("erdf"), erdf, nuts, partnerships)
    recipe.close()
    rows.sort(key=lambda row: (row["instrument"], row["region"]))
    return table_text(COLUMNS, rows)


def _pooled(node: Node, nuts: Nuts, partnerships: Partnerships) -> list[Row]:
    instrument, regions = node.text("instrument"), node.texts("regions")
    rule = PerHead.from_recipe(node.block("amount"))
    node.close()
    rows = []
    for region in regions:
        if region not in partnerships.regions:
            node.fault(
                "regions", "UNKNOWN_REGION", f'"{region}" is no member', "remove it"
            )
            continue
        amount = rule.amount(partnerships.regions[region].territory, nuts)
        rows.append(
            {"instrument": instrument, "region": region, "amount": plain(amount)}
        )
    return rows


def _erdf(node: Node, erdf: Erdf, nuts: Nuts, partnerships: Partnerships) -> list[Row]:
    instrument = node.text("instrument")
    share, most = node.number("share"), node.number("most")
    step = int(node.number("round_to", 1)) or 1
    node.close()
    rows = []
    for region, place in partnerships.regions.items():
        planned = erdf.planned(place.territory, nuts)
        if planned is None or partnerships.role(region) == "interested":
            continue
        amount = round_to(min(planned * share, most), step)
        rows.append(
            {"instrument": instrument, "region": region, "amount": plain(amount)}
        )
    return rows
