"""Whether two results agree: a run against another, or against a table that another tool wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from sdrun.comparison import RTOL, Comparison
from sdrun.errors import DataError, Problem
from sdrun.scenario import METHODS_OF_MODELS

if TYPE_CHECKING:
    import xarray as xr

Result = Union[Path, "xr.Dataset"]
"""A folder or file of results, a table, a scenario or a model (which are run), or a dataset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A dataset, what it is called, and how it came about."""

    dataset: "xr.Dataset"
    source: str
    notes: tuple[str, ...] = ()


def compare(
    result: Result,
    reference: Result,
    *,
    rtol: float = RTOL,
    atol: float | None = None,
    variant: str | None = None,
    settings: Sequence[str] = (),
) -> Comparison:
    """What both have in common and how far it differs.

    `variant` is taken of each side that has variants; without it variants are compared by name.  `settings` are those of
    `--set`, for what is run.  Raises InputError for what cannot be read or compared, and SolveError.
    """
    from sdrun.collate import collate, dataset_columns, variant_of

    sides = [_side(side, variant, settings) for side in (result, reference)]
    chosen = [
        replace(side, dataset=variant_of(side.dataset, variant, side.source)) if isinstance(side, _Made) else side
        for side in sides
    ]
    _check_alike(chosen)
    columns = [dataset_columns(side.dataset, side.source) if isinstance(side, _Made) else side for side in chosen]
    notes = tuple(note for side in chosen if isinstance(side, _Made) for note in side.notes)
    found = collate(*columns, rtol=float(rtol), atol=None if atol is None else float(atol))
    return replace(found, notes=notes)


def _side(side: Result, variant: str | None, settings: Sequence[str]) -> Any:
    """The columns of a table; else a dataset."""
    from sdrun.collate import READERS
    from sdrun.parse import FORMATS, read_model
    from sdrun.read import read_scenario
    from sdrun.report import open_results

    if not isinstance(side, Path):
        return _Made(dataset=side, source=str(side.attrs.get("title") or "dataset"))
    suffix = side.suffix.lower()
    if suffix in READERS:
        return READERS[suffix](side)
    if suffix in FORMATS:
        files = read_scenario({"model": {"file": side}}, settings=settings).cases[0].source
        method = METHODS_OF_MODELS[read_model(files[0], files[1:]).method or "euler"]  # what wrote the table took it too
        how = f"by {method}, as its file asks" if not settings else f"by {method}, as its file asks, but for --set"
        return _run(side, {"model": {"file": side}, "solver": {"method": method}}, None, settings, f" {how}")
    if suffix == ".toml":
        return _run(side, side, variant, settings)
    return _Made(dataset=open_results(side), source=str(side))


def _run(path: Path, source: Path | Mapping[str, Any], variant: str | None, settings: Sequence[str], how: str = "") -> _Made:
    from sdrun.pipeline import simulate

    outcome = simulate(source, settings=settings, only=variant)
    return _Made(dataset=outcome.dataset, source=str(path), notes=(f"'{path}' was run{how}", *outcome.warnings))


def _check_alike(sides: Sequence[Any]) -> None:
    """Raise a DataError where only one side has variants, or samples: like is compared with like."""
    for dim, help_ in (("variant", "choose one: --variant"), ("sample", None)):
        having = [side for side in sides if isinstance(side, _Made) and dim in side.dataset.dims]
        if len(having) == 1:
            names = [str(name) for name in having[0].dataset[dim].values]
            listed = f"{', '.join(names[:6])}{', ...' if len(names) > 6 else ''}"
            raise DataError(Problem(what=f"'{having[0].source}' has {dim}s ({listed}), the other side has none", help=help_))
