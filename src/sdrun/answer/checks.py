"""What is wrong with what is asked of a result."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from sdrun.answer.cases import of
from sdrun.answer.tree import lacking
from sdrun.errors import Place, Problem, locate, nearest
from sdrun.model import name_id
from sdrun.questions import Conclusion, Question

if TYPE_CHECKING:
    import xarray as xr

_TAKEN = ("variant", "sample", "theory")
"""Dimensions of which nothing is selected."""


def check_extra(questions: Sequence[Question]) -> None:
    """Raise an InputError if a question needs a package that is not installed; it is not imported, which takes seconds."""
    if questions and find_spec("sklearn") is None:
        raise lacking()


def problems(ds: "xr.Dataset", questions: Sequence[Question], conclusions: Sequence[Conclusion]) -> list[Problem]:
    """Of a result such as `ds`, whose values do not matter."""
    asked = [(question.name, of(question), question.select, question.place) for question in questions]
    asked += [(conclusion.name, conclusion.metric, conclusion.select, conclusion.place) for conclusion in conclusions]
    unclear = [one for one in questions if one.mode is None and (one.above is None) == (one.below is None)]
    return [
        *(_at(one.place, f"'{one.name}' does not say which cases it asks for", "give above or below") for one in unclear),
        *(problem for one in asked for problem in _problems(ds, *one)),
    ]


def _problems(ds: "xr.Dataset", asking: str, name: str, select: Mapping[str, str], place: Place | None) -> Iterator[Problem]:
    known = [str(key) for key, array in ds.data_vars.items() if array.attrs.get("role") in ("metric", "mode")]
    if name not in known:
        listed = nearest(name, known) or (f"there are {', '.join(known)}" if known else "the sweep has no [sweep.metrics]")
        yield _at(place, f"'{asking}' asks for '{name}', of which the result has no figure by sample", listed)
        return
    own = [str(dim) for dim in ds[name].dims if dim not in _TAKEN]
    given = {name_id(dim): label for dim, label in select.items()}
    for dim in given:
        if dim not in own:
            yield _at(place, f"'{name}' has no dimension '{dim}'", nearest(dim, [*own, "metric", "above", "below", "density"]))
    for dim in own:
        labels = [str(label) for label in ds[dim].values]
        if dim not in given:
            yield _at(place, f"'{asking}' does not say which {dim} it is about", f'{dim} = "{labels[0]}", or {_or(labels[1:])}')
        elif name_id(given[dim]) not in map(name_id, labels):
            yield _at(
                place, f"unknown element '{given[dim]}' of {dim}", nearest(given[dim], labels) or f"elements: {_or(labels)}"
            )


def _or(labels: Sequence[str]) -> str:
    return ", ".join(labels[:8]) + (" ..." if len(labels) > 8 else "")


def _at(place: Place | None, what: str, help_: str | None) -> Problem:
    problem = Problem(what=what, help=help_)
    return locate(problem, place) if place is not None else problem
