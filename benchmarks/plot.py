"""Peers over time: value and bound of every one, drawn from rows of results."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.results import Row

Points = dict[float, float]

FAMILY: Final = "peers"
_MARK: Final = re.compile(r"([\d.]+) s (value|bound)")


def draw(rows: Sequence[Row], target: Path) -> Path:
    """Draw one panel for each size and seed; returns the file.

    Raises
    ------
    ModuleNotFoundError
        Where matplotlib is not installed.
    ValueError
        Where the rows hold no peers.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    panels = _panels(rows)
    if not panels:
        raise ValueError(f"no rows of the family {FAMILY} to draw")
    plt.rcParams["svg.hashsalt"] = "peers"  # the same rows give the same file
    figure, axes = plt.subplots(
        len(panels), 1, figsize=(8, 4 * len(panels)), squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for axis, (title, peers) in zip(axes[:, 0], panels.items(), strict=True):
        for i, (peer, told) in enumerate(peers.items()):
            for what, style in (("value", "-"), ("bound", ":")):
                marks = sorted(told[what].items())
                axis.step(
                    [at for at, _ in marks], [points for _, points in marks], style,
                    where="post", color=f"C{i}", label=peer if style == "-" else None,
                )  # fmt: skip
        axis.set(title=title, xlabel="seconds since tables began to be read",
                 ylabel="points", xscale="log")  # fmt: skip
        axis.legend(title="solid: plan, dotted: bound")
    figure.savefig(target, metadata={"Date": None})
    plt.close(figure)
    return target


def _panels(rows: Sequence[Row]) -> dict[str, dict[str, dict[str, Points]]]:
    """Value and bound at every mark, by panel and peer; later runs replace earlier."""
    panels: dict[str, dict[str, dict[str, Points]]] = defaultdict(dict)
    for row in rows:
        begin = f"{FAMILY}-{row.size}-{row.regime}-"
        if not row.benchmark.startswith(begin):
            continue
        told = _MARK.fullmatch(row.metric)
        if told is None or row.median is None:
            continue
        panel = panels[f"{row.size}, {row.regime}, seed {row.seed}"]
        peer = panel.setdefault(
            row.benchmark.removeprefix(begin), {"value": {}, "bound": {}}
        )
        peer[told[2]][float(told[1])] = row.median
    return panels
