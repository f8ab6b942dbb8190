"""`Model` -> findings: what runs, and yet looks wrong to a modeller.

    units        equations whose units do not balance, units that cannot be read, variables without one
    numbers      constants hidden in equations
    unused       constants and tables that nothing uses
    dates        dates that count by another unit than the model
    limits       values outside the range that the model itself states
    structure    no check: what the model is made of, and its feedback loops, `inventory`

A check is a function `(Subject) -> Problems` and a row in `CHECKS`; its problems carry variable and line, and `sdrun check`
tells them as warnings.  What a model cannot run with is no check: parser and compiler refuse it.
"""

from collections.abc import Callable, Iterable, Mapping

from sdrun.errors import Problem
from sdrun.finding import Finding
from sdrun.validate.dates import miscounted_dates
from sdrun.validate.limits import outside_limits
from sdrun.validate.numbers import hidden_constants
from sdrun.validate.structure import inventory
from sdrun.validate.subject import Subject
from sdrun.validate.units import check_units, missing_units
from sdrun.validate.unused import unused

__all__ = ["CHECKS", "Subject", "check_units", "findings", "inventory"]

CHECKS: Mapping[str, Callable[[Subject], Iterable[Problem]]] = {
    "units": lambda subject: check_units(subject.model),
    "missing unit": lambda subject: missing_units(subject.model),
    "hidden constant": lambda subject: hidden_constants(subject.model),
    "dates": lambda subject: miscounted_dates(subject.model),
    "unused": lambda subject: unused(subject.model),
    "limits": outside_limits,
}
"""By the name under which its findings are told."""


def findings(subject: Subject) -> tuple[Finding, ...]:
    """What all checks find, in the order of the model file."""
    found = [Finding(check=name, problem=problem) for name, check in CHECKS.items() for problem in check(subject)]
    return tuple(sorted(found, key=lambda finding: (finding.problem.place.line or 0) if finding.problem.place else 0))
