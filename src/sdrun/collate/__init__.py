"""Two results -> `Comparison`: what both have, by variable, element and time.

    tables       a table that Vensim, Stella or PySD wrote -> Columns
    datasets     a dataset of `sdrun.trajectory` -> Columns
    differences  Columns, Columns -> Comparison

Names are the same by `name_id`: case, quotes, and the kind and number of blanks do not matter, `Var[a,b]` is `Var[a, b]`.

To read another form of table: a function `path -> Columns`, and its row in `READERS`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from sdrun.collate.columns import Columns
from sdrun.collate.datasets import dataset_columns, variant_of
from sdrun.collate.differences import collate
from sdrun.collate.tables import table_columns

__all__ = ["READERS", "Columns", "collate", "dataset_columns", "table_columns", "variant_of"]

READERS: Mapping[str, Callable[[Path], Columns]] = dict.fromkeys((".tab", ".csv", ".tsv", ".txt"), table_columns)
"""Reader of a table, by the file's suffix."""
