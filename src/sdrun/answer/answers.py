"""A question -> boxes and a tree.

Half of the samples, drawn at random, look for them; the other half judges: every share, and whether a restriction is one of
chance, is told of samples that had no part in finding it, so that nothing is claimed where there is nothing.

Of PRIM's boxes as dense as asked for that one is taken whose harmonic mean of coverage and density is largest; the densest, if
none is so dense.  Rows inside are then set aside, and the next box is looked for, until one is not borne out, or not dense
enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sdrun.answer.boxes import Box, Measures, Rows, held, inside, measures, quasi_p, restricted, restrictions
from sdrun.answer.cases import described, halves, told
from sdrun.answer.factors import Varied, factors, samples, that_differ
from sdrun.answer.prim import trajectory
from sdrun.answer.tree import Node, grown
from sdrun.questions import Question

if TYPE_CHECKING:
    import xarray as xr

DENSITY = 0.8
"""Share of cases that a box is to have, if all rows have less than three in five."""

FEWEST = 10
"""Cases, and other rows, that each half of the samples needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A box that the judging samples bear out."""

    box: Box
    measures: Measures
    quasi_p: Mapping[str, float]
    """By factor: of all its limits, taken as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A box on PRIM's way, as the judging samples see it."""

    round: int
    """Of which box."""
    measures: Measures
    restricted: int
    """Factors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found on a question."""

    question: Question
    description: str
    share: float
    """Of cases among rows that are known."""
    rows: int
    unknown: int
    density: float
    """Asked of a box."""
    boxes: tuple[Found, ...]
    steps: tuple[Step, ...]
    tree: Node | None
    """None where there is too little to grow one from."""


def answer(ds: "xr.Dataset", question: Question, seed: int) -> Answer:
    """Boxes and tree of a question that `question_problems` passed."""
    varied = factors(ds)
    cases, known = told(ds, question)
    looking, judging = (half[known] for half in halves(samples(ds), seed))
    varied, cases = that_differ(_only(varied, known)), cases[known]
    share = float(cases.mean()) if cases.size else np.nan
    density = question.density or max(DENSITY, (1 + share) / 2)
    enough = all(min(part.sum(), (~part).sum()) >= FEWEST for part in (cases[looking], cases[judging])) and varied
    boxes, steps = _boxes(varied, cases, looking, judging, question, density) if enough else ((), ())
    return Answer(
        question=question,
        description=described(ds, question),
        share=share,
        rows=len(cases),
        unknown=int((~known).sum()),
        density=density,
        boxes=boxes,
        steps=steps,
        tree=grown(varied, cases, looking, judging) if enough else None,
    )


def _only(varied: Sequence[Varied], rows: Rows) -> tuple[Varied, ...]:
    """The factors in some of the rows."""
    return tuple(replace(factor, values=factor.values[rows]) for factor in varied)


def _boxes(
    varied: Sequence[Varied], cases: Rows, looking: Rows, judging: Rows, question: Question, density: float
) -> tuple[tuple[Found, ...], tuple[Step, ...]]:
    """Boxes that are borne out, and the way to each."""
    looked, judged = _only(varied, looking), _only(varied, judging)
    found, steps = list[Found](), list[Step]()
    left, left_to_judge = np.ones(int(looking.sum()), dtype=bool), np.ones(int(judging.sum()), dtype=bool)
    while len(found) < question.boxes and cases[looking][left].any():
        way = trajectory(looked, cases[looking], left, peel=question.peel, mass=question.mass)
        chosen, dense = _chosen(way, looked, cases[looking], left, density)
        box = held(chosen, _only(judged, left_to_judge), cases[judging][left_to_judge])
        if not restrictions(box) or (found and not dense):
            break
        steps += _steps(len(found), way, judged, cases[judging], left_to_judge)
        found.append(_found(box, judged, cases[judging], left_to_judge))
        left &= ~inside(box, looked)
        left_to_judge &= ~inside(box, judged)
    return tuple(found), tuple(steps)


def _chosen(way: Sequence[Box], factors: Sequence[Varied], cases: Rows, among: Rows, density: float) -> tuple[Box, bool]:
    """The box of a way that is taken, of equals the simpler; and whether it is dense enough."""
    seen = [(box, measures(inside(box, factors) & among, cases)) for box in way]
    dense = [(balance(of), -len(restricted(box)), box) for box, of in seen if of.density >= density]
    others = [(of.density, -len(restricted(box)), box) for box, of in seen]
    return max(dense or others, key=lambda one: one[:2])[2], bool(dense)


def balance(seen: Measures) -> float:
    """Harmonic mean of coverage and density: large where both are (van Rijsbergen's F, Information Retrieval, 1979, ch. 7)."""
    return 2 * seen.coverage * seen.density / max(seen.coverage + seen.density, 1e-300)


def _found(box: Box, factors: Sequence[Varied], cases: Rows, among: Rows) -> Found:
    left, cases_left = _only(factors, among), cases[among]
    doubts = {
        name: quasi_p(box, [one for one in restrictions(box) if one[1] == name], left, cases_left) for name in restricted(box)
    }
    return Found(box=box, measures=measures(inside(box, factors) & among, cases), quasi_p=doubts)


def _steps(number: int, way: Sequence[Box], factors: Sequence[Varied], cases: Rows, among: Rows) -> list[Step]:
    return [
        Step(round=number, measures=measures(inside(box, factors) & among, cases), restricted=len(restricted(box)))
        for box in way
    ]
