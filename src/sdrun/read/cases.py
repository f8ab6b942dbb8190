"""Merged layers -> `Case`, one per variant."""

import os.path
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sdrun.errors import Place, Problem, nearest
from sdrun.read.checks import OPERATIONS, case_problems
from sdrun.read.layers import Layer, Leaf, merged
from sdrun.read.sources import PLAIN_NAME, Source, extends, over, read_theory
from sdrun.read.tables import COLUMN, VALUED, setting_form
from sdrun.scenario import Case, DataColumn, Event, Setting, Solver, Theory, TimeSpan

MODEL_SUFFIXES = (".mdl", ".xmile", ".stmx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A case before it is known whether anything is wrong with it."""

    name: str
    title: str
    layer: Layer
    """Everything merged, its theory below."""
    model: Path | None = None
    theory: Theory | None = None
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


def drafts(scenario: Layer, overrides: Layer, stem: str, path: Path | None) -> list[Draft]:
    """One draft per variant, or a single one."""
    base = Layer(tables=scenario.tables)
    if not scenario.variants:
        return [_draft(stem, str(merged(base, overrides).value("scenario", "title", "")), merged(base, overrides), path)]
    return [_variant(name, scenario, base, overrides, path) for name in scenario.variants]


def _variant(name: str, scenario: Layer, base: Layer, overrides: Layer, path: Path | None) -> Draft:
    variant = _built(name, scenario, ())
    problems = variant.problems
    if not PLAIN_NAME.fullmatch(name):
        what = f"'{name}' cannot name a variant"
        help_ = "a name takes letters, digits, '-', '_' and '.', the first a letter or a digit"
        problems = (*problems, Problem(what=what, place=scenario.variant_places.get(name), help=help_))
    title = scenario.variants[name].value("", "title", name)
    draft = _draft(name, str(title), merged(merged(base, variant.layer), overrides), path, problems)
    return replace(draft, files=(*variant.files, *draft.files))


def _built(name: str, scenario: Layer, above: tuple[str, ...]) -> Source:
    """A variant over the variants it uses, over the files it extends."""
    own = scenario.variants[name]
    built = _world(own.leaves("").get("extends"))
    used = own.leaves("").get("use")
    for number, other in enumerate(used.value if used is not None and isinstance(used.value, list) else []):
        assert used is not None
        place = used.place(number, of_value=True)
        if not isinstance(other, str):
            continue
        if other in (*above, name):
            cycle = " -> ".join((*above, name, other))
            wrong = Problem(what=f"variants use one another in a circle: {cycle}", place=place)
            built = over(built, Source(layer=Layer(), problems=(wrong,)))
        elif other not in scenario.variants:
            built = over(built, Source(layer=Layer(), problems=(_unknown_variant(other, scenario, place),)))
        else:
            built = over(built, _built(other, scenario, (*above, name)))
    return over(built, Source(layer=own))


def _world(leaf: Leaf | None) -> Source:
    """What a variant takes from the files it extends: all but what they say of themselves, their output and their variants."""
    if leaf is None:
        return Source(layer=Layer())
    found = extends(leaf.document, leaf.at, (leaf.document.path,))
    tables = {name: leaves for name, leaves in found.layer.tables.items() if name not in ("scenario", "output")}
    return replace(found, layer=Layer(tables=tables))


def _unknown_variant(name: str, scenario: Layer, place: Place | None) -> Problem:
    known = list(scenario.variants)
    return Problem(what=f"unknown variant '{name}'", place=place, help=nearest(name, known) or f"variants: {', '.join(known)}")


def _draft(name: str, title: str, layer: Layer, path: Path | None, problems: tuple[Problem, ...] = ()) -> Draft:
    problems += tuple(case_problems(layer))
    model, wrong = _model(layer, path)
    files: tuple[Path, ...] = ()
    theory = None
    leaf = layer.leaves("model").get("theory")
    if model is not None and leaf is not None and isinstance(leaf.value, str):
        theory, source = read_theory(leaf, model)
        layer, files, problems = merged(source.layer, layer), source.files, problems + source.problems
    return Draft(
        name=name,
        title=title,
        layer=layer,
        model=model,
        theory=theory,
        files=files,
        problems=(*problems, *wrong, *_data(layer)),
    )


def _model(layer: Layer, path: Path | None) -> tuple[Path | None, tuple[Problem, ...]]:
    """The model file of a layer, and what is wrong with it; its folder holds the theories even where it does not exist."""
    leaf = layer.leaves("model").get("file")
    if leaf is None:
        where = Place(path=path) if path is not None else None
        return None, (Problem(what="no model is named", place=where, help='add [model] with file = "..."'),)
    if not isinstance(leaf.value, str):
        return None, ()
    model = _file(leaf, leaf.value)
    return model, tuple(_file_problems(model, leaf.place(of_value=True), "model", MODEL_SUFFIXES))


def _file(leaf: Leaf, name: str) -> Path:
    return Path(os.path.normpath(leaf.folder / name))


def _file_problems(path: Path, place: Place, kind: str, suffixes: tuple[str, ...]) -> list[Problem]:
    if path.is_dir():
        return [Problem(what=f"the {kind} file '{path}' is a folder", place=place)]
    if not path.exists():
        beside = [other.name for other in sorted(path.parent.iterdir())] if path.parent.is_dir() else []
        found = [name for name in beside if name.lower().endswith(suffixes)]
        return [Problem(what=f"no such {kind} file: '{path}'", place=place, help=nearest(path.name, found))]
    if not path.name.lower().endswith(suffixes):
        return [
            Problem(what=f"'{path.name}' is no {kind} file", place=place, help=f"{kind} files end in {', '.join(suffixes)}")
        ]
    return []


def _data(layer: Layer) -> list[Problem]:
    """Data files that are missing."""
    leaves = [leaf for table in ("parameters", "initial") for leaf in layer.leaves(table).values()]
    return [
        problem
        for leaf in leaves
        if setting_form(leaf.value) == COLUMN and isinstance(leaf.value.get("file"), str)
        for problem in _file_problems(
            _file(leaf, leaf.value["file"]), leaf.place("file", of_value=True), "data", (".csv", ".tsv", ".tab", ".txt")
        )
    ]


def case_of(draft: Draft) -> Case:
    """The case that a draft without problems describes."""
    assert draft.model is not None
    layer = draft.layer
    subscripts = layer.leaves("subscripts").values()
    return Case(
        name=draft.name,
        title=draft.title,
        model=draft.model,
        theory=draft.theory,
        subscripts={leaf.name: tuple(leaf.value) for leaf in subscripts},
        subscript_places={leaf.name: leaf.place() for leaf in subscripts},
        time=TimeSpan(**_fields(layer.leaves("time"))),
        solver=Solver(**_fields(layer.leaves("solver"))),
        parameters=tuple(_setting(leaf) for leaf in layer.leaves("parameters").values()),
        initial=tuple(_setting(leaf) for leaf in layer.leaves("initial").values()),
        events=tuple(_events(layer.leaves("").get("events"))),
    )


def _fields(leaves: Mapping[str, Leaf]) -> dict[str, Any]:
    """The keys of a table as the fields of its noun, numbers as floats; its place is that of its first key."""
    places = [leaf.place() for leaf in leaves.values()]
    values = {key: _floats(leaf.value) for key, leaf in leaves.items()}
    return {**values, "place": places[0]} if places else values


def _floats(value: Any) -> Any:
    """`value` with every number a float."""
    match value:
        case int() if not isinstance(value, bool):
            return float(value)
        case Mapping():
            return {key: _floats(inner) for key, inner in value.items()}
        case _:
            return value


def _setting(leaf: Leaf) -> Setting:
    value, about = leaf.value, {}
    inside: tuple[str, ...] = ()
    match setting_form(value):
        case form if form == VALUED:
            value, about, inside = value["value"], value, ("value",)
        case form if form == COLUMN:
            about = value
            at = _floats(value.get("at"))
            value = DataColumn(
                file=_file(leaf, value["file"]), column=value["column"], actor=value.get("actor"), time=value.get("time"), at=at
            )
    return Setting(
        name=leaf.name,
        value=_floats(value),
        unit=about.get("unit"),
        source=about.get("source"),
        place=leaf.place(),
        element_places=_element_places(leaf, value, inside),
    )


def _element_places(leaf: Leaf, value: Any, inside: tuple[str, ...]) -> dict[str, Place]:
    """Where each element of a table is first named; `inside` leads to the table."""
    found: dict[str, Place] = {}
    if isinstance(value, Mapping):
        for name, inner in value.items():
            found = {**_element_places(leaf, inner, (*inside, name)), name: leaf.place(*inside, name), **found}
    return found


def _events(leaf: Leaf | None) -> list[Event]:
    return [_event(leaf, number, event) for number, event in enumerate(leaf.value)] if leaf is not None else []


def _event(leaf: Leaf, number: int, event: Mapping[str, Any]) -> Event:
    operation = next(name for name in OPERATIONS if name in event)
    return Event(
        at=_floats(event["at"]),
        target=event["target"],
        operation=operation,
        amount=_floats(event[operation]),
        until=_floats(event.get("until")),
        actor=event.get("actor"),
        label=event.get("label", ""),
        place=leaf.place(number, "target", of_value=True),
    )
