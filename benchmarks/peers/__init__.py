"""What an analyst would otherwise write: the same model in other libraries.

One file for each peer; `scope` writes the model out, `tables` reads it, and `compare`
measures. Two more files compare single steps: `pulp_rows` the making of rows,
`linear` plain assignment.
"""

from __future__ import annotations

from typing import Final

PEERS: Final = {
    "pulp-cbc": ("pulp_cbc", ()),
    "linopy-highs": ("linopy_highs", ("linopy",)),
    "cpsat": ("ortools_cpsat", ()),
    "scipy-milp": ("scipy_milp", ()),
}
"""By name: the file, and what must be installed beside the package's own needs."""

LINEAR: Final = {"scipy": ("linear_scipy", ()), "lap": ("linear_lap", ("lap",))}
"""The same for plain assignment."""
