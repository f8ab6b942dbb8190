"""What a check finds in a model: the noun of `sdrun check`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sdrun.errors import Problem, render


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"
    """It cannot run."""
    WARNING = "warning"
    """It runs, and yet looks wrong to a modeller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check found."""

    check: str
    """Its row in `validate.CHECKS`; of an error `model` or `scenario`."""
    severity: Severity = Severity.WARNING
    problem: Problem

    def as_dict(self) -> Mapping[str, Any]:
        """For JSON."""
        return {"check": self.check, "severity": self.severity.value, **asdict(self.problem)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What a model is made of."""

    kinds: Mapping[str, tuple[int, int]]
    """Variables and their elements, by kind: stocks, flows, auxiliaries, constants, lookups, settings of the run."""
    ranges: Mapping[str, int]
    """Elements by subscript range; aliases are left out."""
    outputs: int
    """Variables that no equation uses: what the model is asked, unless they are forgotten."""
    loops: int | None
    """Feedback loops among variables; None where there are more than `loop_limit`."""
    loop_limit: int
    independent_loops: int
    """Loops of a set that all others are made of (Kampmann 2012): links less variables, and one, of each core."""
    cores: tuple[int, ...]
    """Variables of each part of the model in which all act on each other (Oliva 2004: cycle partitions), the largest first."""

    def lines(self) -> tuple[str, ...]:
        """For people."""
        kinds = ", ".join(_kind(kind, *numbers) for kind, numbers in self.kinds.items() if numbers[0])
        ranges = ", ".join(f"{name} {size}" for name, size in self.ranges.items())
        return (kinds, *([f"ranges: {ranges}"] if ranges else []), self._feedback())

    def _feedback(self) -> str:
        if not self.cores:
            return "no feedback loop"
        number = f"more than {self.loop_limit:,}" if self.loops is None else f"{self.loops:,}"
        sizes = ", ".join(map(str, self.cores[:6])) + (", ..." if len(self.cores) > 6 else "")
        apart = f" apart from each other (of {sizes} variables)"
        return (
            f"{number} feedback loop{'' if self.loops == 1 else 's'}, {self.independent_loops:,} of them independent, "
            f"among {sum(self.cores)} variables" + (f" in {len(self.cores)} parts{apart}" if len(self.cores) > 1 else "")
        )


def _kind(kind: str, variables: int, elements: int) -> str:
    counted = f"{variables:,} {kind if variables > 1 else _SINGULAR.get(kind, kind)}"
    return counted + (f" ({elements:,} elements)" if elements != variables else "")


_SINGULAR = {
    "stocks": "stock",
    "flows": "flow",
    "auxiliaries": "auxiliary",
    "constants": "constant",
    "lookups": "lookup",
}


def rendered(findings: Sequence[Finding]) -> str:
    """Findings as errors are told, errors first; at most twenty of each kind."""
    kinds = {severity: [f.problem for f in findings if f.severity is severity] for severity in Severity}
    return "\n\n".join(render(problems, severity.value) for severity, problems in kinds.items() if problems)
