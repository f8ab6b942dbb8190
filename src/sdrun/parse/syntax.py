"""What PySD's parser cannot take or raises -> what the modeller should read."""

import re

from sdrun.errors import ModelError
from sdrun.parse.hardened import MalformedError, shortened

LONGEST = 50_000
"""Characters of an equation: PySD's parser takes about 4 kB of memory for each."""


def check_length(equation: str) -> None:
    """Raise a `ModelError` where PySD's parser would take too long."""
    if len(equation) > LONGEST:
        raise ModelError(f"the equation has {len(equation)} characters; at most {LONGEST} are read: '{shortened(equation)}'")


MOST_ELEMENTS = 10_000
"""Of a numeric range such as `(A1-A50)`, which PySD's parser writes out."""


def check_numeric_range(equation: str) -> None:
    """Raise a `ModelError` where a numeric range would fill the memory."""
    for first, last in re.findall(r"\(\s*[^()\-]*?(\d+)\s*-\s*[^()\-]*?(\d+)\s*\)", equation):
        if int(last[:30]) - int(first[:30]) >= MOST_ELEMENTS:
            what = f"a numeric range may have {MOST_ELEMENTS} elements at most: '{shortened(equation)}'"
            raise ModelError(what)


def explained(error: BaseException, equation: str) -> ModelError:
    """A `ModelError` that says where in `equation` the parser stopped, as far as the parser knows."""
    causes = tuple(_causes(error))
    if any(isinstance(cause, RecursionError) for cause in causes):
        return ModelError(f"the equation is nested too deeply: '{shortened(equation)}'")
    for cause in causes:
        if isinstance(cause, ModelError):
            return cause
        if isinstance(cause, MalformedError):
            return ModelError(str(cause))
    text, position = getattr(error, "text", None), getattr(error, "pos", None)
    if isinstance(text, str) and isinstance(position, int):  # a parsimonious.ParseError
        where = f"at '{shortened(text[position:], 30)}'" if text[position:].strip() else "at the end"
        return ModelError(f"syntax error {where} of '{shortened(text)}'")
    reason = next((f": {shortened(str(cause))}" for cause in causes if type(cause) is ValueError), "")
    return ModelError(f"cannot read '{shortened(equation)}'{reason}")


def _causes(error: BaseException | None) -> list[BaseException]:
    causes: list[BaseException] = []
    while error is not None and len(causes) < 10:
        causes.append(error)
        error = error.__cause__ or error.__context__
    return causes
