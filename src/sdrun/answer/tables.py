"""What was found -> one dataset, whose schema this is.

SCHEMA of discovery.nc; each part is there where the scenario asks for it.  A limit that is NaN, and a text that is empty, do
not limit.

    question            description, cases (share of rows), rows, unknown (left out), density_asked, tree (rules to read)
    box, parameter      low, high, choices (texts, comma between), quasi_p
    box                 question(box), coverage, density, mass of it, by the judging half of the samples
    step                question(step), round(step): PRIM's way to each box: coverage, density, mass, factors limited
    leaf, parameter     leaf_low, leaf_high, leaf_choices: the tree's leaves as boxes
    leaf                question(leaf), leaf_coverage, leaf_density, leaf_mass
    conclusion          less, equal, greater, undecided (shares of pairs), less_low, less_high (95 %), paired, description
    mode                <variable>_mode_share, with the dimensions of the variable, variant and theory
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sdrun.answer.answers import Answer
from sdrun.answer.boxes import Box, Measures
from sdrun.answer.conclusions import Verdict
from sdrun.answer.factors import Varied
from sdrun.answer.rules import described_verdict, tree_text
from sdrun.answer.tree import leaves

if TYPE_CHECKING:
    import xarray as xr

Table = dict[str, tuple[Any, ...]]
"""Variables as xarray takes them: dimensions, values, attributes."""


def question_table(answers: Sequence[Answer], factors: Sequence[Varied]) -> "xr.Dataset":
    """All that was found on questions."""
    import xarray as xr

    labels = {factor.name: factor.labels for factor in factors}
    boxes = [(answer, number, found) for answer in answers for number, found in enumerate(answer.boxes, start=1)]
    steps = [(answer, step) for answer in answers for step in answer.steps]
    ends = [(answer, leaf) for answer in answers if answer.tree is not None for leaf in leaves(answer.tree)]
    quasi_p = [[found.quasi_p.get(name, np.nan) for name in labels] for _, _, found in boxes]
    table: Table = {
        "description": ("question", _texts(answer.description for answer in answers), {"long_name": "what a case is"}),
        "cases": ("question", [answer.share for answer in answers], _about("share of cases among the rows")),
        "rows": ("question", [answer.rows for answer in answers], _about("runs of which it is known")),
        "unknown": ("question", [answer.unknown for answer in answers], _about("runs that failed, or ended first")),
        "density_asked": ("question", [answer.density for answer in answers], _about("share of cases that a box is to have")),
        "tree": (
            "question",
            _texts(tree_text(answer, factors) for answer in answers),
            {"long_name": "the tree, as rules to read"},
        ),
        **_measures("box", "", [found.measures for _, _, found in boxes]),
        **_limits("box", "", [found.box for _, _, found in boxes], labels),
        "quasi_p": (("box", "parameter"), np.reshape(quasi_p, (len(boxes), len(labels))), _about("of all limits of a factor")),
        **_measures("step", "step_", [step.measures for _, step in steps]),
        "step_factors": ("step", [step.restricted for _, step in steps], _about("factors that are limited")),
        **_measures("leaf", "leaf_", [leaf.judged for _, leaf in ends]),
        **_limits("leaf", "leaf_", [leaf.box for _, leaf in ends], labels),
    }
    coords: Table = {
        "question": ("question", _texts(answer.question.name for answer in answers)),
        "parameter": ("parameter", _texts(labels)),
        "box": ("box", _texts(f"{answer.question.name} {number}" for answer, number, _ in boxes)),
        "box_question": ("box", _texts(answer.question.name for answer, _, _ in boxes)),
        "step_question": ("step", _texts(answer.question.name for answer, _ in steps)),
        "step_round": ("step", np.array([step.round + 1 for _, step in steps], dtype=int)),
        "leaf_question": ("leaf", _texts(answer.question.name for answer, _ in ends)),
    }
    return xr.Dataset(table, coords=coords)


def _texts(texts: Any) -> np.ndarray:
    return np.array(list(texts), dtype=object)


def _about(text: str) -> dict[str, str]:
    return {"long_name": text, "units": "1"}


def _measures(dim: str, prefix: str, every: Sequence[Measures]) -> Table:
    meanings = {
        "coverage": "share of all cases that lie inside",
        "density": "share of cases among the rows inside",
        "mass": "share of all rows that lie inside",
    }
    return {
        f"{prefix}{name}": (dim, np.array([getattr(one, name) for one in every], dtype=float), _about(text))
        for name, text in meanings.items()
    }


def _limits(dim: str, prefix: str, boxes: Sequence[Box], labels: Mapping[str, Sequence[str]]) -> Table:
    shape, dims = (len(boxes), len(labels)), (dim, "parameter")
    low = [[box.low.get(name, np.nan) for name in labels] for box in boxes]
    high = [[box.high.get(name, np.nan) for name in labels] for box in boxes]
    chosen = [
        [", ".join(labels[name][label] for label in sorted(box.choices.get(name, ()))) for name in labels] for box in boxes
    ]
    return {
        f"{prefix}low": (dims, np.reshape(np.array(low, dtype=float), shape), {"long_name": "least value inside"}),
        f"{prefix}high": (dims, np.reshape(np.array(high, dtype=float), shape), {"long_name": "largest value inside"}),
        f"{prefix}choices": (dims, np.reshape(np.array(chosen, dtype=object), shape), {"long_name": "texts inside"}),
    }


def conclusion_table(verdicts: Sequence[Verdict]) -> "xr.Dataset":
    """All that was found on conclusions."""
    import xarray as xr

    meanings = {
        "less": "share of pairs for which the conclusion holds",
        "equal": "share of ties",
        "greater": "share of pairs for which the opposite holds",
        "undecided": "share of pairs that runs which ended first leave open",
    }
    table: Table = {
        name: ("conclusion", [getattr(one, name) for one in verdicts], _about(text)) for name, text in meanings.items()
    }
    table |= {
        "less_low": ("conclusion", [one.low for one in verdicts], _about("lower end of the 95 % interval of less")),
        "less_high": ("conclusion", [one.high for one in verdicts], _about("upper end, with the undecided")),
        "paired": (
            "conclusion",
            np.array([one.paired for one in verdicts], dtype=np.int8),
            {"long_name": "1: the same samples"},
        ),
        "conclusion_description": ("conclusion", _texts(map(described_verdict, verdicts)), {"long_name": "what was found"}),
    }
    return xr.Dataset(table, coords={"conclusion": _texts(one.conclusion.name for one in verdicts)})
