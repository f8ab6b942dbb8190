"""What a model or a finished run holds, for people who look."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sdrun.model import CONTROLS
from sdrun.system import Kind, Slot, System

if TYPE_CHECKING:
    import xarray as xr

GROUPS = {Kind.STOCK: "stocks", Kind.FLOW: "flows", Kind.AUXILIARY: "auxiliaries", Kind.CONSTANT: "constants"}
"""In the order in which they are shown; control variables come last."""

RUN_SETTINGS = "settings of the run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a model holds."""

    dimensions: Mapping[str, Sequence[str]]
    """Elements by range."""
    variables: Sequence[Mapping[str, Any]]
    """Of each its name, group, dims, unit, value, range, description, equation and line in the file."""

    def as_dict(self) -> Mapping[str, Any]:
        """For JSON."""
        return asdict(self)


def inspect_model(path: Path) -> Content:
    """The variables of a model by group.

    Raises ModelError.
    """
    from sdrun.compile import compile_model
    from sdrun.parse import read_model

    system = compile_model(read_model(path))
    defaults = {slot.id: system.defaults[slot.start : slot.stop, 0] for slot in system.parameters}
    rows = [_row(system, slot, defaults.get(slot.id)) for slot in system.recorded]
    order = [*GROUPS.values(), RUN_SETTINGS]
    return Content(
        dimensions={dimension.name: dimension.labels for dimension in system.dimensions.values()},
        variables=sorted(rows, key=lambda row: order.index(row["group"])),
    )


def _row(system: System, slot: Slot, default: np.ndarray | None) -> Mapping[str, Any]:
    return {
        "variable": slot.label,
        "group": RUN_SETTINGS if slot.id in CONTROLS else GROUPS[slot.kind],
        "dims": [system.dimensions[dim].name for dim in slot.dims],
        "unit": slot.units,
        "value": None if default is None else _value(default),
        "range": list(slot.limits),
        "description": slot.description,
        "equation": slot.equation,
        "line": slot.line,
    }


def _value(values: np.ndarray) -> float | tuple[float, float]:
    """The one value of all elements, or the least and the largest."""
    least, largest = float(np.nanmin(values)), float(np.nanmax(values))
    return least if least == largest else (least, largest)


def inspect_run(target: Path) -> "tuple[xr.Dataset, xr.Dataset | None]":
    """The results in a folder, or in a results.nc; and answers to what was asked of a sweep.

    Raises OutputError where there are no results.
    """
    from sdrun.report import open_found, open_results

    return open_results(target), open_found(target)
