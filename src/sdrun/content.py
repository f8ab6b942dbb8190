"""What a model or a finished run holds, for people who look."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sdrun.model import CONTROLS, Model, Table, Variable
from sdrun.system import Kind, Slot, System

if TYPE_CHECKING:
    import xarray as xr

GROUPS = {Kind.STOCK: "stocks", Kind.FLOW: "flows", Kind.AUXILIARY: "auxiliaries", Kind.CONSTANT: "constants"}
"""In the order in which they are shown; tables and control variables come last."""

LOOKUPS = "lookups"
RUN_SETTINGS = "settings of the run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a model holds."""

    dimensions: Mapping[str, Sequence[str]]
    """Elements by range."""
    variables: Sequence[Mapping[str, Any]]
    """Of each its name, kind, group, sector (the group of the model file), dims, unit, value, range, description, equations."""
    code: str = field(repr=False)
    """The Python that is generated from it."""

    def as_dict(self) -> Mapping[str, Any]:
        """For JSON."""
        return {key: value for key, value in asdict(self).items() if key != "code"}


def inspect_model(path: Path) -> Content:
    """The variables of a model by group.

    Raises ModelError.
    """
    from sdrun.compile import compile_model
    from sdrun.parse import read_model

    model = read_model(path)
    system = compile_model(model)
    defaults = {slot.id: system.defaults[slot.start : slot.stop, 0] for slot in system.parameters}
    rows = [_row(model, system, slot, defaults.get(slot.id)) for slot in system.recorded]
    rows += [_table(model, variable) for variable in model.variables.values() if _is_table(variable)]
    order = [*GROUPS.values(), LOOKUPS, RUN_SETTINGS]
    return Content(
        dimensions={dimension.name: dimension.labels for dimension in system.dimensions.values()},
        variables=sorted(rows, key=lambda row: order.index(row["group"])),
        code=system.source,
    )


def _row(model: Model, system: System, slot: Slot, default: np.ndarray | None) -> Mapping[str, Any]:
    return {
        "variable": slot.label,
        "kind": slot.kind.value,
        "group": RUN_SETTINGS if slot.id in CONTROLS else GROUPS[slot.kind],
        "dims": [system.dimensions[dim].name for dim in slot.dims],
        "unit": slot.units,
        "value": None if default is None else _value(default),
        "range": list(slot.limits),
        "description": slot.description,
        "equation": slot.equation,
        **_stated(model, model.variables[slot.id]),
    }


def _table(model: Model, variable: Variable) -> Mapping[str, Any]:
    """A lookup: of what it gives, the least and the largest."""
    tables = [equation.expression for equation in variable.equations if isinstance(equation.expression, Table)]
    return {
        "variable": variable.label,
        "kind": "lookup",
        "group": LOOKUPS,
        "dims": list(variable.equations[0].subscripts),
        "unit": variable.units,
        "value": _value(np.array([y for table in tables for y in table.y])),
        "range": list(variable.limits),
        "description": variable.description,
        "equation": "",
        **_stated(model, variable),
    }


def _stated(model: Model, variable: Variable) -> Mapping[str, Any]:
    """As the model file has it."""
    from sdrun.compile.text import equation_lines

    return {"equations": list(equation_lines(model, variable)), "sector": variable.group, "line": variable.line}


def _is_table(variable: Variable) -> bool:
    return all(isinstance(equation.expression, Table) for equation in variable.equations)


def _value(values: np.ndarray) -> float | tuple[float, float]:
    """The one value of all elements, or the least and the largest."""
    least, largest = float(np.nanmin(values)), float(np.nanmax(values))
    return least if least == largest else (least, largest)


def inspect_run(target: Path) -> "tuple[xr.Dataset, xr.Dataset | None, xr.Dataset | None]":
    """The results in a folder, or in a results.nc; and where it lies beside, what drives them, and answers to what was asked.

    Raises OutputError where there are no results.
    """
    from sdrun.report import open_found, open_results, open_sensitivity

    return open_results(target), open_sensitivity(target), open_found(target)
