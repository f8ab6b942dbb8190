"""What a run would take, found without running: cases, stocks, time, disk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sdrun.cost import cost_of, too_much
from sdrun.execution import cut
from sdrun.finding import Finding, Inventory
from sdrun.preparation import Prepared, Source, prepare, to_solve

if TYPE_CHECKING:
    from sdrun.validate import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One scenario, valid, and what it would take."""

    file: str
    title: str
    variants: tuple[str, ...]
    variables: int
    stocks: int
    """Of the largest variant."""
    samples: int
    """Of a sweep; 1 without."""
    chunks: int
    """In which a sweep is computed and kept; 0 without."""
    factors: tuple[str, ...]
    """What the sweep varies."""
    design: str
    """How; empty without a sweep."""
    method: str
    start: float
    """Of the earliest variant."""
    stop: float
    """Of the latest variant."""
    saves: int
    """Times at which any variant is saved: the length of the result's time axis."""
    seconds: float
    """Of simulation on one processor: of a sweep measured on a few samples, else estimated from a few evaluations."""
    megabytes: float
    """Of results, before compression."""
    running_megabytes: float
    """Memory of each process that runs a chunk of a sweep; 0 without."""
    joining_megabytes: float
    """Memory that joining the results of a sweep takes; 0 without, and for a store that is written chunk by chunk."""
    findings: tuple[Finding, ...] = ()
    """What runs, and yet looks wrong, in any of its models; or takes long, or more room than there is."""
    inventories: Mapping[str, Inventory] = field(default_factory=dict)
    """What each model is made of, by the name of its file."""

    def as_dict(self) -> Mapping[str, Any]:
        """For JSON."""
        return {**asdict(self), "findings": [finding.as_dict() for finding in self.findings]}

    def text(self) -> str:
        """For people."""
        but = f", {_counted(len(self.findings), 'warning')}" if self.findings else ""
        return (
            f"{self.file}: valid{but}\n"
            f"  {self.title}\n"
            f"  {self._runs()} of "
            f"{_counted(self.variables, 'variable')}, {_counted(self.stocks, 'stock')}\n"
            f"{self._made_of()}"
            f"  {self.method} from {self.start:g} to {self.stop:g}, saved {_counted(self.saves, 'time')}\n"
            f"  {_about(self.seconds, 's')} and {_about(self.megabytes, 'MB')}{self._memory()}"
        )

    def _made_of(self) -> str:
        """What its models are made of, a line each thing; with the name of the model where there are several."""
        several = len(self.inventories) > 1
        return "".join(
            f"  {f'{name}: ' if several else ''}{line}\n" for name, made in self.inventories.items() for line in made.lines()
        )

    def _memory(self) -> str:
        """What a sweep takes of it."""
        if not self.design:
            return ""
        joining = f", {_about(self.joining_megabytes, 'MB')} to join its results" if self.joining_megabytes else ""
        return f"; of memory {_about(self.running_megabytes, 'MB')} by process{joining}"

    def _runs(self) -> str:
        """How many runs there are, and of what."""
        names = ", ".join(self.variants)
        if not self.design:
            return f"{_counted(len(self.variants), 'run')} ({names})"
        variants = f"{_counted(len(self.variants), 'variant')} ({names}) times " if len(self.variants) > 1 else ""
        design = f"{self.samples} samples ({self.design}: {', '.join(self.factors)})"
        return f"{_counted(len(self.variants) * self.samples, 'run')}, {variants}{design},"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _about(amount: float, unit: str) -> str:
    return (
        f"less than 1 {unit}" if amount < 1 else f"about {amount:.2g} {unit}" if amount < 100 else f"about {amount:.0f} {unit}"
    )


def plan(source: Source, *, settings: Sequence[str] = (), only: str | None = None) -> Plan:
    """Everything is read, compiled and bound; nothing runs.

    Raises InputError with all that is wrong.
    """
    prepared = prepare(source, settings=settings, only=only)
    subjects = _subjects(prepared)
    times = np.unique(np.concatenate([setup.times for setup in prepared.setups]))
    sweep = prepared.scenario.sweep
    cost = cost_of(prepared)
    return Plan(
        file=str(source) if isinstance(source, Path) else prepared.scenario.stem,
        title=prepared.scenario.title or prepared.scenario.stem,
        variants=tuple(case.name for case, *_ in to_solve(prepared.scenario, prepared.systems, prepared.setups)),
        variables=max(len(system.recorded) for system in prepared.systems),
        stocks=max(sum(slot.size for slot in system.stocks) for system in prepared.systems),
        samples=prepared.samples.size if prepared.samples is not None else 1,
        chunks=len(cut(prepared)),
        factors=tuple(factor.name for factor in sweep.factors) if sweep is not None else (),
        design=sweep.method if sweep is not None else "",
        method=", ".join(dict.fromkeys(setup.method for setup in prepared.setups)),
        start=float(times[0]),
        stop=float(times[-1]),
        saves=len(times),
        seconds=cost.seconds,
        megabytes=cost.megabytes,
        running_megabytes=cost.running,
        joining_megabytes=cost.joining,
        findings=(*_found(subjects), *(Finding(check="size", problem=problem) for problem in too_much(cost))),
        inventories=_inventories(subjects),
    )


def _subjects(prepared: Prepared) -> "tuple[Subject, ...]":
    """Each model once, compiled as the first case has it that names it."""
    from sdrun.validate import Subject

    cases = zip(prepared.scenario.cases, prepared.systems, strict=True)
    systems = {case.source: system for case, system in reversed([*cases])}
    return tuple(Subject(model=model, system=systems[source]) for source, model in prepared.models.items())


def _found(subjects: "Sequence[Subject]") -> Iterator[Finding]:
    from sdrun.validate import findings

    for subject in subjects:
        yield from findings(subject)


def _inventories(subjects: "Sequence[Subject]") -> Mapping[str, Inventory]:
    from sdrun.validate import inventory

    return {
        subject.model.path.name: inventory(subject.model, subject.system) for subject in subjects if subject.system is not None
    }
