"""Public data -> scenario tables, one file per source.

`import_scenario` rebuilds the tables of a scenario from the extracts and the
recipe in its ``source`` folder. Nothing is downloaded and nothing is random:
the same folder gives the same bytes.
"""

from matcher.importers.build import import_scenario

__all__ = ["import_scenario"]
