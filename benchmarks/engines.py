"""The two engines side by side on the flagship: CPU milliseconds a run of 100 years, without imports."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from sdrun.bind import with_samples
from sdrun.execution import run_batch, solve
from sdrun.lanes import machine
from sdrun.preparation import Prepared, prepare
from sdrun.solve.lanes.model import lane_model
from sdrun.sweep import some

ROOT = Path(__file__).parents[1]
SAMPLES, ROUNDS, CLOCKED = 512, 3, 9
RECORDED = ("military_capability", "economy", "income_per_head", "counter_coalition_ratio", "hegemonic_bid")


def prepared(method: str, **solver: float) -> Prepared:
    """A sweep over two dials."""
    factors = {"free riding": {"low": 0.0, "high": 0.8}, "balancing responsiveness": {"low": 0.0, "high": 0.5}}
    ready = prepare(
        {
            "extends": str(ROOT / "scenarios/unipole_1992.toml"),
            "model": {"theory": "waltz"},
            "solver": {"method": method, **solver},
            "sweep": {"method": "sobol", "samples": SAMPLES, "parameters": factors},
            "output": {"variables": ["military capability", "economy"]},
        }
    )
    return replace(ready, setups=tuple(replace(setup, recorded=RECORDED) for setup in ready.setups))


def milliseconds(ready: Prepared, engine: str, samples: int) -> float:
    """A run's share of a chunk."""
    ready = replace(ready, setups=tuple(replace(setup, engine=engine) for setup in ready.setups))
    began = process_time()
    run_batch(ready, range(samples))
    return 1000 * (process_time() - began) / samples


def half(ready: Prepared, chosen: slice) -> Prepared:
    """Some of the samples, bound."""
    assert ready.samples is not None
    samples = some(ready.samples, chosen)
    bound = zip(ready.setups, ready.scenario.cases, ready.systems, strict=True)
    return replace(ready, setups=tuple(replace(with_samples(*one, samples), engine="llvm") for one in bound))


def by_threads(ready: Prepared) -> float:
    """How many times as fast two threads solve two halves as one does, by the clock; median."""
    halves = [half(ready, slice(SAMPLES // 2)), half(ready, slice(SAMPLES // 2, SAMPLES))]
    ratios = []
    with ThreadPoolExecutor(2) as pool:
        for _ in range(CLOCKED):
            began = perf_counter()
            for one in halves:
                solve(one)
            between = perf_counter()
            list(pool.map(solve, halves))
            ratios.append((between - began) / (perf_counter() - between))
    return median(ratios)


def compile_seconds(ready: Prepared) -> float:
    """From the equations to machine code."""
    lane_model.cache_clear()
    machine._compiled.cache_clear()
    one = replace(ready, setups=tuple(replace(s, engine="llvm", parameters=s.parameters[:, :1]) for s in ready.setups))
    began = process_time()
    solve(replace(one, setups=tuple(replace(s, times=s.times[:2]) for s in one.setups)))
    return process_time() - began


def main() -> None:
    """A row per method."""
    print(f"{'method':<14}{'NumPy batch':>13}{'machine code':>14}{'times':>8}{'compiled in':>13}{'two threads':>14}")
    for method, solver in (
        ("euler", {"step": 0.25}),
        ("rk4", {"step": 0.25}),
        ("RK45", {"rtol": 1e-4}),
        ("RK45", {"rtol": 1e-6}),
    ):
        ready = prepared(method, **solver)
        compiled = compile_seconds(ready)
        few = 64 if method != "RK45" else 2  # SciPy's RK45 takes each sample on its own
        pairs = [(milliseconds(ready, "numpy", few), milliseconds(ready, "llvm", SAMPLES)) for _ in range(ROUNDS)]
        numpy, llvm = (median(times) for times in zip(*pairs, strict=True))
        label = f"{method} {next(iter(solver.values())):g}"
        row = f"{label:<14}{numpy:>10.1f} ms{llvm:>11.2f} ms{numpy / llvm:>8.0f}{compiled:>11.2f} s"
        print(f"{row}{by_threads(ready):>8.2f} times")


if __name__ == "__main__":
    main()
