"""The result: every variable of every variant as one `xarray.Dataset`, at the root of one NetCDF file.

SCHEMA (`check_schema` holds a dataset to it)

Dimensions, in this order: `variant` (only where the scenario has variants), `sample` (only of a sweep), the
model's own (`state, other, strategy`; indicators add `index`), `time`.

Coordinates
    variant         names of the variants; `variant_title(variant)` beside it
    sample          0, 1, ...; what the sweep varies is a coordinate on `sample`, attribute `role = "parameter"`, and no data
                    variable; `theory(sample)`, `variant(sample)` where it varies these; `morris_factor(sample)`,
                    `morris_step(sample)` say in what a sample of Morris's design differs from the one before
    state, ...      labels of the subscript elements
    time            float64, attribute `units` in the singular: "year", "day"

Data variables: every variable of the model but lookups, named in snake_case (with `_` behind where a coordinate has that name).
    A constant has no `time` unless an event changes it; everything else has.  `status(sample)` (only with samples) says which
    failed.  Of a metric that is a length of time, `<metric>_censored` says where the run ended first.

Attributes of a data variable (and of a parameter coordinate)
    long_name       the name in the model
    units           as in the model; "" where it gives none.  What xarray would take for a date or a duration ("days",
                    "years since 1900") is written otherwise, and stands verbatim in `source_units`.
    sd_type         stock, flow, auxiliary, constant; or `role` for what analyses add: "indicator", "metric", "flag" (beside a
    metric), "mode" description, equation

Global attributes after ACDD-1.3: Conventions, title, summary, source, history, date_created, references, creator_name; and
    sdrun_version, run_id, seed ("none" where nothing is random), design ("none" where there is no sweep); of a sweep also
    factors and output_variables (what `[output]` names), as JSON.  All are text: NetCDF knows no booleans, None, paths or dates
    (`sdrun.attributes` sees to that).

VARIANTS of different shape (other subscripts, times or models) are joined on the union of their labels and times, NaN where a
variant has no value: five states of 1816 and eight of 1992 fit one file.  What would have no meaning is refused with a
`ScenarioError`: times in different units, and one name with different dimensions.  Attributes that differ between variants are
joined by " | ".

`SOURCE_DATE_EPOCH` fixes `date_created`: equal inputs then give equal bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sdrun.attributes import attributes, flags, global_attributes, safe_units, shared_time_unit, variant_title
from sdrun.errors import Problem, ScenarioError, nearest
from sdrun.model import name_id
from sdrun.scenario import Case, Output, Scenario
from sdrun.simulation import Run
from sdrun.sweep import Samples, theory_names, variant_names
from sdrun.system import Kind, Slot, System

if TYPE_CHECKING:
    import xarray as xr

RESERVED = ("variant", "variant_title", "sample", "status", "theory", "index", "time", "morris_factor", "morris_step")
"""Names that a variable or a range of the model cannot have in the result."""

_GLOBAL = (
    "Conventions",
    "title",
    "summary",
    "source",
    "history",
    "date_created",
    "references",
    "creator_name",
    "sdrun_version",
    "run_id",
    "seed",
    "design",
)
_HELD = (str, int, float, np.number, np.ndarray, list)
"""What attributes hold: lists are arrays that come from Zarr's JSON."""

_STATUS = {0: "completed", 1: "failed"}


def to_dataset(runs: Sequence[Run], scenario: Scenario, *, run_id: str = "") -> "xr.Dataset":
    """The runs of a scenario as one dataset; one run per case, in the scenario's order."""
    unit = shared_time_unit(runs)
    _refuse_other_dimensions(runs)
    changing = frozenset(slot.id for run in runs for slot in _recorded(run) if _changes(run, slot))
    swept = frozenset(slot.id for run in runs for slot in _recorded(run) if _is_swept(run, slot))
    parts = [_dataset(run, changing, swept) for run in runs]
    ds = _join(parts, scenario.cases) if scenario.side_by_side else parts[0]
    ds["time"].attrs = attributes(long_name="time", units=unit, axis="T")
    ds.attrs = global_attributes(runs, scenario, run_id)
    return ds


# ── one run ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _dataset(run: Run, changing: frozenset[str], swept: frozenset[str]) -> "xr.Dataset":
    import xarray as xr

    coords = _sample_coords(run)
    for dimension in _dimensions(run.system):
        coords[_free(dimension.name)] = (_free(dimension.name), np.array(dimension.labels, dtype=str))
    coords["time"] = ("time", np.asarray(run.history.time, dtype=float))
    recorded = {slot.id: _variable_name(run.system, slot) for slot in _recorded(run)}
    data: dict[str, Any] = {recorded[slot.id]: _variable(run, slot, slot.id in changing) for slot in _recorded(run)}
    if "sample" in coords:
        data["status"] = (
            "sample",
            _status(run),
            attributes(**flags(_STATUS), long_name="status of the sample", role="status"),
        )
    parameters = [name for id_, name in recorded.items() if id_ in swept]
    ds = xr.Dataset(data, coords=coords).set_coords(parameters)
    for name in parameters:
        ds[name].attrs["role"] = "parameter"
    return ds


def _recorded(run: Run) -> tuple[Slot, ...]:
    return tuple(slot for slot in run.system.recorded if slot.name in run.history.values)


def _sample_coords(run: Run) -> dict[str, Any]:
    """The numbers of the samples, and their theories; nothing for a single run."""
    samples = run.setup.samples
    if samples is None:
        return {"sample": ("sample", np.arange(_samples(run)))} if _samples(run) > 1 else {}
    coords: dict[str, Any] = {"sample": ("sample", np.arange(samples.first, samples.first + samples.size))}
    return coords | _structure(samples) | _trajectories(samples)


def _structure(samples: Samples) -> dict[str, Any]:
    """The theory and the variant of each sample, where the sweep draws them."""
    texts = {"theory": theory_names(samples), "variant": variant_names(samples)}
    about = {"theory": "whose parameters the sample has", "variant": "variant of the scenario that the sample is"}
    return {
        name: ("sample", np.array(found, dtype=str), attributes(long_name=name, description=about[name], role="parameter"))
        for name, found in texts.items()
        if found
    }


def _trajectories(samples: Samples) -> dict[str, Any]:
    """In which factor each sample differs from the one before, of Morris's design."""
    if samples.steps is None:
        return {}
    meant = "its position in the attribute factors; -1 where a trajectory begins"
    by = "in the unit interval of its quantiles; 1 or -1 of choices, 0 where a trajectory begins"
    return {
        "morris_factor": (
            "sample",
            samples.steps.factor.astype(np.int32),
            attributes(long_name="factor that differs from the sample before", description=meant),
        ),
        "morris_step": (
            "sample",
            samples.steps.by,
            attributes(long_name="by how much it differs", units="1", description=by),
        ),
    }


def _variable(run: Run, slot: Slot, changing: bool) -> tuple[tuple[str, ...], np.ndarray, dict[str, Any]]:
    """Dimensions, values and attributes of one variable."""
    values = np.moveaxis(np.asarray(run.history.values[slot.name], dtype=float), -1, 0)
    dims = ("sample", *(_free(run.system.dimensions[dim].name) for dim in slot.dims), "time")
    if not changing:
        values, dims = values[..., 0], dims[:-1]
    if not _sample_coords(run):
        values, dims = values[0, ...], dims[1:]
    else:
        values = np.broadcast_to(values, (_samples(run), *values.shape[1:]))
    return dims, values, _slot_attributes(slot)


def _slot_attributes(slot: Slot) -> dict[str, Any]:
    units = safe_units(slot.units)
    return attributes(
        long_name=slot.label,
        units=units,
        source_units=slot.units if units != slot.units else None,
        description=slot.description or None,
        sd_type=slot.kind.value,
        equation=slot.equation or None,
    )


def _changes(run: Run, slot: Slot) -> bool:
    """Whether the variable needs a time axis: every one but a constant that no event changed."""
    values = run.history.values[slot.name]
    return slot.kind is not Kind.CONSTANT or not np.array_equal(
        values, np.broadcast_to(values[..., :1, :], values.shape), equal_nan=True
    )


def _is_swept(run: Run, slot: Slot) -> bool:
    """Whether the sweep varies it; of runs that tell no factors, whether it is a parameter that differs between samples."""
    if run.setup.samples is not None:
        return slot.id in run.setup.factors
    values = run.history.values[slot.name]
    given = slot.id in {parameter.id for parameter in run.system.parameters}
    return given and not np.array_equal(values, np.broadcast_to(values[..., :1], values.shape), equal_nan=True)


def _status(run: Run) -> np.ndarray:
    """1 for samples that the solver gave up, and those with a stock that is not finite."""
    stocks = [run.history.values[slot.name] for slot in run.system.stocks if slot.name in run.history.values]
    finite = [np.isfinite(values).reshape(-1, values.shape[-1]).all(axis=0) for values in stocks]
    status = np.broadcast_to(~np.all(finite, axis=0), (_samples(run),)).astype(np.int8)
    status[list(run.history.failures)] = 1
    return status


def _samples(run: Run) -> int:
    return int(max(run.setup.parameters.shape[-1], *(values.shape[-1] for values in run.history.values.values()), 1))


def _dimensions(system: System) -> "Iterable[Any]":
    """The dimensions that recorded variables extend over, in the model's order."""
    used = {dim for slot in system.recorded for dim in slot.dims}
    return [dimension for id_, dimension in system.dimensions.items() if id_ in used]


def _free(name: str) -> str:
    return f"{name}_" if name in RESERVED else name


def _variable_name(system: System, slot: Slot) -> str:
    """The variable's name in the result: not that of a coordinate."""
    taken = {_free(dimension.name) for dimension in _dimensions(system)}
    return f"{slot.name}_" if slot.name in taken or slot.name in RESERVED else slot.name


# ── variants side by side ────────────────────────────────────────────────────────────────────────────────────────────────────


def _join(parts: "Sequence[xr.Dataset]", cases: Sequence[Case]) -> "xr.Dataset":
    import xarray as xr

    dims = dict.fromkeys(dim for part in parts for dim in part.dims)
    union = {dim: _union(str(dim), [part[dim].values for part in parts if dim in part.dims]) for dim in dims}
    parts = [part.reindex({dim: union[dim] for dim in part.dims}) for part in parts]
    names = xr.DataArray(np.array([case.name for case in cases], dtype=str), dims="variant", name="variant")
    names.attrs = attributes(long_name="variant of the scenario")
    ds = xr.concat(
        parts, dim=names, data_vars="all", coords="different", compat="equals", join="exact", combine_attrs=_join_attributes
    )
    titles = np.array([variant_title(case) for case in cases], dtype=str)
    return ds.assign_coords(variant_title=("variant", titles, attributes(long_name="title of the variant")))


def _union(dim: str, labels: Sequence[np.ndarray]) -> np.ndarray:
    """Times in order, other labels in order of appearance."""
    if dim == "time":
        return np.unique(np.concatenate(labels))
    return np.array(list(dict.fromkeys(label for part in labels for label in part.tolist())))


def _join_attributes(given: Sequence[Mapping[str, Any]], context: object = None) -> dict[str, Any]:
    """All attributes; where variants differ, their texts one behind the other."""
    names = dict.fromkeys(name for part in given for name in part)
    every = {name: [part[name] for part in given if name in part] for name in names}
    return {
        name: values[0] if not isinstance(values[0], str) else " | ".join(dict.fromkeys(values))
        for name, values in every.items()
    }


def _refuse_other_dimensions(runs: Sequence[Run]) -> None:
    """One name with different dimensions in two variants has no place in one array."""
    first = {slot.name: (slot, run) for run in reversed(runs) for slot in run.system.recorded}
    problems = [
        Problem(
            what=f"'{slot.label}' has the dimensions {_listed(slot)} in variant '{run.case.name}', but "
            f"{_listed(first[slot.name][0])} in variant '{first[slot.name][1].case.name}'",
            help="put the two models into two scenarios",
        )
        for run in runs
        for slot in run.system.recorded
        if slot.dims != first[slot.name][0].dims
    ]
    if problems:
        raise ScenarioError(*problems)


def _listed(slot: Slot) -> str:
    return f"[{', '.join(slot.dims)}]"


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def check_output(output: Output, systems: Sequence[System], indicators: Iterable[str] = ()) -> None:
    """Raise a `ScenarioError` for names in `[output] variables` that neither the models nor the indicators have."""
    labels = {slot.id: slot.label for system in systems for slot in system.recorded}
    known = {*labels, *(slot.name for system in systems for slot in system.recorded), *indicators}
    problems = [
        Problem(what=f"unknown variable '{name}'", place=output.place, help=nearest(name, [*labels.values(), *indicators]))
        for name in output.variables or ()
        if name_id(name) not in known
    ]
    if problems:
        raise ScenarioError(*problems)


def asked(scenario: Scenario) -> frozenset[str] | None:
    """Ids of the variables and indicators that `[output]`, and metrics and modes of a sweep name; None where `[output]` names
    none."""
    if scenario.output.variables is None:
        return None
    return frozenset(name_id(name) for name in (*scenario.output.variables, *figures_of(scenario)))


def figures_of(scenario: Scenario) -> tuple[str, ...]:
    """Variables and indicators of which a sweep takes a figure from each sample: metrics and modes."""
    sweep = scenario.sweep
    return (*(metric.of for metric in sweep.metrics), *sweep.modes) if sweep is not None else ()


def select(ds: "xr.Dataset", output: Output) -> "xr.Dataset":
    """The variables and the precision that the scenario asks for; `status`, metrics and the time are always kept whole.

    Indicators come by themselves, but of samples only where it names them, or no variable.  Of samples the stocks are kept
    where it asks for nothing.
    """
    if output.variables is None and "sample" in ds.dims:
        kinds = {name: set(array.attrs.get("sd_type", "").split(" | ")) for name, array in ds.data_vars.items()}
        ds = _with(ds, [str(name) for name in ds.data_vars if "role" in ds[name].attrs or Kind.STOCK.value in kinds[name]])
    elif output.variables is not None:
        wanted = {name_id(name) for name in output.variables}
        roles = {"indicator"} if "sample" in ds.dims else set()
        ds = _with(ds, [str(name) for name, array in ds.data_vars.items() if _is_wanted(array, wanted, roles)])
    floats = [name for name, array in ds.data_vars.items() if array.dtype.kind == "f" and "role" not in array.attrs]
    return ds.assign({name: ds[name].astype(output.precision) for name in floats})


def _with(ds: "xr.Dataset", names: Sequence[str]) -> "xr.Dataset":
    """Some of the variables, with all that the sweep varies, also where it has a dimension that none of them has."""
    varied = {name: array for name, array in ds.coords.items() if array.attrs.get("role") == "parameter"}
    return ds[list(names)].assign_coords(varied)


def figures_only(ds: "xr.Dataset") -> "xr.Dataset":
    """Of a sweep what is one figure per sample: metrics, flags, modes and status, with all coordinates; of a run all of it."""
    if "sample" not in ds.dims:
        return ds
    return ds.drop_vars([name for name, array in ds.data_vars.items() if array.attrs.get("role", "indicator") == "indicator"])


def ids(array: "xr.DataArray") -> set[str]:
    """What a scenario may call a variable of a result: its name there, and its label."""
    return {str(array.name), name_id(str(array.attrs.get("long_name", "")))}


def mode_name(variable: str) -> str:
    """The name in a result of a variable's mode of behaviour."""
    return f"{name_id(variable)}_mode"


def selected(array: "xr.DataArray", select: Mapping[str, str]) -> "xr.DataArray":
    """The array at elements, by dimension; both as in `name_id`.  Raises ValueError where there is no such element."""
    labels = {name_id(dim): [name_id(str(known)) for known in array[name_id(dim)].values] for dim in select}
    return array.isel({name_id(dim): labels[name_id(dim)].index(name_id(label)) for dim, label in select.items()}, drop=True)


def _is_wanted(array: "xr.DataArray", wanted: set[str], named: set[str]) -> bool:
    """Whether it is asked for, or has a role that comes by itself."""
    by_itself = "role" in array.attrs and array.attrs["role"] not in named
    return by_itself or bool(ids(array) & wanted)


# ── the schema as a check ────────────────────────────────────────────────────────────────────────────────────────────────────


def check_schema(ds: "xr.Dataset") -> None:
    """Raise a `ValueError` that lists where `ds` departs from the schema."""
    wrong = [f"no global attribute {name}" for name in _GLOBAL if name not in ds.attrs]
    wrong += [
        f"{name}: dimensions {array.dims} out of order" for name, array in ds.variables.items() if not _in_order(array.dims)
    ]
    wrong += [f"{dim}: no coordinate" for dim in ds.dims if dim not in ds.coords]
    wrong += [f"sample: only {ds.sizes['sample']}"] if ds.sizes.get("sample", 2) < 2 else []
    wrong += _wrong_time(ds)
    for name, array in ds.data_vars.items():
        needed = ("long_name",) if array.dtype.kind != "f" else ("long_name", "units")
        wrong += [f"{name}: no attribute {attr}" for attr in needed if attr not in array.attrs]
        wrong += _wrong_kind(str(name), array)
    every = [*ds.attrs.items(), *(item for array in ds.variables.values() for item in array.attrs.items())]
    wrong += [
        f"attribute {name} is {value!r}" for name, value in every if isinstance(value, bool) or not isinstance(value, _HELD)
    ]
    if wrong:
        raise ValueError("; ".join(wrong))


def _wrong_time(ds: "xr.Dataset") -> list[str]:
    if "time" not in ds.coords:
        return ["no coordinate time"]
    wrong = ["time is not float64"] if ds["time"].dtype != np.float64 else []
    wrong += ["time has no units"] if not ds["time"].attrs.get("units") else []
    wrong += ["time does not increase"] if (np.diff(ds["time"].values) <= 0).any() else []
    return wrong


def _wrong_kind(name: str, array: "xr.DataArray") -> list[str]:
    """A variable of the model says what it is; all but constants change with time."""
    if "role" in array.attrs:
        return []
    kinds = set(array.attrs.get("sd_type", "").split(" | "))
    wrong = [f"{name}: sd_type {kind!r}" for kind in kinds if kind not in [known.value for known in Kind]]
    return wrong + ([f"{name}: no time, though no constant"] if "time" not in array.dims and "constant" not in kinds else [])


def _in_order(dims: Sequence[Any]) -> bool:
    rank = {"variant": 0, "sample": 1, "time": 3}
    ranks = [rank.get(str(dim), 2) for dim in dims]
    return ranks == sorted(ranks)
