"""What a model or a finished run holds, for people who look."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sdrun.system import Slot, System

if TYPE_CHECKING:
    import xarray as xr


def inspect_model(path: Path) -> list[Mapping[str, Any]]:
    """One row per variable: name, kind, dimensions, unit, default, range, description.

    Raises ModelError.
    """
    from sdrun.compile import compile_model
    from sdrun.parse import read_model

    system = compile_model(read_model(path))
    defaults = {slot.id: system.defaults[slot.start : slot.stop, 0] for slot in system.parameters}
    return [_row(system, slot, defaults.get(slot.id)) for slot in system.recorded]


def _row(system: System, slot: Slot, default: np.ndarray | None) -> Mapping[str, Any]:
    return {
        "variable": slot.label,
        "kind": str(slot.kind),
        "dims": ", ".join(f"{system.dimensions[dim].name} ({len(system.dimensions[dim].labels)})" for dim in slot.dims),
        "unit": slot.units,
        "value": "" if default is None else _values(default),
        "range": "" if slot.limits == (None, None) else " to ".join("" if end is None else f"{end:g}" for end in slot.limits),
        "description": slot.description,
    }


def _values(values: np.ndarray) -> str:
    distinct = np.unique(values)
    return f"{distinct[0]:g}" if len(distinct) == 1 else f"{np.nanmin(values):g} ... {np.nanmax(values):g}"


def inspect_run(target: Path) -> "xr.Dataset":
    """The results in a folder, or in a results.nc.

    Raises DataError where there are none.
    """
    from sdrun.report import open_results

    return open_results(target)
