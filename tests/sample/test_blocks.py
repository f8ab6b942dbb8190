"""Designs of blocks: what makes a trajectory of Morris's, and a block for Sobol's indices."""

from collections import Counter

import numpy as np
import pytest

from sdrun.sample import DESIGNS, draw
from sdrun.sweep import BLOCKS, CHOICES, MORRIS, SALTELLI, THEORY, Factor, Sweep


def trajectories(levels: list[int], count: int, seed: int = 1) -> np.ndarray:
    """Shape (trajectories, points, factors)."""
    length = len(levels) + 1
    return DESIGNS[MORRIS].points(levels, count * length, seed).T.reshape(count, length, len(levels))


def test_every_factor_steps_once_in_a_trajectory_and_alone() -> None:
    moved = np.diff(trajectories([0, 0, 0], 200), axis=1)
    assert ((moved != 0).sum(axis=2) == 1).all(), "one factor at a time"
    assert ((moved != 0).sum(axis=1) == 1).all(), "each once"
    assert np.abs(moved[moved != 0]) == pytest.approx(2 / 3)


def test_levels_are_as_likely_as_morris_has_them() -> None:
    """Four levels; up and down; each pair of levels two thirds apart; every order of the factors."""
    found = trajectories([0, 0, 0], 6000)
    assert np.unique(found.round(12)).tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    for factor in range(3):
        pairs = Counter((round(3 * a), round(3 * b)) for a, b in found[:, [0, -1], factor])
        assert set(pairs) == {(0, 2), (2, 0), (1, 3), (3, 1)}
        assert all(number == pytest.approx(1500, abs=170) for number in pairs.values()), "5 standard deviations"
    orders = Counter(tuple(np.flatnonzero(step)[0] for step in run) for run in np.diff(found, axis=1))
    assert len(orders) == 6 and all(number == pytest.approx(1000, abs=150) for number in orders.values())


def test_choices_step_from_any_to_any_other() -> None:
    found = trajectories([5, 0], 8000)
    pairs = Counter((int(5 * a), int(5 * b)) for a, b in found[:, [0, -1], 0])
    assert set(pairs) == {(a, b) for a in range(5) for b in range(5) if a != b}
    assert all(number == pytest.approx(400, abs=100) for number in pairs.values())


def test_steps_are_told_with_the_samples() -> None:
    factors = (
        Factor(name="x", kind="loguniform", arguments={"low": 1.0, "high": 8.0}),
        Factor(name=THEORY, kind=CHOICES, values=("a", "b", "c")),
    )
    found = draw(Sweep(method=MORRIS, samples=300, seed=2, factors=factors))
    assert found.steps is not None
    factor, by = found.steps.factor.reshape(-1, 3), found.steps.by.reshape(-1, 3)
    assert (factor[:, 0] == -1).all() and (by[:, 0] == 0).all()
    assert (np.sort(factor[:, 1:]) == [0, 1]).all()
    ratio = np.exp2(3 * found.steps.by[found.steps.factor == 0])  # of a loguniform factor, a step in quantiles is a ratio
    before, after = found.values[0, :-1], found.values[0, 1:]
    np.testing.assert_allclose((after / before)[found.steps.factor[1:] == 0], ratio)
    theory = np.sign(np.diff(found.values[1]))[found.steps.factor[1:] == 1]
    np.testing.assert_array_equal(theory, found.steps.by[found.steps.factor == 1])


def test_a_block_has_a_and_b_and_each_with_one_factor_of_the_other() -> None:
    count, blocks = 3, 64
    length = BLOCKS[SALTELLI](count)
    assert length == 8
    found = DESIGNS[SALTELLI].points([0] * count, blocks * length, 5).T.reshape(blocks, length, count)
    a, ab, ba, b = found[:, 0], found[:, 1:4], found[:, 4:7], found[:, 7]
    np.testing.assert_array_equal(np.hstack([a, b]), DESIGNS["sobol"].points([0] * 2 * count, blocks, 5).T)
    for factor in range(count):
        others = [other for other in range(count) if other != factor]
        for mixed, own, foreign in ((ab, a, b), (ba, b, a)):
            np.testing.assert_array_equal(mixed[:, factor, factor], foreign[:, factor])
            np.testing.assert_array_equal(mixed[:, factor, others], own[:, others])
