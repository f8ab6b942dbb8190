"""Models with data files beside them, written on the spot."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sdrun.errors import ModelError, Problem
from sdrun.model import Equation, Model
from sdrun.parse import read_model

sys.path.insert(0, str(Path(__file__).parent))
"""What the tests share (`workbooks`) lies beside this file."""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Writes `model.mdl`."""

    def written(text: str) -> Path:
        path = tmp_path / "model.mdl"
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def read(write: Callable[[str], Path]) -> Callable[..., Model]:
    """Reads a Vensim model given as text; its data files lie in `tmp_path`."""
    return lambda text, *data: read_model(write(text), data)


@pytest.fixture
def equation(read: Callable[..., Model]) -> Callable[..., Equation]:
    """The one equation of `x` in a model."""

    def of(text: str, *data: Path) -> Equation:
        (found,) = read(text, *data).variables["x"].equations
        return found

    return of


@pytest.fixture
def refused(read: Callable[..., Model]) -> Callable[..., tuple[Problem, ...]]:
    """What reading a model complains about; every problem has its line and variable."""

    def problems(text: str, *data: Path) -> tuple[Problem, ...]:
        with pytest.raises(ModelError) as caught:
            read(text, *data)
        assert all(problem.place is not None and problem.place.path.name == "model.mdl" for problem in caught.value.problems)
        return caught.value.problems

    return problems
