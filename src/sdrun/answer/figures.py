"""What was found, as data for JSON."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray as xr


def figures(found: "xr.Dataset") -> Mapping[str, Any]:
    """Of a dataset of `tables`: questions with their boxes, conclusions, shares of modes."""
    questions = [_question(found, number) for number in range(found.sizes.get("question", 0))]
    named = ("less", "less_low", "less_high", "equal", "greater", "undecided")
    conclusions = [
        {
            "conclusion": str(one["conclusion"].values),
            "description": str(one["conclusion_description"].values),
            **{name: float(one[name]) for name in named},
        }
        for one in (found.isel(conclusion=number) for number in range(found.sizes.get("conclusion", 0)))
    ]
    modes = {str(name): array.to_dict() for name, array in found.data_vars.items() if "mode" in array.dims}
    kept = {name: {key: array[key] for key in ("dims", "data")} for name, array in modes.items()}
    return {"questions": questions, "conclusions": conclusions, "modes": kept}


def _question(found: "xr.Dataset", number: int) -> Mapping[str, Any]:
    one = found.isel(question=number)
    name = str(one["question"].values)
    boxes = [_box(found.isel(box=at)) for at, of in enumerate(found["box_question"].values) if of == name]
    shares = {key: float(one[key]) for key in ("cases", "density_asked")}
    counts = {key: int(one[key]) for key in ("rows", "unknown")}
    return {"question": name, "description": str(one["description"].values), **shares, **counts, "boxes": boxes}


def _box(box: "xr.Dataset") -> Mapping[str, Any]:
    measures = {key: float(box[key]) for key in ("density", "coverage", "mass")}
    limits: dict[str, Any] = {}
    for parameter in box["parameter"].values:
        at = box.sel(parameter=parameter)
        own: dict[str, Any] = {key: float(at[key]) for key in ("low", "high") if at[key].notnull()}
        own |= {"choices": str(at["choices"].values).split(", ")} if str(at["choices"].values) else {}
        limits |= {str(parameter): {**own, "quasi_p": float(at["quasi_p"])}} if own else {}
    return {**measures, "limits": limits}
