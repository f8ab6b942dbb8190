"""Designs of blocks: samples that differ in one factor from one another, so that what it does is told from what others do.

Each block depends on the seed and its number alone.  A size that is no whole number of blocks gets the beginning of the last.
"""

import numpy as np

from sdrun.sample.designs import Levels, Points, sobol
from sdrun.sweep import BLOCKS, MORRIS, SALTELLI, Steps

MORRIS_LEVELS = 4
"""Into which the quantiles of a factor are cut, p: 0, 1/3, 2/3, 1; a step is p / (2 (p - 1)) = 2/3.

Campolongo, Cariboni & Saltelli 2007, Environmental Modelling & Software 22.  Their choice of trajectories far from one another
depends on all of them, and would not grow.
"""


def morris(levels: Levels, size: int, seed: int) -> Points:
    """Trajectories of k + 1 points, each next to the one before in one factor; every factor steps once, in random order.

    Morris 1991, Technometrics 33(2): a factor steps up or down, as likely, between two levels that lie 2/3 apart.  Choices lie
    on no scale: they step from any to any other.  Trajectory i is the i-th part of a counter-based stream (Philox) whose key is
    the seed.
    """
    count = len(levels)
    length = BLOCKS[MORRIS](count)
    stream = np.random.Generator(np.random.Philox(key=seed))
    start, way, order = np.moveaxis(stream.random((-(-size // length), 3, count)), 1, 0)
    chosen, ends = _chosen(levels, start, way), _levels(start, way)
    before, after = (np.where(np.array(levels) > 0, *pair) for pair in zip(chosen, ends, strict=True))
    rank = order.argsort(axis=1).argsort(axis=1)
    stepped = rank[:, None, :] < np.arange(length)[:, None]
    points: Points = np.where(stepped, after[:, None, :], before[:, None, :]).reshape(-1, count)[:size].T
    return points


def _levels(start: np.ndarray, way: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where factors with a distribution step from and to."""
    low = np.floor(start * (MORRIS_LEVELS // 2)) / (MORRIS_LEVELS - 1)
    high = low + MORRIS_LEVELS / (2 * (MORRIS_LEVELS - 1))
    return np.where(way < 0.5, low, high), np.where(way < 0.5, high, low)


def _chosen(levels: Levels, start: np.ndarray, way: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same of factors with choices: the middles of the parts that stand for them."""
    number = np.maximum(levels, 1)
    one = np.floor(start * number)
    other = (one + 1 + np.floor(way * (number - 1))) % number
    return (one + 0.5) / number, (other + 0.5) / number


def steps(points: Points, levels: Levels) -> Steps:
    """What Morris's points differ in from the ones before."""
    moved = np.diff(points, axis=1, prepend=points[:, :1])
    moved[:, :: BLOCKS[MORRIS](len(levels))] = 0.0
    factor = np.abs(moved).argmax(axis=0)
    by = moved[factor, np.arange(points.shape[1])]
    by = np.where(np.array(levels)[factor] > 0, np.sign(by), by)
    return Steps(factor=np.where(by == 0.0, -1, factor), by=by)


def saltelli(levels: Levels, size: int, seed: int) -> Points:
    """Blocks of 2 k + 2 points for Sobol's indices: A, k times A with one factor from B, k times B with one from A, B.

    Saltelli 2002, Computer Physics Communications 145, theorem 2; A and B are the halves of a point of Sobol's sequence in 2 k
    dimensions, scrambled: Saltelli et al. 2010, Computer Physics Communications 181.
    """
    count = len(levels)
    length = BLOCKS[SALTELLI](count)
    halves = sobol((*levels, *levels), -(-size // length), seed)
    a, b = halves[:count].T[:, None, :], halves[count:].T[:, None, :]
    own = np.eye(count, dtype=bool)
    block = np.concatenate([a, np.where(own, b, a), np.where(own, a, b), b], axis=1)
    points: Points = block.reshape(-1, count)[:size].T
    return points
