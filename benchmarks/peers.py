"""sdrun beside its peers: CPU milliseconds a run of the same models by Euler, one constant varied from run to run.

    uv run --with pysimlin --with ema_workbench --with bptk-py python benchmarks/peers.py [--world3 PATH/wrld3-03.mdl]

Each tool runs in a process of its own, the fast ones in several rounds by turns; medians.  A tool that is not installed, or
cannot run a model, has a dash and the reason below the table.  World3 (Vensim's sample model of the 2004 edition) cannot be
shipped; public repositories have it as wrld3-03.mdl.  The last rows are the limit: vectors by gcc -O3 -march=native.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copy
from statistics import median
from time import process_time
from typing import Any

import numpy as np

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[1]
ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A model as every tool runs it."""

    path: Path
    varied: str
    """A constant, from half to one and a half times what it is."""
    centre: float
    output: str
    """Compared at the end of the first run."""
    outputs: tuple[str, ...]
    element: str = ""
    """Of the output, where it has subscripts."""
    dt: float
    every: float


def cases(world3: Path | None) -> dict[str, Case]:
    """By name."""
    return {
        "SIR": sir_case(every=1.0),
        "SIR, last state": sir_case(every=100.0),
        **({"World3": world3_case(world3)} if world3 else {}),
        "flagship": Case(
            path=ROOT / "models" / "balance_of_power.mdl",
            varied="balancing responsiveness",
            centre=0.1,
            output="military capability",
            outputs=("military capability", "economy", "leader share"),
            element="USA",
            dt=0.125,
            every=1.0,
        ),
    }


def sir_case(every: float) -> Case:
    """100 days, 3200 steps."""
    return Case(
        path=HERE / "sir.mdl",
        varied="Contact Infectivity",
        centre=0.3,
        output="Infectious",
        outputs=("Susceptible", "Infectious", "Recovered"),
        dt=0.03125,
        every=every,
    )


def world3_case(path: Path) -> Case:
    """200 years in half years."""
    return Case(
        path=path,
        varied="initial nonrenewable resources",
        centre=1e12,
        output="population",
        outputs=("population", "nonrenewable resources", "industrial output", "food", "persistent pollution"),
        dt=0.5,
        every=0.5,
    )


def levels(case: Case, runs: int) -> np.ndarray:
    """The constant in each run; in the first it is what the model says."""
    return case.centre * np.r_[1.0, np.linspace(0.5, 1.5, max(1, runs - 1))][:runs]


Result = tuple[float, int, float]
"""CPU seconds of all runs, how many there were, the output at the end of the first."""


# ── sdrun and the limit ──────────────────────────────────────────────────────────────────────────────────────────────────────


def sweep_of(case: Case, runs: int, engine: str) -> tuple[Any, Any]:
    from sdrun.compile import compile_model
    from sdrun.model import name_id
    from sdrun.parse import read_model
    from sdrun.simulation import Setup
    from sdrun.sweep import Samples

    system = compile_model(read_model(case.path))
    slots = {slot.id: slot for slot in system.recorded}
    parameters = {slot.id: slot for slot in system.parameters}
    start, stop = (float(system.defaults[parameters[name].start, 0]) for name in ("initial_time", "final_time"))
    p = np.repeat(system.defaults, runs, axis=1)
    p[parameters[name_id(case.varied)].start] = levels(case, runs)
    return system, Setup(
        parameters=p,
        times=start + np.arange(round((stop - start) / case.every) + 1) * case.every,
        step=case.dt,
        method="euler",
        engine=engine,
        samples=Samples(factors=(), values=np.empty((0, runs))),
        recorded=tuple(slots[name_id(name)].name for name in case.outputs),
    )


def at_end(case: Case, system: Any, history: Any) -> float:
    from sdrun.model import name_id

    slot = next(slot for slot in system.recorded if slot.id == name_id(case.output))
    place = tuple(system.dimensions[dim].labels.index(case.element) for dim in slot.dims)
    return float(history.values[slot.name][(*place, -1, 0)])


def sdrun_by(engine: str) -> Callable[[Case, int], Result]:
    def run(case: Case, runs: int) -> Result:
        from sdrun.solve import integrate

        system, setup = sweep_of(case, runs, engine)
        integrate(system, setup)  # compiles
        began = process_time()
        history = integrate(system, setup)
        return process_time() - began, runs, at_end(case, system, history)

    return run


def simd_c(case: Case, runs: int) -> Result:
    import simd_c

    system, setup = sweep_of(case, -(-runs // 8) * 8, "llvm")
    call = simd_c.compiled(system, setup.recorded)
    steps, every = round((setup.times[-1] - setup.times[0]) / case.dt), round(case.every / case.dt)
    call(setup.parameters, float(setup.times[0]), case.dt, steps, every)
    began = process_time()
    out = call(setup.parameters, float(setup.times[0]), case.dt, steps, every)
    seconds, row = process_time() - began, 0
    for slot in system.recorded:
        if slot.label.casefold() == case.output.casefold():
            place = [system.dimensions[dim].labels.index(case.element) for dim in slot.dims]
            row += int(np.ravel_multi_index(place, slot.shape)) if place else 0
            break
        row += slot.size if slot.name in setup.recorded else 0
    return seconds, setup.parameters.shape[1], float(out[0, -1, row, 0])


def hand_written_c(case: Case, runs: int) -> Result:
    import ctypes

    if case.output != "Infectious":
        raise NotImplementedError("written for SIR alone")
    library = Path(tempfile.mkdtemp()) / "sir.so"
    flags = ("-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math", "-shared", "-fPIC")
    subprocess.run(["gcc", *flags, str(HERE / "sir.c"), "-o", str(library)], check=True)
    run, size = ctypes.CDLL(str(library)).run, -(-runs // 64) * 64
    infectivity, duration, infectious = np.resize(levels(case, runs), size), np.full(size, 5.0), np.empty(size)
    arrays = (array.ctypes.data_as(ctypes.c_void_p) for array in (infectivity, duration, infectious))
    began = process_time()
    run(ctypes.c_long(size // 64), *arrays, ctypes.c_double(case.dt), ctypes.c_long(round(100 / case.dt)))
    return process_time() - began, size, float(infectious[0])


# ── peers ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def column(case: Case) -> str:
    return f"{case.output}[{case.element}]" if case.element else case.output


def beside(case: Case) -> Path:
    """A copy: PySD writes beside the model."""
    return Path(copy(case.path, tempfile.mkdtemp()))


def pythons(name: str) -> str:
    """A variable as PySD calls it, whatever its capitals in the file."""
    return name.replace(" ", "_").casefold()


def pysd(case: Case, runs: int) -> Result:
    import pysd

    model, values = pysd.read_vensim(str(beside(case))), []
    began = process_time()
    for level in levels(case, runs):
        table = model.run(
            params={pythons(case.varied): level}, return_columns=[pythons(name) for name in case.outputs], saveper=case.every
        )
        values.append(float(table[pythons(case.output)].iloc[-1]))
    return process_time() - began, runs, values[0]


def ema_workbench(case: Case, runs: int) -> Result:
    from ema_workbench import RealParameter, Scenario, TimeSeriesOutcome, perform_experiments
    from ema_workbench.connectors.pysd_connector import PysdModel

    model = PysdModel("benchmark", mdl_file=str(beside(case)))
    model.uncertainties = [RealParameter(pythons(case.varied), 0.4 * case.centre, 1.6 * case.centre)]
    model.outcomes = [TimeSeriesOutcome(pythons(name)) for name in case.outputs]
    designs = [Scenario(str(number), **{pythons(case.varied): float(level)}) for number, level in enumerate(levels(case, runs))]
    perform_experiments(model, designs[:1])  # imports and translates
    began = process_time()
    _, outcomes = perform_experiments(model, designs)
    return process_time() - began, runs, float(np.asarray(outcomes[pythons(case.output)])[0].ravel()[-1])


def pysimlin(case: Case, runs: int) -> Result:
    import simlin

    model = simlin.load(str(case.path))
    plain = {pythons(case.varied)}
    name = next(name for name in model.get_var_names() if name in plain)
    wanted = pythons(column(case))
    sim, values = model.simulate(), []
    sim.run_to_end()
    began = process_time()
    for level in levels(case, runs):
        sim.reset()
        sim.set_value(name, float(level))
        sim.run_to_end()
        values.append(float(sim.get_series(wanted)[-1]))
    return process_time() - began, runs, values[0]


def bptk(case: Case, runs: int) -> Result:
    """Its own language; its reader of XMILE could not run World3 (version 3.2)."""
    from BPTK_Py import Model, bptk

    if case.output != "Infectious":
        raise NotImplementedError("its model language has to be written by hand: SIR alone")
    model = Model(starttime=0.0, stoptime=100.0, dt=case.dt, name="sir")
    s, i, r = (model.stock(name) for name in ("s", "i", "r"))
    infecting, recovering = model.flow("infecting"), model.flow("recovering")
    infectivity, duration, population = (model.constant(name) for name in ("infectivity", "duration", "population"))
    s.initial_value, i.initial_value, r.initial_value = 995.0, 5.0, 0.0
    s.equation, i.equation, r.equation = -infecting, infecting - recovering, recovering
    infecting.equation, recovering.equation = infectivity * s * i / population, i / duration
    infectivity.equation, duration.equation, population.equation = case.centre, 5.0, 1000.0
    own = bptk()
    own.register_model(model)
    names = [f"run {number}" for number in range(runs)]
    constants = {name: {"constants": {"infectivity": float(x)}} for name, x in zip(names, levels(case, runs), strict=True)}
    own.register_scenarios(scenario_manager="smSir", scenarios=constants)
    began, values = process_time(), []
    for name in names:
        table = own.run_scenarios(scenario_managers=["smSir"], scenarios=[name], equations=["i"], return_format="df")
        values.append(float(table.iloc[-1, 0]))
    return process_time() - began, runs, values[0]


TOOLS: dict[str, tuple[Callable[[Case, int], Result], dict[str, int]]] = {
    "sdrun, machine code": (sdrun_by("llvm"), {"SIR": 8192, "SIR, last state": 8192, "World3": 1024, "flagship": 256}),
    "sdrun, NumPy": (sdrun_by("numpy"), {"SIR": 1000, "World3": 1000, "flagship": 64}),
    "pysimlin": (pysimlin, {"SIR": 1000, "World3": 1000, "flagship": 3}),
    "BPTK-Py, Python": (bptk, {"SIR": 10}),
    "PySD": (pysd, {"SIR": 10, "World3": 1, "flagship": 1}),
    "EMA Workbench + PySD": (ema_workbench, {"SIR": 10, "World3": 1, "flagship": 1}),
    "C++ of vectors, gcc": (simd_c, {"SIR": 8192, "SIR, last state": 8192, "World3": 1024, "flagship": 256}),
    "C by hand, 64 runs side by side": (hand_written_c, {"SIR, last state": 8192}),
}
"""How many runs are timed of each model: fewer of the slow ones, that the table may be had in minutes."""
ONCE = ("PySD", "EMA Workbench + PySD", "BPTK-Py, Python")
"""So slow that one round tells."""


def timed(tool: str, name: str, world3: Path | None) -> dict[str, Any]:
    """A tool's figures for a model, from a process of its own."""
    command = [sys.executable, __file__, "--one", tool, name, *(("--world3", str(world3)) if world3 else ())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return {"why": (done.stderr.strip().splitlines() or ["no answer"])[-1][:120]}


def one(tool: str, name: str, world3: Path | None) -> dict[str, Any]:
    call, runs = TOOLS[tool]
    if name not in runs:
        return {"why": "not tried"}
    try:
        seconds, count, value = call(cases(world3)[name], runs[name])
    except Exception as error:
        return {"why": f"{type(error).__name__}: {error}"[:120]}
    return {"ms": 1000 * seconds / count, "runs": count, "value": value}


def main() -> None:
    """The table."""
    options = argparse.ArgumentParser()
    options.add_argument("--world3", type=Path)
    options.add_argument("--one", nargs=2)
    given = options.parse_args()
    if given.one:
        warnings.simplefilter("ignore")
        print(json.dumps(one(*given.one, given.world3)))
        return
    names = list(cases(given.world3))
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for turn in range(ROUNDS):
        for tool in TOOLS:
            for name in names:
                if turn == 0 or (tool not in ONCE and "ms" in found[tool, name][0]):
                    found.setdefault((tool, name), []).append(timed(tool, name, given.world3))
    table(names, found)


def table(names: list[str], found: dict[tuple[str, str], list[dict[str, Any]]]) -> None:
    """Milliseconds a run, times sdrun's, and the runs that were timed."""
    print("| tool | " + " | ".join(f"{name}, ms a run | times sdrun | runs" for name in names) + " |")
    print("|---|" + "---|---|---|" * len(names))
    own = "sdrun, machine code"
    notes = []
    for tool in TOOLS:
        cells = []
        for name in names:
            rounds = [row for row in found[tool, name] if "ms" in row]
            if not rounds:
                cells += ["–", "–", "–"]
                notes.append(f"{tool}, {name}: {found[tool, name][0]['why']}")
                continue
            ms = median(row["ms"] for row in rounds)
            ratios = [row["ms"] / base["ms"] for row, base in zip(rounds, found[own, name], strict=False)]
            cells += [f"{ms:.3g}", f"{median(ratios):.2g}", str(rounds[0]["runs"])]
            wanted = found[own, name][0]["value"]
            if abs(rounds[0]["value"] / wanted - 1) > 1e-6:
                notes.append(f"{tool}, {name}: ends at {rounds[0]['value']:.10g}, sdrun at {wanted:.10g}")
        print(f"| {tool} | " + " | ".join(cells) + " |")
    print("\n".join(["", *notes]))


if __name__ == "__main__":
    main()
