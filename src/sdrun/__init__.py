"""sdrun: system-dynamics models of world politics, run, compared and handed to xarray.

>>> import sdrun
>>> ds = sdrun.run("scenarios/teacup.toml")  # doctest: +SKIP
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray as xr

    from sdrun.comparison import Comparison
    from sdrun.content import Content
    from sdrun.plan import Plan

__all__ = ["check", "compare", "conclude", "diagram", "discover", "inspect", "open", "run", "sensitivity"]


def run(source: str | Path | Mapping[str, Any], *, out: str | Path | None = None, **settings: Any) -> "xr.Dataset":
    """The results of a scenario file, a model file, or the tables of a scenario (paths relative to the working directory).

    Settings are those of `--set`, blanks in names as underscores: `sdrun.run("x.toml", free_riding=0.3)`; those of other tables
    by `**{"time.stop": 2050}`.  Nothing is written unless `out` names a folder.  Raises `sdrun.errors.InputError` and
    `SolveError`; what the command would print as a warning is a `UserWarning`.
    """
    import warnings

    from sdrun.pipeline import run_scenario, simulate

    if out is None:
        outcome = simulate(_source(source), settings=_pairs(settings))
    else:
        outcome = run_scenario(_source(source), settings=_pairs(settings), out=Path(out))
    for warning in outcome.warnings:
        warnings.warn(warning, stacklevel=2)
    return outcome.dataset


def check(source: str | Path | Mapping[str, Any], **settings: Any) -> "Plan":
    """What running it would take, what it is made of (`inventories`), and what looks wrong in it (`findings`).

    Raises `sdrun.errors.InputError` with all that is wrong.
    """
    from sdrun.plan import plan

    return plan(_source(source), settings=_pairs(settings))


def compare(
    result: "str | Path | xr.Dataset",
    reference: "str | Path | xr.Dataset",
    *,
    rtol: float = 1e-4,
    atol: float | None = None,
    variant: str | None = None,
    **settings: Any,
) -> "Comparison":
    """How far two results differ, by variable: runs, tables that other tools wrote, or scenarios and models, which are run.

    `.within` says whether all numbers are within |value - reference| <= atol + rtol |reference|; `atol` None is a millionth of
    the largest size of each variable.  A model is run by the method that its file asks for; settings are those of `run`.
    Raises `sdrun.errors.InputError` where there is nothing to compare.
    """
    from sdrun.agreement import compare as compared

    sides = [Path(side) if isinstance(side, str) else side for side in (result, reference)]
    return compared(*sides, rtol=rtol, atol=atol, variant=variant, settings=_pairs(settings))


def inspect(model: str | Path) -> "Content":
    """The variables of a model file, with kind, unit, range, default, documentation and equations; and the generated code."""
    from sdrun.content import inspect_model

    return inspect_model(Path(model))


def diagram(model: str | Path, *, group: str | None = None) -> str:
    """The stock-and-flow diagram of a model file as SVG, links signed as they are in a run; of one group where it is named."""
    from sdrun.portrait import portrait

    return portrait(Path(model), group)


def open(folder: str | Path) -> "xr.Dataset":
    """The results that lie in an output folder."""
    from sdrun.report import open_results

    return open_results(Path(folder))


def sensitivity(of: "str | Path | xr.Dataset") -> "xr.Dataset":
    """Which factor of a sweep drives what, of an output folder or of a result: the indices that its design allows.

    Sobol's of a sweep by `saltelli`, Morris's by `morris`, PAWN's by any other: `<name>_<statistic>` by parameter, of every
    metric and, over time, of what `[output] variables` names.  `_low` and `_high` are the ends of 95 % intervals, `_by_size`
    has the same of the first samples alone.  Equations and sources stand in the modules of `sdrun.apportion`.  Raises
    `sdrun.errors.InputError` where there is no sweep.
    """
    from sdrun.apportion import sensitivity as apportion

    return apportion(open(of) if isinstance(of, str | Path) else of)


def discover(
    of: "str | Path | xr.Dataset",
    metric: str,
    *,
    above: float | None = None,
    below: float | None = None,
    density: float | None = None,
    mass: float = 0.05,
    peel: float = 0.05,
    boxes: int = 3,
    **elements: str,
) -> "xr.Dataset":
    """Which assumptions lead to a metric above, or below, a threshold: boxes and a tree, of a sweep's folder or its result.

    `elements` choose among dimensions: `sdrun.discover("outputs/robustness", "duration", above=30, index="military")`.  In
    words as the attribute `summary`; the schema is that of discovery.nc (`sdrun.answer.tables`).  Raises
    `sdrun.errors.InputError`.
    """
    from sdrun.questions import Question

    settings = {"density": density, "mass": mass, "peel": peel, "boxes": boxes}
    return _asked(of, questions=(Question(name=metric, of=metric, above=above, below=below, select=elements, **settings),))  # type: ignore[arg-type]


def conclude(of: "str | Path | xr.Dataset", metric: str, *, less: tuple[str, str], **elements: str) -> "xr.Dataset":
    """How often a metric is less under one variant, or theory, than under another, of a sweep's folder or result.

    `sdrun.conclude("outputs/robustness", "duration", less=("waltz", "mearsheimer"), index="military")`.
    """
    from sdrun.questions import Conclusion

    return _asked(of, conclusions=(Conclusion(name=metric, metric=metric, less=less, select=elements),))


def _asked(of: "str | Path | xr.Dataset", **asked: Any) -> "xr.Dataset":
    from sdrun.answer import checked

    return checked(_figures(of), **asked)


def _figures(of: "str | Path | xr.Dataset") -> "xr.Dataset":
    """What is one figure per sample, in memory."""
    from sdrun.trajectory import figures_only

    return figures_only(open(of) if isinstance(of, str | Path) else of).compute()


def _source(source: str | Path | Mapping[str, Any]) -> Path | Mapping[str, Any]:
    return Path(source) if isinstance(source, str) else source


def _pairs(settings: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"{key}={_toml(value)}" for key, value in settings.items())


def _toml(value: Any) -> str:
    """A Python value as `--set` takes it: on one line.

    >>> _toml({"USA": 1, "*": [True, "a"]})
    '{"USA" = 1, "*" = [true, "a"]}'
    """
    import tomli_w

    match value:
        case Mapping():
            return "{" + ", ".join(f"{_toml(str(key))} = {_toml(inner)}" for key, inner in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(_toml(inner) for inner in value) + "]"
        case Path():
            return _toml(str(value))
        case _:
            plain = value.item() if hasattr(value, "item") else value
            return tomli_w.dumps({"x": plain}).removeprefix("x = ").strip()
