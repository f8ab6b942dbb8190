"""The samples of a sweep: one that fails is NaN, and the others go on."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from sdrun.errors import SolveError
from sdrun.simulation import History, Setup, part
from sdrun.solve.recording import blank
from sdrun.system import System

Progress = Callable[[float], None]
Solve = Callable[[System, Setup, Progress], History]


def tolerant(solve: Solve, system: System, setup: Setup, progress: Progress, *, together: bool) -> History:
    """The history of every sample.

    Where `together`, all are solved in one call, and by halves where that fails, until those that fail stand alone.
    """
    size = setup.parameters.shape[1]
    if together or size == 1:
        try:
            return solve(system, setup, progress)
        except SolveError as error:
            if size == 1:
                return _failed(system, setup, error)
    cuts = [0, size // 2, size] if together else list(range(size + 1))
    pieces = []
    for start, stop in pairwise(cuts):

        def tell(share: float, start: int = start, stop: int = stop) -> None:
            progress((start + share * (stop - start)) / size)

        pieces.append(tolerant(solve, system, part(setup, start, stop), tell, together=together))
    return _joined(pieces, cuts)


def _failed(system: System, setup: Setup, error: SolveError) -> History:
    """A sample without values but those of its parameters."""
    values = blank(system, setup)
    for array in values.values():
        array.fill(np.nan)
    for slot in system.parameters:
        if slot.name in values:
            values[slot.name][...] = setup.parameters[slot.start : slot.stop].reshape(*slot.shape, 1, 1)
    return History(time=setup.times, values=values, evaluations=0, failures={0: error.problems[0]})


def _joined(pieces: Sequence[History], cuts: Sequence[int]) -> History:
    """Histories of neighbouring samples as one; piece i begins at cut i."""
    return History(
        time=pieces[0].time,
        values={name: np.concatenate([piece.values[name] for piece in pieces], axis=-1) for name in pieces[0].values},
        evaluations=sum(piece.evaluations for piece in pieces),
        failures={
            cut + column: problem
            for cut, piece in zip(cuts, pieces, strict=False)
            for column, problem in piece.failures.items()
        },
    )
