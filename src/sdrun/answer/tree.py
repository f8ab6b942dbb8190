"""A regression tree of the share of cases, and its leaves as boxes.

Breiman, Friedman, Olshen and Stone, Classification and Regression Trees, 1984.  scikit-learn grows it on the looking half; it
is cut back, weakest link first (their sect. 3.3), to the smallest tree whose squared error on the judging half is within one
standard error of the least (sect. 3.4.3), so that of noise nothing is left but the root.  Texts are ordered by their share of
cases: of all ways to part them in two, the best lies along that order (sect. 9.4; below the root it is an approximation).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float

from sdrun.answer.boxes import CHOICES, HIGH, LOW, Box, Measures, Rows, inside, limited, measures
from sdrun.answer.factors import Varied
from sdrun.errors import InputError, Problem

MOST_LEAVES = 16
"""So that a person can read it."""

LEAST_LEAF = 0.01
"""Share of the rows."""

Order = Float[np.ndarray, " labels"]
"""The place of each text when they are ordered by their share of cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A box of the tree; parted in two, or a leaf."""

    box: Box
    looked: Measures
    """By the looking half."""
    judged: Measures
    """By the judging half."""
    factor: str = ""
    """That parts it; empty for a leaf."""
    parts: "tuple[Node, ...]" = ()
    """Below the cut, or of the first texts; and the rest."""


def leaves(node: Node) -> tuple[Node, ...]:
    """From left to right."""
    return tuple(leaf for part in node.parts for leaf in leaves(part)) or (node,)


def learner() -> Any:
    """scikit-learn's module of trees; raises `lacking` where it is not installed."""
    try:
        from sklearn import tree
    except ImportError:
        raise lacking() from None
    return tree


def lacking() -> InputError:
    """The error where scikit-learn is not installed."""
    return InputError(Problem(what="[sweep.discover] needs the package scikit-learn", help='pip install "sdrun[discovery]"'))


def grown(factors: Sequence[Varied], cases: Rows, looking: Rows, judging: Rows) -> Node:
    """The tree, cut back."""
    orders = {factor.name: _order(factor, cases, looking) for factor in factors if factor.labels}
    x = np.column_stack([_scaled(factor, orders.get(factor.name)) for factor in factors])
    least = max(2, round(LEAST_LEAF * looking.sum()))
    settings = {"max_leaf_nodes": MOST_LEAVES, "min_samples_leaf": least, "random_state": 0}
    tree = learner().DecisionTreeRegressor(**settings).fit(x[looking], cases[looking]).tree_

    def node(at: int, box: Box) -> Node:
        within = inside(box, factors)
        looked, judged = (measures(within[half], cases[half]) for half in (looking, judging))
        if tree.children_left[at] < 0:
            return Node(box=box, looked=looked, judged=judged)
        factor = factors[tree.feature[at]]
        near, far = _parted(box, factor, orders.get(factor.name), float(tree.threshold[at]))
        parts = (node(int(tree.children_left[at]), near), node(int(tree.children_right[at]), far))
        return Node(box=box, looked=looked, judged=judged, factor=factor.name, parts=parts)

    return _pruned(node(0, Box()))


def _order(factor: Varied, cases: Rows, looking: Rows) -> Order:
    """By the looking half; a text that it lacks comes last."""
    of = [cases[looking & (factor.values == label)] for label in range(len(factor.labels))]
    shares = [rows.mean() if rows.size else np.inf for rows in of]
    return np.argsort(np.argsort(shares, kind="stable")).astype(float)


def _scaled(factor: Varied, order: Order | None) -> Float[np.ndarray, " rows"]:
    """From 0 to 1, as scikit-learn rounds to float32; of texts their place."""
    if order is not None:
        return order[factor.values.astype(int)]
    return (factor.values - factor.values.min()) / np.ptp(factor.values)


def _parted(box: Box, factor: Varied, order: Order | None, cut: float) -> tuple[Box, Box]:
    """The box on this side of a cut, and beyond."""
    if order is None:
        limit = float(factor.values.min() + cut * np.ptp(factor.values))
        return limited(box, (HIGH, factor.name), limit), limited(box, (LOW, factor.name), limit)
    here = box.choices.get(factor.name, frozenset(range(len(factor.labels))))
    near = frozenset(label for label in here if order[label] <= cut)
    return limited(box, (CHOICES, factor.name), near), limited(box, (CHOICES, factor.name), here - near)


# ── cutting back ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _pruned(root: Node) -> Node:
    """The smallest of ever smaller trees whose error is as small as can be told."""
    trees = [root]
    while trees[-1].parts:
        trees.append(_without(trees[-1], _weakest(trees[-1])))
    errors = [_error(tree) for tree in trees]
    least, doubt = min(errors)
    return next(tree for tree, (error, _) in zip(reversed(trees), reversed(errors), strict=True) if error <= least + doubt)


def _weakest(node: Node) -> Node:
    """The parted node below, or this one, that gains least by leaf."""
    below = [_weakest(part) for part in node.parts if part.parts]
    return min([*below, node], key=_gain)


def _gain(node: Node) -> float:
    """What parting takes off the squared error of the looking half, by leaf."""
    ends = leaves(node)
    return (_spread(node) - sum(_spread(leaf) for leaf in ends)) / (len(ends) - 1)


def _spread(node: Node) -> float:
    return node.looked.rows * node.looked.density * (1 - node.looked.density)


def _without(node: Node, parted: Node) -> Node:
    """The tree with one of its nodes made a leaf."""
    if node is parted:
        return replace(node, factor="", parts=())
    return replace(node, parts=tuple(_without(part, parted) for part in node.parts))


def _error(tree: Node) -> tuple[float, float]:
    """Squared error on the judging half, and its standard error: a leaf expects the share that the looking half has there."""
    ends = [(leaf.judged.cases, leaf.judged.rows - leaf.judged.cases, leaf.looked.density) for leaf in leaves(tree)]
    rows = sum(cases + others for cases, others, _ in ends)
    mean, square = (
        sum(cases * (1 - share) ** power + others * share**power for cases, others, share in ends) / rows for power in (2, 4)
    )
    return mean, float(np.sqrt(max(0.0, square - mean**2) / rows))
