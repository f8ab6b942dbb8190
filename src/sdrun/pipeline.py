"""The whole program on one page: a scenario comes in, files come out.

read        scenario file -> Scenario, one Case per variant
parse       model file    -> Model
compile     Model         -> System      once for all cases that share model and subscripts
sample      Sweep         -> Samples     where there is a sweep
bind        Case, System  -> Setup
solve       System, Setup -> History
trajectory  runs          -> Dataset
analyse     Dataset       -> Dataset with indicators
apportion   Dataset       -> what drives the outcomes of a sweep
answer      Dataset       -> which assumptions lead to what, whether conclusions survive
report      Dataset, ...  -> files
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sdrun.errors import AllFailed
from sdrun.execution import Progress, cut, is_streamed, joined, processors, silent, solved
from sdrun.journal import Journal
from sdrun.preparation import Prepared, Source, prepare
from sdrun.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

    from sdrun.report import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run gave."""

    dataset: "xr.Dataset"
    found: "xr.Dataset | None" = None
    """Answers to what is asked of a sweep."""
    paths: tuple[Path, ...] = ()
    sensitivity: "xr.Dataset | None" = None
    """Which factors of a sweep drive what."""
    up_to_date: bool = False
    """Nothing ran: the folder already held these very results."""
    warnings: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    """Seconds by stage."""


def failed(outcome: Outcome) -> bool:
    """Whether samples of a sweep failed; the results flag them."""
    return "status" in outcome.dataset and bool((outcome.dataset["status"] != 0).any())


def simulate(
    source: Source, *, settings: Sequence[str] = (), only: str | None = None, progress: Progress = silent, jobs: int = 1
) -> Outcome:
    """Run a scenario; nothing is written.

    Raises InputError before anything runs, SolveError when the simulation fails.
    """
    journal = Journal()
    with journal.stage("prepare"):
        prepared = prepare(source, settings=settings, only=only)
    with journal.stage("simulate"):
        dataset = joined(solved(prepared, progress, jobs=jobs), prepared.scenario, journal)
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
    jobs: int | None = 1,
    scheduler: str | None = None,
) -> Outcome:
    """Run a scenario and write its results, to `outputs/<scenario>` unless `out` says where.

    `jobs` processes share a sweep, as many as pay where it is None.  Raises InputError before anything runs, SolveError when
    the simulation fails; what lay in `out` is then untouched, but for the chunks of a sweep that are done.
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
            return written(out, report.open_results(out), up_to_date=True)
        parts = _parts(prepared, scenario, inputs, out, fresh)
        streamed = parts is not None and is_streamed(scenario.output)
        with journal.stage("simulate"):
            batches = solved(prepared, progress, parts=parts, jobs=jobs or processors(prepared), scheduler=scheduler)
            try:
                dataset = joined(batches, prepared.scenario, journal, run_id, whole=not streamed)
            except AllFailed:
                if parts is not None:
                    parts.forget()
                raise
        with journal.stage("analyse"):
            more = analyses(dataset, scenario)
        record = report.Record(
            command=command,
            started=journal.started,
            timings=journal.timings,
            warnings=journal.warnings,
            theories=tuple(dict.fromkeys(case.theory.name for case in prepared.scenario.cases if case.theory)),
            log=journal.text,
        )
        pieces = parts.pieces(cut(prepared)) if parts is not None else None
        report.write_results(dataset, scenario, prepared.systems, inputs, out, record, more, pieces)
        if parts is not None:
            parts.forget_others()
    outcome = written(out, report.open_results(out) if streamed else dataset)
    return replace(outcome, warnings=tuple(journal.warnings), timings=journal.timings)


def written(out: Path, dataset: "xr.Dataset", *, up_to_date: bool = False) -> Outcome:
    """The outcome of a run whose files lie in `out`."""
    from sdrun import report

    sensitivity, found = report.open_sensitivity(out), report.open_found(out)
    return Outcome(dataset=dataset, sensitivity=sensitivity, found=found, paths=report.written(out), up_to_date=up_to_date)


def analyses(dataset: "xr.Dataset", scenario: Scenario) -> "Mapping[str, xr.Dataset | str]":
    """What all samples of a sweep tell together, by the file that it goes to."""
    from sdrun.answer import discover, text
    from sdrun.apportion import drivers

    sweep = scenario.sweep
    if sweep is None:
        return {}
    found = discover(dataset, sweep.questions, sweep.conclusions, sweep.seed)
    files = {
        "sensitivity.nc": drivers(dataset),
        "discovery.nc": found,
        "discovery.txt": text(found) if found is not None else None,
    }
    return {file: content for file, content in files.items() if content is not None}


def _parts(prepared: Prepared, scenario: Scenario, inputs: Mapping[Path, bytes], out: Path, fresh: bool) -> "Parts | None":
    """Where the chunks of a sweep are kept."""
    from sdrun import report
    from sdrun.sample import grows

    if scenario.sweep is None:
        return None
    parts = report.parts_of(out, report.sweep_identity(scenario, inputs, grows(scenario.sweep)))
    if fresh:
        parts.forget()
    return parts
