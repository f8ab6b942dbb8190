"""How a case is integrated that does not say so."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from hand_made import case

from sdrun.bind import with_method
from sdrun.model import Model
from sdrun.scenario import METHODS_OF_MODELS, NEAREST_METHODS, Solver
from sdrun.solve import SOLVERS

MODEL = Model(path=Path("models/m.mdl"), variables={})


def test_every_method_of_models_is_one_of_ours() -> None:
    assert {*METHODS_OF_MODELS.values()} <= {*SOLVERS} and {*NEAREST_METHODS} < {*METHODS_OF_MODELS}


@pytest.mark.parametrize(
    ("own", "asked", "method"),
    [
        (None, None, "LSODA"),
        (None, "euler", "euler"),
        (None, "rk4", "rk4"),
        (None, "gear", "BDF"),
        (None, "rk45", "RK45"),
        ("DOP853", "rk2", "DOP853"),
    ],
)
def test_the_cases_own_method_comes_before_the_models(
    own: str | None, asked: str | None, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "sdrun"):
        found = with_method(case(solver=Solver(method=own, step=0.5)), replace(MODEL, method=asked))
    assert (found.solver.method, found.solver.step, caplog.messages) == (method, 0.5, [])


@pytest.mark.parametrize("asked", NEAREST_METHODS)
def test_the_nearest_method_is_told(asked: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "sdrun"):
        found = with_method(case(), replace(MODEL, method=asked))
    (said,) = caplog.messages
    assert said.startswith(f"m.mdl asks for {asked}, which") and said.endswith(f"runs by {found.solver.method}")
