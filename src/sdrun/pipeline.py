"""The whole program on one page: a scenario comes in, files come out.

read        scenario file -> Scenario, one Case per variant
parse       model file    -> Model
compile     Model         -> System      once for all cases that share model and subscripts
sample      Sweep         -> Samples     where there is a sweep
bind        Case, System  -> Setup
solve       System, Setup -> History
trajectory  runs          -> Dataset
analyse     Dataset       -> Dataset with indicators
report      Dataset, ...  -> files
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sdrun.batches import batches, failures, join_samples, run_of_ones, told
from sdrun.errors import InputError, Problem, ScenarioError, SolveError
from sdrun.journal import Journal
from sdrun.model import Model
from sdrun.scenario import Case, Scenario
from sdrun.simulation import Run, Setup, part
from sdrun.system import System

if TYPE_CHECKING:
    import xarray as xr

Source = Path | Mapping[str, Any]
"""A scenario file, a model file, or the tables of a scenario."""

Progress = Callable[[str, float], None]
"""(variant that runs, fraction of the whole)."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A scenario that is valid through and through, and has not run."""

    scenario: Scenario
    systems: tuple[System, ...]
    """One per case; cases that share model and subscripts share it."""
    setups: tuple[Setup, ...]
    models: tuple[Model, ...] = ()
    """As their files state them, each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run gave."""

    dataset: "xr.Dataset"
    paths: tuple[Path, ...] = ()
    up_to_date: bool = False
    """Nothing ran: the folder already held these very results."""
    warnings: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    """Seconds by stage."""


def failed(outcome: Outcome) -> bool:
    """Whether samples of a sweep failed; the results flag them."""
    return "status" in outcome.dataset and bool((outcome.dataset["status"] != 0).any())


def silent(_variant: str, _fraction: float) -> None:
    """No progress is shown."""


def prepare(source: Source, *, settings: Sequence[str] = (), only: str | None = None) -> Prepared:
    """Read, parse, compile and bind; nothing runs.

    Raises InputError with all problems of a stage.
    """
    from sdrun.analyse import GIVEN
    from sdrun.attributes import now
    from sdrun.bind import bind
    from sdrun.parse import read_model
    from sdrun.read import read_scenario
    from sdrun.sample import draw
    from sdrun.trajectory import check_output

    now()  # a clock that cannot be read is told before anything runs
    scenario = read_scenario(source, settings=settings, only=only)
    models = {path: read_model(path) for path in dict.fromkeys(case.model for case in scenario.cases)}
    systems = compile_cases(scenario.cases, models)
    samples = draw(scenario.sweep) if scenario.sweep is not None else None
    setups = gather(bind, scenario.cases, systems, [samples] * len(scenario.cases))
    check_output(scenario.output, systems, GIVEN)
    prepared = Prepared(scenario=scenario, models=tuple(models.values()), systems=systems, setups=setups)
    check_metrics(prepared)
    return prepared


def check_metrics(prepared: Prepared) -> None:
    """Raise a ScenarioError for metrics that the results will not have; they are looked for in a result made of ones."""
    metrics = prepared.scenario.sweep.metrics if prepared.scenario.sweep is not None else ()
    if not metrics:
        return
    from sdrun.analyse import analyse, metric_problems
    from sdrun.trajectory import to_dataset

    setups = (part(setup, 0, 1) for setup in prepared.setups)
    runs = [run_of_ones(*of) for of in zip(prepared.scenario.cases, prepared.systems, setups, strict=True)]
    problems = metric_problems(analyse(to_dataset(runs, prepared.scenario)), metrics)
    if problems:
        raise ScenarioError(*problems)


def compile_cases(cases: Sequence[Case], models: Mapping[Path, Model]) -> tuple[System, ...]:
    """A system per case; a model is compiled once for all cases with the same subscripts and equations."""
    from sdrun.bind import check_case, with_controls, with_subscripts
    from sdrun.compile import compile_model

    gather(check_case, cases, [models[case.model] for case in cases])
    stated = [with_controls(with_subscripts(models[case.model], case), case) for case in cases]
    systems: list[System] = []
    for number, model in enumerate(stated):
        twin = stated.index(model)
        systems.append(systems[twin] if twin < number else compile_model(model))
    return tuple(systems)


def solve(prepared: Prepared, progress: Progress = silent) -> tuple[Run, ...]:
    """Run every case."""
    from sdrun.solve import integrate

    def run(number: int, case: Case, system: System, setup: Setup) -> Run:
        def advance(part: float) -> None:
            progress(case.name, (number + part) / len(prepared.scenario.cases))

        return Run(case=case, system=system, setup=setup, history=integrate(system, setup, advance))

    cases = zip(prepared.scenario.cases, prepared.systems, prepared.setups, strict=True)
    return tuple(run(number, *case) for number, case in enumerate(cases))


def results(runs: Sequence[Run], scenario: Scenario, journal: Journal, run_id: str = "") -> "xr.Dataset":
    """The runs as a dataset with indicators; says so loudly where variants do not differ."""
    return joined([runs], scenario, journal, run_id)


def joined(batches: Iterable[Sequence[Run]], scenario: Scenario, journal: Journal, run_id: str = "") -> "xr.Dataset":
    """The same of a sweep, which comes in batches of samples: each is forgotten but for what the scenario keeps of it.

    Raises SolveError where every sample failed.
    """
    from sdrun.analyse import analyse, identical_variants, with_metrics
    from sdrun.trajectory import select, to_dataset

    kept: list[xr.Dataset] = []
    twins: dict[tuple[str, str], int] = {}
    failed: list[Problem] = []
    for runs in batches:
        journal.lines += [told(run) for run in runs]
        failed += [failure for run in runs for failure in failures(run)]
        dataset = analyse(to_dataset(runs, scenario, run_id=run_id))
        twins |= {pair: twins.get(pair, 0) + 1 for pair in identical_variants(dataset)}
        kept.append(select(with_metrics(dataset, scenario.sweep.metrics if scenario.sweep else ()), scenario.output))
    for one, other in (pair for pair, times in twins.items() if times == len(kept)):
        journal.warn(f"variants '{one}' and '{other}' gave IDENTICAL results: they do not differ in anything that matters")
    whole = join_samples(kept)
    if failed and len(failed) == whole["status"].size:
        raise SolveError(failed[0])
    if failed:
        journal.warn(f"{len(failed)} of {whole['status'].size} runs failed and are left empty; the first: {failed[0].what}")
    return whole


def solved(prepared: Prepared, progress: Progress = silent) -> Iterator[tuple[Run, ...]]:
    """Run every case, of a sweep a batch of samples after the other."""
    parts = tuple(batches(prepared.systems, prepared.setups))
    for number, setups in enumerate(parts):

        def tell(variant: str, share: float, number: int = number) -> None:
            progress(variant, (number + share) / len(parts))

        yield solve(replace(prepared, setups=setups), tell)


def simulate(source: Source, *, settings: Sequence[str] = (), only: str | None = None, progress: Progress = silent) -> Outcome:
    """Run a scenario; nothing is written.

    Raises InputError before anything runs, SolveError when the simulation fails.
    """
    journal = Journal()
    with journal.stage("prepare"):
        prepared = prepare(source, settings=settings, only=only)
    with journal.stage("simulate"):
        dataset = joined(solved(prepared, progress), prepared.scenario, journal)
    return Outcome(dataset=dataset, warnings=tuple(journal.warnings), timings=journal.timings)


def run_scenario(
    source: Source,
    *,
    out: Path | None = None,
    settings: Sequence[str] = (),
    only: str | None = None,
    fresh: bool = False,
    command: str = "",
    progress: Progress = silent,
) -> Outcome:
    """Run a scenario and write its results, to `outputs/<scenario>` unless `out` says where.

    Raises InputError before anything runs, SolveError when the simulation fails; what lay in `out` is then untouched.
    """
    from sdrun import report

    journal = Journal()
    if out is not None:
        report.check_writable(out)
    with journal.stage("prepare"):
        prepared = prepare(source, settings=settings, only=only)
        scenario = report.complete(prepared.scenario, prepared.systems, prepared.setups)
        inputs = report.read_inputs(prepared.scenario)
        run_id = report.identity(scenario, inputs)
    out = out or Path("outputs") / scenario.stem
    report.check_writable(out)
    with report.locked(out):
        if not fresh and report.previous(out, run_id) is report.Previous.UP_TO_DATE:
            return Outcome(dataset=report.open_results(out), paths=report.written(out), up_to_date=True)
        with journal.stage("simulate"):
            dataset = joined(solved(prepared, progress), prepared.scenario, journal, run_id)
        theories = tuple(dict.fromkeys(case.theory.name for case in prepared.scenario.cases if case.theory))
        record = report.Record(
            command=command,
            started=journal.started,
            timings=journal.timings,
            warnings=journal.warnings,
            theories=theories,
            log=journal.text,
        )
        paths = report.write_results(dataset, scenario, prepared.systems, inputs, out, record)
    return Outcome(dataset=dataset, paths=tuple(paths), warnings=tuple(journal.warnings), timings=journal.timings)


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
