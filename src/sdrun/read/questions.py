"""[sweep.discover] and [sweep.conclusions] of a merged layer -> `Question` and `Conclusion`."""

from collections.abc import Collection, Iterator
from typing import Any

from sdrun.errors import Problem, nearest
from sdrun.model import name_id
from sdrun.questions import Conclusion, Question
from sdrun.read.layers import Layer, Leaf
from sdrun.read.sweep_tables import ConclusionTable, QuestionTable

QUESTIONS, CONCLUSIONS = "sweep.discover", "sweep.conclusions"


def questions(layer: Layer) -> tuple[Question, ...]:
    """Those that a layer without problems asks."""
    return tuple(_question(leaf) for leaf in layer.leaves(QUESTIONS).values())


def _question(leaf: Leaf) -> Question:
    table, select = leaf.value, _select(leaf, QuestionTable)
    numbers: dict[str, Any] = {key: float(table[key]) for key in ("above", "below", "density", "mass", "peel") if key in table}
    numbers |= {"boxes": table["boxes"]} if "boxes" in table else {}
    of = str(table.get("metric", table.get("mode", "")))
    return Question(name=leaf.name, of=of, mode=table.get("is"), select=select, place=leaf.place(), **numbers)


def conclusions(layer: Layer) -> tuple[Conclusion, ...]:
    """Those that a layer without problems states."""
    return tuple(
        Conclusion(
            name=leaf.name,
            metric=leaf.value["metric"],
            less=(leaf.value["less"][0], leaf.value["less"][1]),
            select=_select(leaf, ConclusionTable),
            place=leaf.place(),
        )
        for leaf in layer.leaves(CONCLUSIONS).values()
    )


def _select(leaf: Leaf, shape: type[QuestionTable] | type[ConclusionTable]) -> dict[str, str]:
    own = _keys(shape)
    return {key: value for key, value in leaf.value.items() if key not in own}


def _keys(shape: type[QuestionTable] | type[ConclusionTable]) -> set[str]:
    return {field.alias or name for name, field in shape.model_fields.items()}


def question_problems(layer: Layer, theories: Collection[str]) -> Iterator[Problem]:
    """What is wrong with them; `theories` are those that the sweep chooses among."""
    for table in (QUESTIONS, CONCLUSIONS):
        for leaf in layer.leaves(table).values():
            yield from _name_problems(leaf)
            yield from _metric_problems(leaf, layer)
    for leaf in layer.leaves(QUESTIONS).values():
        yield from _case_problems(leaf, layer)
    for leaf in layer.leaves(CONCLUSIONS).values():
        yield from _side_problems(leaf, [*layer.variants, *theories])


def _name_problems(leaf: Leaf) -> Iterator[Problem]:
    if not leaf.name.replace("_", "a").isalnum() or not leaf.name.isascii():
        kind = "question" if leaf.at[-2] == "discover" else "conclusion"
        yield Problem(
            what=f"'{leaf.name}' cannot name a {kind}", place=leaf.place(), help="a name takes letters, digits and '_'"
        )


def _metric_problems(leaf: Leaf, layer: Layer) -> Iterator[Problem]:
    metrics = list(layer.leaves("sweep.metrics"))
    if (metric := leaf.value.get("metric")) is not None and metric not in metrics:
        listed = f"metrics: {', '.join(metrics)}" if metrics else 'add [sweep.metrics] with duration = { indicator = "..." }'
        yield _at(leaf, "metric", f"unknown metric '{metric}'", nearest(metric, metrics) or listed)


def _case_problems(leaf: Leaf, layer: Layer) -> Iterator[Problem]:
    """Whether a question says, in one way, which cases it is about."""
    table: dict[str, Any] = leaf.value
    given = [key for key in ("above", "below", "is") if key in table]
    of = [key for key in ("metric", "mode") if key in table]
    if len(given) != 1 or len(of) != 1 or ("is" in given) != ("mode" in of):
        help_ = 'give metric with above or below, or mode with is: { metric = "duration", above = 30 }'
        yield Problem(what=f"'{leaf.name}' does not say which cases it asks for", place=leaf.place(), help=help_)
    modes = [str(name) for name in layer.value("sweep", "modes", ())]
    if "mode" in table and name_id(table["mode"]) not in map(name_id, modes):
        help_ = nearest(table["mode"], modes) or f'[sweep] modes = ["{table["mode"]}"]'
        yield _at(leaf, "mode", f"no mode of behaviour is taken of '{table['mode']}'", help_)


def _side_problems(leaf: Leaf, known: list[str]) -> Iterator[Problem]:
    """Whether a conclusion is on two variants, or two theories."""
    sides: list[str] = leaf.value["less"]
    unknown = [side for side in sides if side not in known]
    for side in unknown:
        help_ = nearest(side, known) or (f"there are {', '.join(known)}" if known else "there are none: add [variants.NAME]")
        yield _at(leaf, "less", f"'{side}' is neither a variant nor a theory of this sweep", help_)
    if not unknown and sides[0] == sides[1]:
        yield _at(leaf, "less", f"'{sides[0]}' is compared with itself", None)


def _at(leaf: Leaf, key: str, what: str, help_: str | None) -> Problem:
    return Problem(what=what, place=leaf.place(key, of_value=True), help=help_)
