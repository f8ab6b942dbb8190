"""From a model file to functions that run: CPU seconds without imports, beside PySD's own translation, in fresh processes.

    uv run python benchmarks/compile.py [--world3 PATH/wrld3-03.mdl] [--keep MODEL.mdl]

A model of 2000 variables is written by the script, the same one for the same seed.  sdrun's NumPy text is ready when it has
given a first derivative, its machine code when it has run a step; PySD's model when it is loaded and initialized.  World3
(Vensim's sample model of the 2004 edition) cannot be shipped; public repositories have it as wrld3-03.mdl.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import process_time

ROUNDS = 3
SEED, SECTORS, SIZE = 20261126, 100, 20
"""Of the generated model: sectors, and variables in each."""
GOALS = {"World3": 3.0, "2000 variables": 12.0}
"""CPU seconds to reach by either engine."""


# ── the model ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def written() -> str:
    """Sectors in a ring, each with stocks, flows, delays, tables and constants; every fifth has regions."""
    draw = random.Random(SEED)
    lines = ["{UTF-8}", entry("region: north, south, east")]
    for number in range(SECTORS):
        lines += map(entry, sector(number, "[region]" if number % 5 == 0 else "", draw))
    controls = {"INITIAL TIME": "0", "FINAL TIME": "100", "TIME STEP": "0.25", "SAVEPER": "1"}
    return "\n".join([*lines, *(entry(f"{name} = {value}") for name, value in controls.items())]) + "\n"


def entry(equation: str) -> str:
    return f"{equation}\n\t~\t\n\t~\tgenerated\n\t|\n"


def sector(number: int, by: str, draw: random.Random) -> Iterator[str]:
    """SIZE variables: a work force, capital and orders that depend on the sectors before."""

    def name(label: str, back: int = 0) -> str:
        """Of this sector, or one before: summed where it has regions and this one has none."""
        other = (number - back) % SECTORS
        theirs = "[region]" if other % 5 == 0 else ""
        if theirs and not by:
            return f"SUM({label} {other}[region!])"
        return f"{label} {other}{theirs}"

    def constant(low: float, high: float) -> str:
        return f"{draw.uniform(low, high):.3g}"

    points = ",".join(f"({x / 2:g},{y:.3g})" for x, y in enumerate(sorted(draw.uniform(0.2, 2) for _ in range(7))))
    yield f"{name('effect')}( [(0,0)-(3,2)],{points} )" if not by else f"effect {number}( [(0,0)-(3,2)],{points} )"
    yield f"{name('lifetime')} = {constant(8, 30)}"
    yield f"{name('hiring time')} = {constant(1, 4)}"
    yield f"{name('normal output')} = {constant(0.5, 2)}"
    yield f"{name('elasticity')} = {constant(0.2, 0.8)}"
    yield f"{name('coverage')} = {constant(1, 3)}"
    yield f"{name('initial capital')} = {constant(50, 150)}"
    yield f"{name('capital')} = INTEG({name('investment')} - {name('depreciation')}, {name('initial capital')})"
    yield f"{name('labour')} = INTEG({name('hiring')} - {name('leaving')}, {constant(40, 120)})"
    yield f"{name('inventory')} = INTEG({name('output')} - {name('shipments')}, {constant(50, 150)})"
    yield f"{name('depreciation')} = {name('capital')} / {name('lifetime')}"
    yield f"{name('leaving')} = {name('labour')} / {constant(5, 20)}"
    yield (
        f"{name('output')} = {name('normal output')} * {name('capital')} ^ {name('elasticity')}"
        f" * MAX({name('labour')}, 1) ^ (1 - {name('elasticity')})"
    )
    back, far = draw.randint(1, 4), draw.randint(5, 30)
    demand = f"0.5 * {name('perceived output', back)} + 0.25 * {name('perceived output', far)}"
    consumed = f"({demand}) / 3 + 0.02 * {name('labour')}"
    yield f"{name('demand')} = {constant(5, 20)} + {consumed} + STEP({constant(1, 5)}, {draw.randint(5, 60)})"
    yield f"{name('perceived output')} = SMOOTH({name('output')}, {constant(2, 8)})"
    yield f"{name('shipments')} = MIN({name('demand')}, {name('inventory')} / {name('coverage')})"
    yield f"{name('pressure')} = ZIDZ({name('demand')} * {name('coverage')}, {name('inventory')})"
    yield f"{name('response')} = effect {number}(MIN({name('pressure')}, 3))"
    yield f"{name('investment')} = DELAY3({name('depreciation')} * {name('response')}, {constant(1, 5)})"
    yield (
        f"{name('hiring')} = IF THEN ELSE({name('pressure')} > {constant(0.5, 1.5)}, {name('leaving')} * {name('response')},"
        f" {name('leaving')} * 0.9) / {name('hiring time')}"
    )


# ── the engines ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def numpy_text(path: Path) -> float:
    from sdrun.compile import compile_model
    from sdrun.parse import read_model

    began = process_time()
    system = compile_model(read_model(path))
    y, held = system.initial(0.0, 0.0, 0.25, system.defaults)
    system.rhs(0.0, 0.0, 0.25, y, system.constants(system.defaults, held))
    return process_time() - began


def machine_code(path: Path) -> float:
    import numpy as np

    from sdrun.compile import compile_model
    from sdrun.parse import read_model
    from sdrun.simulation import Setup
    from sdrun.solve import integrate

    began = process_time()
    system = compile_model(read_model(path))
    start = next(float(system.defaults[slot.start, 0]) for slot in system.parameters if slot.id == "initial_time")
    setup = Setup(parameters=system.defaults, times=start + np.array([0.0, 0.25]), step=0.25, method="euler", engine="llvm")
    assert integrate(system, setup).engine == "llvm"
    return process_time() - began


def pysd(path: Path) -> float:
    import pysd
    import pysd.builders.python.python_model_builder
    import pysd.py_backend.model
    import pysd.translators.vensim.vensim_file

    began = process_time()
    pysd.read_vensim(str(path))
    return process_time() - began


ENGINES: dict[str, Callable[[Path], float]] = {
    "sdrun, NumPy text": numpy_text,
    "sdrun, machine code": machine_code,
    "PySD": pysd,
}


def timed(engine: str, path: Path) -> float:
    """CPU seconds in a fresh process, on a copy: PySD writes beside the model."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(path.read_bytes())
        command = [sys.executable, __file__, "--one", engine, str(copy)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    return float(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """A row per model and engine."""
    options = argparse.ArgumentParser()
    options.add_argument("--world3", type=Path)
    options.add_argument("--keep", type=Path, help="write the generated model here")
    options.add_argument("--one", nargs=2)
    given = options.parse_args()
    if given.one:
        warnings.simplefilter("ignore")
        print(json.dumps(ENGINES[given.one[0]](Path(given.one[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = given.keep or Path(folder) / "generated.mdl"
        path.write_text(written(), encoding="utf-8")
        table({**({"World3": given.world3} if given.world3 else {}), "2000 variables": path})


def table(models: dict[str, Path]) -> None:
    """Medians of rounds by turns, and how many times that PySD takes, side by side."""
    print("| model | engine | CPU s | to reach | PySD's over it |\n|---|---|---|---|---|")
    for model, path in models.items():
        rounds = [{engine: timed(engine, path) for engine in ENGINES} for _ in range(ROUNDS)]
        for engine in ENGINES:
            seconds = median(found[engine] for found in rounds)
            ratio = median(found["PySD"] / found[engine] for found in rounds)
            goal = f"{GOALS[model]:g}" if engine != "PySD" else ""
            print(f"| {model} | {engine} | {seconds:.2f} | {goal} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
