"""Where every variable lies in y and p, and what it is called."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sdrun.compile.axes import shape
from sdrun.compile.identifiers import identifiers
from sdrun.compile.program import Program
from sdrun.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Rows of the flat vectors, by id of the variable."""

    identifiers: Mapping[str, str]
    dimensions: Mapping[str, str]
    """Names of ranges in the result."""
    stock_rows: Mapping[str, slice]
    """In y."""
    parameter_rows: Mapping[str, slice]
    """In p."""
    initial_rows: Mapping[str, slice]
    """In p, after the parameters; stocks of the model only."""
    recorded: tuple[str, ...]
    """Variables of the model itself, lookups left out, in the file's order."""


def lay_out(program: Program) -> Layout:
    """Give every variable its rows, one after the other."""
    model = program.model
    lookups = {*program.lookups}
    visible = tuple(id for id in program.stocks if not id.startswith("_"))
    parameter_rows = _rows(model, program.parameters, 0)
    first_initial = max((rows.stop for rows in parameter_rows.values()), default=0)
    dimensions = identifiers({id: range_.label for id, range_ in model.ranges.items()})
    return Layout(
        identifiers=identifiers({id: variable.label for id, variable in model.variables.items()}, dimensions.values()),
        dimensions=dimensions,
        stock_rows=_rows(model, program.stocks, 0),
        parameter_rows=parameter_rows,
        initial_rows=_rows(model, visible, first_initial),
        recorded=tuple(id for id in model.variables if not id.startswith("_") and id not in lookups),
    )


def _rows(model: Model, ids: tuple[str, ...], start: int) -> dict[str, slice]:
    rows: dict[str, slice] = {}
    for id in ids:
        stop = start + int(np.prod(shape(model, model.variables[id]), dtype=int))
        rows[id] = slice(start, stop)
        start = stop
    return rows
