"""What is checked."""

from dataclasses import dataclass

from sdrun.errors import Place, Problem
from sdrun.model import Model, Variable
from sdrun.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A model as its file states it, and compiled where that was possible."""

    model: Model
    system: System | None = None


def problem(model: Model, variable: Variable, what: str, help: str | None = None) -> Problem:
    """What looks wrong with `variable`, at its line in the model file."""
    return Problem(what=what, place=Place(path=model.path, line=variable.line, key=variable.label), help=help)
