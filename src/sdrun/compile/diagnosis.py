"""`Model` → all that keeps it from being compiled: what a later pass refuses is told beside what an earlier one does."""

from dataclasses import replace

from sdrun.compile import compile_model
from sdrun.errors import ModelError, Problem
from sdrun.model import Equation, Model, Number, Table, Variable, name_id, names

ROUNDS = 12
"""There are fewer passes."""


def diagnosis(model: Model) -> tuple[Problem, ...]:
    """The problems of all passes, in the order of the file; none where the model compiles.

    Variables that a pass refuses are taken for numbers in the next round, so that the passes behind it see the others.  What is
    found in a later round is told only of variables that nothing was found of before.
    """
    found: list[Problem] = []
    for _ in range(ROUNDS):
        try:
            compile_model(model)
            break
        except ModelError as error:
            told = {problem.place.key for problem in found if problem.place is not None}
            new = [problem for problem in error.problems if problem.place is None or problem.place.key not in told]
            refused = {name_id(problem.place.key) for problem in error.problems if problem.place is not None}
        found += new
        known = refused & {*model.variables}
        if not known:
            break
        model = _without(model, known, {id for id in known if model.variables[id].label in told})
    return tuple(sorted(found, key=lambda problem: (problem.place.line or 0) if problem.place is not None else 0))


def _without(model: Model, refused: set[str], again: set[str]) -> Model:
    """The model with numbers for what was refused; what is refused even so goes, and its users become numbers."""
    users = {id for id, v in model.variables.items() if any(names(eq.expression) & again for eq in v.equations)}
    kept, numbers = {id: v for id, v in model.variables.items() if id not in again}, refused | users
    return replace(model, variables={id: _number(v) if id in numbers else v for id, v in kept.items()})


def _number(variable: Variable) -> Variable:
    """The variable with a number for each of its equations but tables."""
    return replace(variable, equations=tuple(_as_number(equation) for equation in variable.equations))


def _as_number(equation: Equation) -> Equation:
    known = isinstance(equation.expression, Table)
    return equation if known else replace(equation, expression=Number(1.0), excepts=())
