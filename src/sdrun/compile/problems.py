"""Problems with a variable of the model, at its line."""

from collections.abc import Iterable

from sdrun.errors import ModelError, Place, Problem
from sdrun.model import Model, Variable


def problem(model: Model, variable: Variable, what: str, help: str | None = None) -> Problem:
    """What is wrong with `variable`, at its line in the model file."""
    place = Place(path=model.path, line=variable.line, key=variable.label)
    return Problem(what=what, place=place, help=help)


class Refusal(Exception):
    """Something in an equation that cannot be compiled; the pass that meets it adds the variable and its line."""

    def __init__(self, what: str, help: str | None = None) -> None:
        super().__init__(what)
        self.what, self.help = what, help


def raise_all(problems: Iterable[Problem]) -> None:
    """Raise ModelError with all problems, if there are any."""
    if found := tuple(problems):
        raise ModelError(*found)
