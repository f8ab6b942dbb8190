"""Two results side by side: the noun that `sdrun compare` gives."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

RTOL = 1e-4
"""Default: Vensim computes and prints in single precision, six digits of it, and its error grows along a run."""
NOISE = 1e-6
"""Default of the absolute tolerance, as a part of the largest size that a variable has: what is left where terms cancel."""
NAMED = 8
"""Names on one side only that are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How far one variable differs; the figures are those of its worst element and time."""

    variable: str
    element: str
    """As `[USA, CHN]`, with the variant and the sample before it where there are any; empty for a scalar."""
    time: float
    value: float
    reference: float
    absolute: float
    relative: float
    """Of the reference; infinite where that is 0."""
    excess: float
    """The difference over what is tolerated: beyond tolerance above 1."""
    beyond: int
    """Numbers beyond tolerance."""
    compared: int
    """Numbers compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What two results have in common, how far it differs, and what stands on one side only."""

    result: str
    reference: str
    rtol: float
    atol: float | None
    """None: `NOISE` of the largest size of each variable."""
    differences: tuple[Difference, ...]
    """One per variable that both have, the worst first."""
    only_result: tuple[str, ...]
    """Variables, or elements of them, that the reference lacks."""
    only_reference: tuple[str, ...]
    times: int
    """That both have."""
    only_result_times: tuple[float, ...]
    only_reference_times: tuple[float, ...]
    notes: tuple[str, ...] = ()
    """What ran to make it, and what that run warned of."""

    @property
    def within(self) -> bool:
        """Whether every number compared is within tolerance."""
        return not any(difference.beyond for difference in self.differences)

    @property
    def compared(self) -> int:
        """Numbers compared."""
        return sum(difference.compared for difference in self.differences)

    @property
    def beyond(self) -> tuple[Difference, ...]:
        """Variables with a number beyond tolerance."""
        return tuple(difference for difference in self.differences if difference.beyond)

    def as_dict(self) -> Mapping[str, Any]:
        """For JSON."""
        return {"within": self.within, "compared": self.compared, **asdict(self)}

    def verdict(self) -> str:
        """What came of it, in one sentence."""
        of = f"{_counted(len(self.differences), 'variable')} ({self.compared} numbers) at {_counted(self.times, 'time')}"
        atol = f"{NOISE:g} of a variable's largest size" if self.atol is None else f"{self.atol:g}"
        by = f"rtol {self.rtol:g}, atol {atol}"
        if self.within:
            return f"{of} agree within {by}"
        return f"{len(self.beyond)} of {of} differ beyond {by}"

    def gaps(self) -> tuple[str, ...]:
        """What could not be compared, a line each."""
        sides = (
            (self.result, self.only_result, self.only_result_times),
            (self.reference, self.only_reference, self.only_reference_times),
        )
        lines = [_listed(f"only in {side}", names) for side, names, _ in sides if names]
        return (
            *lines,
            *(_listed(f"times only in {side}", [f"{time:g}" for time in times]) for side, _, times in sides if times),
        )


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _listed(what: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{what} ({len(names)}): {', '.join(names[:NAMED])}{more}"
