"""Euler on a model of 10 actors: PySD's own run against ours, side by side, results compared to 1e-12."""

import shutil
import statistics
import tempfile
import warnings
from itertools import product
from pathlib import Path
from time import process_time

import numpy as np

from sdrun.compile import compile_model
from sdrun.parse import read_model
from sdrun.simulation import Setup
from sdrun.solve import integrate

MODEL = Path(__file__).parents[1] / "tests" / "agreement" / "models" / "arms.mdl"
STEP, YEARS, SAVE = 0.125, 10.0, 0.5


def ours() -> tuple[float, dict[str, np.ndarray]]:
    """CPU seconds, and every column over time."""
    system = compile_model(read_model(MODEL))
    times = np.arange(0.0, YEARS + SAVE / 2, SAVE)
    parameters = system.defaults.copy()
    parameters[next(slot.start for slot in system.parameters if slot.id == "final_time")] = YEARS
    setup = Setup(parameters=parameters, times=times, step=STEP, method="euler")
    began = process_time()
    history = integrate(system, setup)
    seconds = process_time() - began
    columns = {}
    for slot in system.recorded:
        elements = product(*(system.dimensions[dim].labels for dim in slot.dims))
        names = [f"{slot.label}[{','.join(element)}]" if element else slot.label for element in elements]
        rows = history.values[slot.name][..., 0].reshape(len(names), -1)
        columns |= dict(zip(names, rows, strict=True))
    return seconds, columns


def theirs() -> tuple[float, "object"]:
    """CPU seconds, and PySD's table."""
    import pysd

    with tempfile.TemporaryDirectory() as folder:
        model = pysd.read_vensim(shutil.copy(MODEL, folder))
        began = process_time()
        table = model.run(final_time=YEARS)
        return process_time() - began, table


def largest_difference(columns: dict[str, np.ndarray], table: "object") -> float:
    """Relative, over all columns of both; what is below 1e-14 is rounding around zero."""
    assert set(columns) == set(table.columns)  # type: ignore[attr-defined]
    worst = 0.0
    for name, ours in columns.items():
        reference = table[name].to_numpy(float)  # type: ignore[index]
        apart = np.abs(ours - reference)
        worst = max(worst, float(np.max(np.where(apart < 1e-14, 0.0, apart / np.maximum(np.abs(reference), 1e-14)))))
    return worst


def main() -> None:
    warnings.simplefilter("ignore")
    pairs = [(theirs(), ours()) for _ in range(3)]
    ratios = [pysd_run[0] / our_run[0] for pysd_run, our_run in pairs]
    columns = pairs[0][1][1]
    worst = largest_difference(columns, pairs[0][0][1])
    print("| Euler, 10 actors, 80 steps | CPU s |\n|---|---|")
    print(f"| PySD's own run | {statistics.median(p[0] for p, _ in pairs):.2f} |")
    print(f"| sdrun | {statistics.median(o[0] for _, o in pairs):.4f} |")
    print(
        f"| ratio, median of 3 pairs (min to max) | {statistics.median(ratios):.0f} ({min(ratios):.0f} to {max(ratios):.0f}) |"
    )
    print(f"| largest relative difference over {len(columns)} columns | {worst:.1e} |")


if __name__ == "__main__":
    main()
