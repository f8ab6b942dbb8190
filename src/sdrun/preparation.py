"""A scenario made ready to run: read, parsed, compiled and bound, so that all that is wrong is told before anything runs."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from sdrun.batches import probe, run_of_ones, to_be_recorded
from sdrun.errors import InputError, ScenarioError
from sdrun.model import Model, name_id
from sdrun.scenario import Case, Scenario, drawn_case
from sdrun.simulation import Setup, part
from sdrun.sweep import Samples
from sdrun.system import System

Source = Path | Mapping[str, Any]
"""A scenario file, a model file, or the tables of a scenario."""

Result = TypeVar("Result")

Models = Mapping[tuple[Path, ...], Model]
"""By what they are read from (`Case.source`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A scenario that is valid through and through, and has not run."""

    scenario: Scenario
    systems: tuple[System, ...]
    """One per case; cases that share model and subscripts share it."""
    setups: tuple[Setup, ...]
    """One per case; of a sweep for a few of its samples, `run_batch` binds the others."""
    models: Models = field(default_factory=dict)
    """As their files state them, each once."""
    samples: Samples | None = None
    """All of a sweep."""
    indicators: Collection[str] | None = None
    """Those that are asked for; None is all."""


def to_solve(scenario: Scenario, systems: Sequence[System], setups: Sequence[Setup]) -> tuple[tuple[Case, System, Setup], ...]:
    """What is run: every case, or a single one for all of them, where each sample of a sweep is one of the variants."""
    from sdrun.bind import with_drawn_variants

    samples = setups[0].samples
    if samples is None or not scenario.draws_variants:
        return tuple(zip(scenario.cases, systems, setups, strict=True))
    return ((drawn_case(scenario), systems[0], with_drawn_variants(scenario.cases, setups, samples)),)


def prepare(source: Source, *, settings: Sequence[str] = (), only: str | None = None) -> Prepared:
    """Read, parse, compile and bind; nothing runs.

    Raises InputError with all problems of a stage.
    """
    from sdrun.attributes import now
    from sdrun.parse import read_model
    from sdrun.read import read_scenario

    now()  # a clock that cannot be read is told before anything runs
    scenario = read_scenario(source, settings=settings, only=only)
    gather(lambda check, asked: check(asked), *zip(*_extras(scenario), strict=True))
    models = {files: read_model(files[0], files[1:]) for files in dict.fromkeys(case.source for case in scenario.cases)}
    for remark in dict.fromkeys(remark for model in models.values() for remark in model.remarks):
        logging.getLogger("sdrun").warning(remark)
    cases = (replace(case, data_files=models[case.source].data_files) for case in scenario.cases)
    return prepared_from(replace(scenario, cases=tuple(cases)), models)


def _extras(scenario: Scenario) -> Iterator[tuple[Callable[[Any], None], Any]]:
    """What looks for packages that an installation may lack, and for what they are needed."""
    from sdrun import report

    yield report.check_extra, scenario.output.formats
    if scenario.sweep is not None and scenario.sweep.questions:
        from sdrun import answer

        yield answer.check_extra, scenario.sweep.questions


def prepared_from(scenario: Scenario, models: Models) -> Prepared:
    """Compile and bind; of a sweep a few samples, in which shows what is wrong with any."""
    from sdrun.analyse import GIVEN, variables_for
    from sdrun.bind import bind, with_method
    from sdrun.sample import draw
    from sdrun.trajectory import asked, check_output, figures_of

    scenario = replace(scenario, cases=tuple(with_method(case, models[case.source]) for case in scenario.cases))
    systems = compile_cases(scenario.cases, models)
    samples = draw(scenario.sweep) if scenario.sweep is not None else None
    few = probe(samples) if samples is not None else None
    setups = gather(bind, scenario.cases, systems, [few] * len(scenario.cases))
    check_output(scenario.output, systems, GIVEN)
    prepared = Prepared(scenario=scenario, models=models, systems=systems, setups=setups, samples=samples)
    check_figures(prepared)
    if samples is None:
        return prepared
    names = asked(scenario)
    indicators = None if names is None else names & {*GIVEN}
    read = {*variables_for(GIVEN if indicators is None else indicators), *map(name_id, figures_of(scenario))}
    recorded = tuple(to_be_recorded(*bound, names, read) for bound in zip(systems, setups, strict=True))
    setups = tuple(replace(setup, recorded=names) for setup, names in zip(setups, recorded, strict=True))
    return replace(prepared, setups=setups, indicators=indicators)


def check_figures(prepared: Prepared) -> None:
    """Raise a ScenarioError for metrics, modes and questions on what the results will not have.

    They are looked for in a result made of ones.
    """
    sweep = prepared.scenario.sweep
    if sweep is None or not (sweep.metrics or sweep.modes):
        return
    from sdrun.analyse import analyse, metric_problems, mode_problems, with_metrics, with_modes
    from sdrun.answer import problems as question_problems
    from sdrun.trajectory import to_dataset

    setups = [part(setup, 0, 1) for setup in prepared.setups]
    runs = [run_of_ones(*of) for of in to_solve(prepared.scenario, prepared.systems, setups)]
    ones = analyse(to_dataset(runs, prepared.scenario))
    problems = [*metric_problems(ones, sweep.metrics), *mode_problems(ones, sweep.modes, sweep.place)]
    if not problems:
        ones = with_modes(with_metrics(ones, sweep.metrics), sweep.modes)
        problems = question_problems(ones, sweep.questions, sweep.conclusions)
    if problems:
        raise ScenarioError(*problems)


def compile_cases(cases: Sequence[Case], models: Models) -> tuple[System, ...]:
    """A system per case; a model is compiled once for all cases with the same subscripts and equations."""
    from sdrun.bind import check_case, with_controls, with_subscripts
    from sdrun.compile import compile_model

    gather(check_case, cases, [models[case.source] for case in cases])
    stated = [with_controls(with_subscripts(models[case.source], case), case) for case in cases]
    systems: list[System] = []
    for number, model in enumerate(stated):
        twin = stated.index(model)
        systems.append(systems[twin] if twin < number else compile_model(model))
    return tuple(systems)


def gather(attempt: Callable[..., Result], *items: Iterable[Any]) -> tuple[Result, ...]:
    """`attempt` on all items, or one InputError with the problems of all attempts, of their class where they share it."""
    found: list[Result] = []
    errors: list[InputError] = []
    for arguments in zip(*items, strict=True):
        try:
            found.append(attempt(*arguments))
        except InputError as error:
            errors.append(error)
    if errors:
        kinds = {type(error) for error in errors}
        kind = kinds.pop() if len(kinds) == 1 else InputError
        raise kind(*dict.fromkeys(problem for error in errors for problem in error.problems))
    return tuple(found)
