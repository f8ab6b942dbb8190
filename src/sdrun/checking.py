"""What `sdrun check` tells: all that is wrong with files, or looks wrong, and what running them would take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdrun.errors import InputError, Problem
from sdrun.finding import Finding, Severity
from sdrun.plan import Plan, plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of checking one file."""

    file: str
    plan: Plan | None
    """None where it cannot run."""
    findings: tuple[Finding, ...]
    """Errors first; with a plan, its warnings."""

    @property
    def valid(self) -> bool:
        """Whether it can run."""
        return self.plan is not None

    def as_dict(self) -> Mapping[str, Any]:
        """For JSON: the plan's own keys, where there is one, and the findings."""
        found = {"file": self.file, "valid": self.valid, "findings": [finding.as_dict() for finding in self.findings]}
        return found if self.plan is None else {**self.plan.as_dict(), **found}


def checked(source: Path, *, settings: Sequence[str] = (), only: str | None = None) -> Checked:
    """All that is wrong with a file, or looks wrong, and what it would take; raises nothing for what is wrong in it."""
    try:
        made = plan(source, settings=settings, only=only)
    except InputError as error:
        return Checked(file=str(source), plan=None, findings=_refused(source, error))
    return Checked(file=str(source), plan=made, findings=made.findings)


def _refused(source: Path, error: InputError) -> tuple[Finding, ...]:
    """The errors; where a model is at fault, those of all passes and what its own checks find beside."""
    from sdrun.compile.diagnosis import diagnosis
    from sdrun.parse import FORMATS, read_model
    from sdrun.validate import Subject, findings

    errors, warnings = list(error.problems), tuple[Finding, ...]()
    paths = {problem.place.path for problem in error.problems if problem.place is not None}
    for path in sorted(path for path in {source, *paths} if path.suffix.lower() in FORMATS):
        try:
            model = read_model(path)
        except InputError:
            continue
        known = {*errors}
        errors += [problem for problem in diagnosis(model) if problem not in known]
        warnings += findings(Subject(model=model))
    errors.sort(key=lambda problem: problem.place.line or 0 if problem.place is not None else 0)
    return (*(Finding(check=_stage(problem), severity=Severity.ERROR, problem=problem) for problem in errors), *warnings)


def _stage(problem: Problem) -> str:
    """What is at fault: the model, or the scenario with all else that it names."""
    from sdrun.parse import FORMATS

    return "model" if problem.place is not None and problem.place.path.suffix.lower() in FORMATS else "scenario"


def check_files(files: Sequence[Path], *, settings: Sequence[str] = (), only: str | None = None) -> tuple[Checked, ...]:
    """One per file."""
    return tuple(checked(file, settings=settings, only=only) for file in files)
