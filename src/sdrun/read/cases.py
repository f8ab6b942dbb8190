"""Merged layers -> `Case`, one per variant."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sdrun.errors import Place, Problem, nearest
from sdrun.read.checks import OPERATIONS, case_problems
from sdrun.read.layers import Layer, Leaf, merged
from sdrun.read.settings import COLUMN, setting_form
from sdrun.read.sources import PLAIN_NAME, Source, extends, over, read_theory
from sdrun.read.sweeps import Swept, theories_of
from sdrun.read.theories import chosen_theories
from sdrun.read.values import file_at, floats, setting
from sdrun.scenario import Case, Event, Solver, Theory, TimeSpan

MODEL_SUFFIXES = (".mdl", ".xmile", ".stmx")
DATASET_SUFFIXES = (".csv", ".tab", ".tsv", ".txt", ".dat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A case before it is known whether anything is wrong with it."""

    name: str
    title: str
    layer: Layer
    """Everything merged, its theory below."""
    model: Path | None = None
    data: tuple[Path, ...] = ()
    theory: Theory | None = None
    theories: Mapping[str, Theory] = field(default_factory=dict)
    """Those that the sweep chooses among."""
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


DEEPEST = 20
"""Variants that use variants."""


def drafts(scenario: Layer, overrides: Layer, stem: str, path: Path | None, swept: Swept) -> list[Draft]:
    """One draft per variant, or a single one."""
    base = Layer(tables=scenario.tables)
    if not scenario.variants:
        whole = merged(base, overrides)
        return [_draft(stem, str(whole.value("scenario", "title", "")), whole, path, swept)]
    return [_variant(name, scenario, base, overrides, path, swept) for name in scenario.variants]


def _variant(name: str, scenario: Layer, base: Layer, overrides: Layer, path: Path | None, swept: Swept) -> Draft:
    variant = _built(name, scenario, (), {})
    problems = variant.problems
    if not PLAIN_NAME.fullmatch(name):
        what = f"'{name}' cannot name a variant"
        help_ = "a name takes letters, digits, '-', '_' and '.', the first a letter or a digit"
        problems = (*problems, Problem(what=what, place=scenario.variant_places.get(name), help=help_))
    if theories_of(swept.sweep) and (leaf := variant.layer.leaves("model").get("theory")) is not None:
        help_ = "leave it out here, or there"
        problems = (*problems, Problem(what="the sweep chooses the theory, and a variant too", place=leaf.place(), help=help_))
    title = scenario.variants[name].value("", "title", name)
    draft = _draft(name, str(title), merged(merged(base, variant.layer), overrides), path, swept, problems)
    return replace(draft, files=(*variant.files, *draft.files))


def _built(name: str, scenario: Layer, above: tuple[str, ...], known: dict[str, Source]) -> Source:
    """A variant over the variants it uses, over the files it extends; `known` are those built before, and grows."""
    if name in known:
        return known[name]
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
        elif len(above) >= DEEPEST:
            deep = Problem(what=f"variants use one another in more than {DEEPEST} levels", place=place)
            built = over(built, Source(layer=Layer(), problems=(deep,)))
        elif other not in scenario.variants:
            built = over(built, Source(layer=Layer(), problems=(_unknown_variant(other, scenario, place),)))
        else:
            built = over(built, _built(other, scenario, (*above, name), known))
    known[name] = over(built, Source(layer=own))
    return known[name]


def _world(leaf: Leaf | None) -> Source:
    """What a variant takes from the files it extends: all but what they say of themselves, their output and their variants."""
    if leaf is None:
        return Source(layer=Layer())
    found = extends(leaf.document, leaf.at, (leaf.document.path,))
    tables = {name: leaves for name, leaves in found.layer.tables.items() if name not in ("scenario", "output", "sweep")}
    return replace(found, layer=Layer(tables=tables))


def _unknown_variant(name: str, scenario: Layer, place: Place | None) -> Problem:
    known = list(scenario.variants)
    return Problem(what=f"unknown variant '{name}'", place=place, help=nearest(name, known) or f"variants: {', '.join(known)}")


def _draft(name: str, title: str, layer: Layer, path: Path | None, swept: Swept, problems: tuple[Problem, ...] = ()) -> Draft:
    problems += tuple(case_problems(layer))
    model, wrong = _model(layer, path)
    data, wrong_data = _given_data(layer)
    files: tuple[Path, ...] = ()
    theory, theories = None, dict[str, Theory]()
    leaf = layer.leaves("model").get("theory")
    if model is not None and theories_of(swept.sweep):
        chosen = chosen_theories(swept, model)
        theories, files, problems = dict(chosen.theories), chosen.files, problems + chosen.problems
    elif model is not None and leaf is not None and isinstance(leaf.value, str):
        theory, source = read_theory(leaf.value, leaf.place(of_value=True), model)
        layer, files, problems = merged(source.layer, layer), source.files, problems + source.problems
    return Draft(
        name=name,
        title=title,
        layer=layer,
        model=model,
        data=data,
        theory=theory,
        theories=theories,
        files=files,
        problems=(*problems, *wrong, *wrong_data, *_data(layer)),
    )


def _model(layer: Layer, path: Path | None) -> tuple[Path | None, tuple[Problem, ...]]:
    """The model file of a layer, and what is wrong with it; its folder holds the theories even where it does not exist."""
    leaf = layer.leaves("model").get("file")
    if leaf is None:
        where = Place(path=path) if path is not None else None
        return None, (Problem(what="no model is named", place=where, help='add [model] with file = "..."'),)
    if not isinstance(leaf.value, str):
        return None, ()
    model = file_at(leaf, leaf.value)
    return model, tuple(_file_problems(model, leaf.place(of_value=True), "model", MODEL_SUFFIXES))


def _given_data(layer: Layer) -> tuple[tuple[Path, ...], list[Problem]]:
    """The files of [model] data, and what is wrong with them."""
    leaf = layer.leaves("model").get("data")
    named = leaf.value if leaf is not None else []
    names = [name for name in (named if isinstance(named, list) else [named]) if isinstance(name, str)]
    paths: list[Path] = []
    problems: list[Problem] = []
    for number, name in enumerate(names):
        assert leaf is not None
        paths.append(file_at(leaf, name))
        place = leaf.place(*([number] if isinstance(named, list) else []), of_value=True)
        problems += _file_problems(paths[-1], place, "data", DATASET_SUFFIXES)
    return tuple(paths), problems


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
            file_at(leaf, leaf.value["file"]), leaf.place("file", of_value=True), "data", (".csv", ".tsv", ".tab", ".txt")
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
        data=draft.data,
        theory=draft.theory,
        subscripts={leaf.name: tuple(leaf.value) for leaf in subscripts},
        subscript_places={leaf.name: leaf.place() for leaf in subscripts},
        time=TimeSpan(**_fields(layer.leaves("time"))),
        solver=Solver(**_fields(layer.leaves("solver"))),
        parameters=tuple(setting(leaf) for leaf in layer.leaves("parameters").values()),
        initial=tuple(setting(leaf) for leaf in layer.leaves("initial").values()),
        events=tuple(_events(layer.leaves("").get("events"))),
        theories=draft.theories,
    )


def _fields(leaves: Mapping[str, Leaf]) -> dict[str, Any]:
    """The keys of a table as the fields of its noun, numbers as floats; its place is that of its first key."""
    places = [leaf.place() for leaf in leaves.values()]
    values = {key: floats(leaf.value) for key, leaf in leaves.items()}
    return {**values, "place": places[0]} if places else values


def _events(leaf: Leaf | None) -> list[Event]:
    return [_event(leaf, number, event) for number, event in enumerate(leaf.value)] if leaf is not None else []


def _event(leaf: Leaf, number: int, event: Mapping[str, Any]) -> Event:
    operation = next(name for name in OPERATIONS if name in event)
    return Event(
        at=floats(event["at"]),
        target=event["target"],
        operation=operation,
        amount=floats(event[operation]),
        until=floats(event.get("until")),
        actor=event.get("actor"),
        label=event.get("label", ""),
        place=leaf.place(number, "target", of_value=True),
    )
