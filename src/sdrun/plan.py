"""What a run would take, found without running: cases, stocks, time, disk."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from sdrun.pipeline import prepare
from sdrun.run import Setup
from sdrun.system import System

ADAPTIVE_EVALUATIONS = 3000
"""Of the right-hand side in a run of the flagship, LSODA at rtol 1e-6; what an adaptive run takes is known only afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One scenario, valid, and what it would take."""

    file: str
    title: str
    variants: tuple[str, ...]
    variables: int
    stocks: int
    method: str
    start: float
    stop: float
    saves: int
    seconds: float
    """Estimated from a few evaluations of the right-hand side."""
    megabytes: float
    """Of results, before compression."""

    def as_dict(self) -> Mapping[str, Any]:
        """For JSON."""
        return asdict(self)

    def text(self) -> str:
        """For people."""
        runs = f"{len(self.variants)} run{'s' if len(self.variants) > 1 else ''}"
        return (
            f"{self.file}: valid\n"
            f"  {self.title}\n"
            f"  {runs} ({', '.join(self.variants)}) of {self.variables} variables, {self.stocks} stocks\n"
            f"  {self.method}, {self.start:g} to {self.stop:g}, saved {self.saves} times\n"
            f"  about {self.seconds:.1f} s and {self.megabytes:.1f} MB"
        )


def plan(file: Path, *, settings: Sequence[str] = (), only: str | None = None) -> Plan:
    """Everything is read, compiled and bound; nothing runs.

    Raises InputError with all that is wrong.
    """
    prepared = prepare(file, settings=settings, only=only)
    system, setup = prepared.systems[0], prepared.setups[0]
    pairs = list(zip(prepared.systems, prepared.setups, strict=True))
    return Plan(
        file=str(file),
        title=prepared.scenario.title or prepared.scenario.stem,
        variants=tuple(case.name for case in prepared.scenario.cases),
        variables=len(system.recorded),
        stocks=sum(slot.size for slot in system.stocks),
        method=setup.method,
        start=float(setup.times[0]),
        stop=float(setup.times[-1]),
        saves=len(setup.times),
        seconds=sum(_seconds(*pair) for pair in pairs),
        megabytes=sum(_values(*pair) for pair in pairs) * 8 / 1e6,
    )


def _values(system: System, setup: Setup) -> int:
    return sum(slot.size * (1 if slot.kind == "constant" else len(setup.times)) for slot in system.recorded)


def _seconds(system: System, setup: Setup, trials: int = 20) -> float:
    start = float(setup.times[0])
    with np.errstate(all="ignore"):
        y, held = system.initial(start, start, 0.0, setup.parameters)
        constants = system.constants(setup.parameters, held)
        began = process_time()
        for _ in range(trials):
            system.rhs(start, start, 0.0, y, constants)
        each = (process_time() - began) / trials
    stages = {"euler": 1, "rk4": 4}.get(setup.method)
    steps = (setup.times[-1] - setup.times[0]) / setup.step if setup.step else 0
    return float(each * (stages * steps if stages else ADAPTIVE_EVALUATIONS))
