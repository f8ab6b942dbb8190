"""`read_scenario`: a scenario file, a dict or a model file -> `Scenario`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sdrun.errors import Problem, ScenarioError, nearest
from sdrun.read.cases import MODEL_SUFFIXES, Draft, case_of, drafts
from sdrun.read.layers import Layer, merged
from sdrun.read.overrides import overrides
from sdrun.read.sources import Source, dict_document, extended, read_source
from sdrun.read.sweeps import read_sweep
from sdrun.read.theories import with_theory_ranges
from sdrun.read.variants import chosen_variants, variant_problems
from sdrun.scenario import Case, Output, Scenario, Theory


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origin:
    """Where a scenario comes from."""

    path: Path | None
    stem: str
    source: Source


def read_scenario(source: Path | Mapping[str, Any], *, settings: Sequence[str] = (), only: str | None = None) -> Scenario:
    """The scenario in a TOML file, in a dict with the same tables, or of a model file by itself.

    `settings` are those of `--set`, `only` the one variant to keep.  Raises ScenarioError with all problems at once.
    """
    origin = _origin(source)
    above = overrides(tuple(settings))
    below = origin.source.layer
    swept = read_sweep(merged(below, above.layer), above.layer)
    found = drafts(below, above.layer, origin.stem, origin.path, swept)
    problems = [*origin.source.problems, *above.problems]
    if not (_unread(origin) and problems):
        problems += [*swept.problems, *(problem for draft in found for problem in draft.problems), *_other_theories(found)]
        problems += [*_only(only, below), *variant_problems(swept.sweep, found, list(below.variants), only)]
    if problems:
        raise ScenarioError(*dict.fromkeys(problems))
    files = (*origin.source.files, *swept.files)
    sweep = with_theory_ranges(swept.sweep, found[0].theories) if swept.sweep is not None else None
    if chosen := chosen_variants(sweep):
        found = [draft for draft in found if draft.name in chosen]
    return replace(_scenario(origin, Source(layer=below, files=files), found, above.layer, only), sweep=sweep)


def _origin(source: Path | Mapping[str, Any]) -> _Origin:
    if isinstance(source, Mapping):
        document = dict_document(source)
        model = document.data.get("model")
        name = model.get("file") if isinstance(model, Mapping) else None
        stem = _stem(Path(name)) if isinstance(name, str) else "scenario"
        return _Origin(path=None, stem=stem, source=extended(document, ()))
    path = Path(source)
    if path.name.lower().endswith(MODEL_SUFFIXES):
        return _Origin(path=None, stem=_stem(path), source=_bare_model(path))
    return _Origin(path=path, stem=_stem(path), source=read_source(path))


def _stem(path: Path) -> str:
    """The name of the output folder: text, also where the file's name is none."""
    return path.stem.encode(errors="replace").decode()


def _bare_model(path: Path) -> Source:
    if not path.is_file():
        kind = f"'{path}' is a folder, not a model file" if path.is_dir() else f"no such file: '{path}'"
        beside = sorted(str(other) for other in path.parent.iterdir()) if path.parent.is_dir() else []
        raise ScenarioError(Problem(what=kind, help=nearest(str(path), beside)))
    return extended(dict_document({"model": {"file": path}}), ())


def _unread(origin: _Origin) -> bool:
    """Whether there was nothing to read, so that what it lacks needs no telling."""
    return origin.path is not None and not origin.source.files


def _only(only: str | None, layer: Layer) -> list[Problem]:
    if only is None or only in layer.variants:
        return []
    known = list(layer.variants)
    listed = f"variants: {', '.join(known)}" if known else "the scenario has no variants"
    return [Problem(what=f"unknown variant '{only}'", help=nearest(only, known) or listed)]


def _scenario(origin: _Origin, source: Source, found: list[Draft], above: Layer, only: str | None) -> Scenario:
    layer = merged(source.layer, above)
    cases: tuple[Case, ...] = tuple(case_of(draft) for draft in found if only is None or draft.name == only)
    files = [*source.files, *(path for draft in found for path in draft.files)]
    return Scenario(
        path=origin.path,
        stem=origin.stem,
        title=layer.value("scenario", "title", ""),
        description=layer.value("scenario", "description", ""),
        authors=tuple(layer.value("scenario", "authors", ())),
        cite=layer.value("scenario", "cite", ""),
        cases=cases,
        has_variants=bool(layer.variants),
        output=_output(layer, "float32" if layer.value("sweep", "method") else "float64"),
        files=tuple(dict.fromkeys(files)),
    )


def _other_theories(found: Sequence[Draft]) -> list[Problem]:
    """Of a sweep over theories: variants whose models have other theories of the same name beside them."""
    first: dict[str, Theory] = {}
    return [
        Problem(
            what=f"variant '{draft.name}' has another theory '{name}' than '{found[0].name}'",
            help="put it into another scenario",
        )
        for draft in found
        for name, theory in draft.theories.items()
        if first.setdefault(name, theory).path != theory.path
    ]


def _output(layer: Layer, precision: str) -> Output:
    """`precision` is what holds where the scenario says nothing."""
    leaves = layer.leaves("output")
    values: dict[str, Any] = {
        key: tuple(leaf.value) if isinstance(leaf.value, list) else leaf.value for key, leaf in leaves.items()
    }
    place = next((leaf.place() for leaf in leaves.values()), None)
    return Output(**{"precision": precision, **values}, place=place)
