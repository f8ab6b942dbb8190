"""Constants and tables that nothing uses: a dial that moves nothing.

A flow or an auxiliary that nothing uses is what the model is asked; `Inventory.outputs` counts them.
"""

from collections.abc import Iterator

from sdrun.errors import Problem
from sdrun.model import CONTROLS, Array, Model, Number, Table, Variable, names
from sdrun.validate.subject import problem


def unused(model: Model) -> Iterator[Problem]:
    """A problem for each."""
    used = {name for variable in model.variables.values() for eq in variable.equations for name in names(eq.expression)}
    for variable in model.variables.values():
        if variable.id not in used and variable.id not in CONTROLS and (kind := _kind(variable)):
            yield problem(model, variable, f"the {kind} '{variable.label}' is used by no equation")


def _kind(variable: Variable) -> str | None:
    expressions = [equation.expression for equation in variable.equations]
    if all(isinstance(expression, Table) for expression in expressions):
        return "lookup"
    return "constant" if all(isinstance(expression, Number | Array) for expression in expressions) else None
