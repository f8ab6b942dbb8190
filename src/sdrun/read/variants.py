"""The variants that a sweep draws among, which must be one run but for what is set."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace

from sdrun.errors import Place, Problem, nearest
from sdrun.model import name_id
from sdrun.read.cases import Draft, case_of
from sdrun.scenario import Case, Event, Solver, TimeSpan
from sdrun.sweep import VARIANT, Sweep

WHY = (
    "a sweep draws among variants that share model, subscripts, times, solver and events; without 'variant' among its factors "
    "it runs them side by side"
)


def chosen_variants(sweep: Sweep | None) -> dict[str, Place | None]:
    """The variants that a sweep draws among, and where it says so; empty where it draws none."""
    factors = sweep.factors if sweep is not None else ()
    return {str(value): factor.place for factor in factors if factor.name == VARIANT for value in factor.values}


def variant_problems(sweep: Sweep | None, found: Sequence[Draft], known: Sequence[str], only: str | None) -> Iterator[Problem]:
    """What is wrong with the names, or with the variants that have them; `found` are all of the scenario."""
    chosen = chosen_variants(sweep)
    for name, place in chosen.items():
        if name not in known:
            listed = f"variants: {', '.join(known)}" if known else "the scenario has no [variants]"
            yield Problem(what=f"unknown variant '{name}'", place=place, help=nearest(name, known) or listed)
    if chosen and only is not None:
        yield Problem(what=f"the sweep draws the variant, and --only '{only}' would have one of them", help="leave out --only")
    drafts = [draft for draft in found if draft.name in chosen]
    if not any(draft.problems for draft in drafts):
        cases = [case_of(draft) for draft in drafts]
        yield from (_different(cases[0], case, chosen[case.name]) for case in cases[1:] if _differences(cases[0], case))


def _different(first: Case, other: Case, place: Place | None) -> Problem:
    listed = ", ".join(_differences(first, other))
    return Problem(what=f"variants '{first.name}' and '{other.name}' differ in {listed}", place=place, help=WHY)


def _differences(first: Case, other: Case) -> list[str]:
    """What two variants do not share, as the scenario calls it."""
    found = ["[model] file"] if first.model != other.model else []
    found += ["[subscripts]"] if _subscripts(first) != _subscripts(other) else []
    found += [f"[time] {name}" for name in _unlike(first.time, other.time)]
    found += [f"[solver] {name}" for name in _unlike(first.solver, other.solver)]
    return found + (["[[events]]"] if _events(first) != _events(other) else [])


def _unlike(one: TimeSpan | Solver, other: TimeSpan | Solver) -> list[str]:
    names = [field.name for field in fields(one) if field.name != "place"]
    return [name for name in names if getattr(one, name) != getattr(other, name)]


def _subscripts(case: Case) -> dict[str, tuple[str, ...]]:
    return {name_id(name): elements for name, elements in case.subscripts.items()}


def _events(case: Case) -> list[Event]:
    return [replace(event, place=None, target=name_id(event.target)) for event in case.events]
