"""sdrun: system-dynamics models of world politics, run, compared and handed to xarray.

>>> import sdrun
>>> ds = sdrun.run("scenarios/teacup.toml")  # doctest: +SKIP
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray as xr

    from sdrun.plan import Plan

__all__ = ["check", "open", "run"]


def run(source: str | Path | Mapping[str, Any], *, out: str | Path | None = None, **settings: Any) -> "xr.Dataset":
    """The results of a scenario file, a model file, or the tables of a scenario (paths relative to the working directory).

    Settings are those of `--set`, blanks in names as underscores: `sdrun.run("x.toml", free_riding=0.3)`.  Nothing is written
    unless `out` names a folder.  Raises `sdrun.errors.InputError` and `SolveError`.
    """
    from sdrun.pipeline import run_scenario, simulate

    where = Path(source) if isinstance(source, str) else source
    pairs = tuple(f"{key}={_toml(value)}" for key, value in settings.items())
    if out is None:
        return simulate(where, settings=pairs).dataset
    return run_scenario(where, settings=pairs, out=Path(out)).dataset


def check(source: str | Path, **settings: Any) -> "Plan":
    """What running it would take; raises `sdrun.errors.InputError` with all that is wrong."""
    from sdrun.plan import plan

    return plan(Path(source), settings=tuple(f"{key}={_toml(value)}" for key, value in settings.items()))


def open(folder: str | Path) -> "xr.Dataset":
    """The results that lie in an output folder."""
    from sdrun.report import open_results

    return open_results(Path(folder))


def _toml(value: Any) -> str:
    """A Python value as `--set` takes it."""
    import tomli_w

    return tomli_w.dumps({"x": value}).removeprefix("x = ").strip()
