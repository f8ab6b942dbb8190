"""A file with all that it extends -> one layer; a theory's file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdrun.errors import Place, Problem, ScenarioError, nearest
from sdrun.read.checks import setting_problems
from sdrun.read.document import Document, KeyPath, place, read_document
from sdrun.read.layers import Layer, layer_of, merged, repeated_names
from sdrun.read.problems import table_problems
from sdrun.read.tables import ScenarioFile, TheoryFile
from sdrun.scenario import Theory

PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""Names that stand in file names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A layer, and how it came about."""

    layer: Layer
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_source(path: Path, above: tuple[Path, ...] = (), stated: Place | None = None) -> Source:
    """The file at `path` over all that it extends; `above` are the files that led here."""
    if path.resolve() in [other.resolve() for other in above]:
        cycle = " -> ".join(other.name for other in (*above, path))
        return Source(layer=Layer(), problems=(Problem(what=f"extends in a circle: {cycle}", place=stated),))
    try:
        document = read_document(path)
    except ScenarioError as error:
        return Source(layer=Layer(), problems=tuple(_stated(problem, stated) for problem in error.problems))
    if not document.data:
        needs = 'a scenario needs schema = 1 and [model] file = "..."'
        return Source(layer=Layer(), problems=(Problem(what="the file is empty", place=Place(path=path), help=needs),))
    return extended(document, (*above, path), (path,))


def _stated(problem: Problem, stated: Place | None) -> Problem:
    """A problem with a file that lacks a place of its own, at the key that names the file."""
    return problem if problem.place is not None else Problem(what=problem.what, place=stated, help=problem.help)


def extended(document: Document, above: tuple[Path, ...], files: tuple[Path, ...] = ()) -> Source:
    """`document` over all that it extends."""
    below = extends(document, ("extends",), above)
    problems = (*table_problems(document, ScenarioFile), *repeated_names(document), *setting_problems(layer_of(document)))
    return Source(
        layer=merged(below.layer, layer_of(document)),
        files=tuple(dict.fromkeys((*files, *below.files))),
        problems=(*problems, *below.problems),
    )


def extends(document: Document, at: KeyPath, above: tuple[Path, ...]) -> Source:
    """The files that the key at `at` names, merged, the first of a list lowest; an empty source where there is no such key."""
    named: Any = document.data
    for key in at:
        named = named.get(key, []) if isinstance(named, Mapping) else []
    found = Source(layer=Layer())
    for number, name in enumerate([named] if isinstance(named, str) else named if isinstance(named, list) else []):
        if isinstance(name, str):
            stated = place(document, at if isinstance(named, str) else (*at, number), of_value=True)
            found = over(found, read_source(document.folder / name, above, stated))
    return found


def over(below: Source, above: Source) -> Source:
    """`above` over `below`, with the files and problems of both."""
    return Source(
        layer=merged(below.layer, above.layer),
        files=tuple(dict.fromkeys((*below.files, *above.files))),
        problems=tuple(dict.fromkeys((*below.problems, *above.problems))),
    )


def read_theory(name: str, stated: Place | None, model: Path) -> tuple[Theory | None, Source]:
    """The theory called `name` beside `model`; None with its problems where it cannot be read."""
    folder = model.parent / "theories"
    known = sorted(path.stem for path in folder.glob("*.toml")) if folder.is_dir() else []
    if name not in known:
        listed = f"theories here: {', '.join(known)}" if known else f"there is no theory in {folder}"
        help_ = f"{guess} ({listed})" if (guess := nearest(name, known)) else listed
        problem = Problem(what=f"unknown theory '{name}'", place=stated, help=help_)
        return None, Source(layer=Layer(), problems=(problem,))
    try:
        document = read_document(folder / f"{name}.toml")
    except ScenarioError as error:
        return None, Source(layer=Layer(), problems=error.problems)
    layer = layer_of(document)
    problems = table_problems(document, TheoryFile) + repeated_names(document) + setting_problems(layer)
    theory = _theory(name, document.path, layer.value) if not problems else None
    parameters = Layer(tables={"parameters": layer.leaves("parameters")})
    return theory, Source(layer=parameters, files=(document.path,), problems=tuple(problems))


def _theory(name: str, path: Path, value: Any) -> Theory:
    return Theory(name=name, title=value("theory", "title", ""), references=tuple(value("theory", "references", ())), path=path)


def dict_document(data: Mapping[str, Any], *, path: Path = Path("<dict>")) -> Document:
    """A dict with the tables of a scenario as a document; its paths are relative to the working directory."""
    return Document(path=path, folder=Path(), data={"schema": 1, **_plain(data)})


def _plain(value: Any) -> Any:
    """`value` in TOML's types: without None, paths as text, numbers of NumPy as Python's."""
    match value:
        case Mapping():
            return {str(key): _plain(inner) for key, inner in value.items() if inner is not None}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case Path():
            return str(value)
        case _:
            return value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value
