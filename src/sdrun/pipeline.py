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

import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sdrun.batches import Batch, as_receipt, chunks, failures, from_receipt, join_samples, told
from sdrun.errors import AllFailed, Interrupted, Problem
from sdrun.interrupts import interruptible
from sdrun.journal import Journal, Pace
from sdrun.preparation import Prepared, Source, compile_cases, gather, prepare, prepared_from, to_solve
from sdrun.scenario import Case, Output, Scenario
from sdrun.simulation import Run, Setup
from sdrun.sweep import some
from sdrun.system import System
from sdrun.workers import done

if TYPE_CHECKING:
    import xarray as xr

    from sdrun.report import Parts

__all__ = [
    "Outcome",
    "Prepared",
    "Progress",
    "Source",
    "compile_cases",
    "gather",
    "prepare",
    "run_scenario",
    "simulate",
    "solve",
]

Progress = Callable[[str, float], None]
"""(what runs, fraction of the whole)."""

WORTH_SHARING = 4
"""Chunks from which on several processes start: each takes seconds to begin."""


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


def silent(_variant: str, _fraction: float) -> None:
    """No progress is shown."""


def solve(prepared: Prepared, progress: Progress = silent) -> tuple[Run, ...]:
    """Run every case."""
    from sdrun.solve import integrate

    cases = to_solve(prepared.scenario, prepared.systems, prepared.setups)

    def run(number: int, case: Case, system: System, setup: Setup) -> Run:
        def advance(part: float) -> None:
            progress(case.name, (number + part) / len(cases))

        return Run(case=case, system=system, setup=setup, history=integrate(system, setup, advance))

    return tuple(run(number, *case) for number, case in enumerate(cases))


def run_batch(prepared: Prepared, chunk: range | None = None, progress: Progress = silent) -> Batch:
    """What is kept of a chunk of samples, or of a scenario without any."""
    from sdrun.analyse import analyse, identical_variants, with_metrics, with_modes
    from sdrun.bind import with_samples
    from sdrun.trajectory import select, to_dataset

    scenario = prepared.scenario
    if chunk is not None and prepared.samples is not None:
        samples = some(prepared.samples, slice(chunk.start, chunk.stop))
        bound = zip(prepared.setups, scenario.cases, prepared.systems, strict=True)
        prepared = replace(prepared, setups=tuple(with_samples(*one, samples) for one in bound))
    runs = solve(prepared, progress)
    dataset = analyse(to_dataset(runs, scenario), prepared.indicators)
    if scenario.sweep is not None:
        dataset = with_modes(with_metrics(dataset, scenario.sweep.metrics), scenario.sweep.modes)
    return Batch(
        dataset=select(dataset, scenario.output),
        lines=tuple(told(run) for run in runs),
        failed=tuple(failure for run in runs for failure in failures(run)),
        twins=tuple(identical_variants(dataset)),
    )


def work(order: bytes, start: int, stop: int) -> Batch:
    """A chunk, as another process does it: `order` is a scenario with its models, which is compiled once for all chunks."""
    journal = Journal()
    with journal.stage("simulate"):
        batch = run_batch(_ordered(order), range(start, stop))
    return replace(batch, warnings=tuple(journal.warnings))


@lru_cache(maxsize=2)
def _ordered(order: bytes) -> Prepared:
    return prepared_from(*pickle.loads(order))


def joined(
    batches: Iterable[Batch], scenario: Scenario, journal: Journal, run_id: str = "", *, whole: bool = True
) -> "xr.Dataset":
    """The whole result, or its figures only; says so loudly where variants do not differ.

    Raises AllFailed where every sample did.
    """
    from sdrun.trajectory import figures_only

    kept: list[xr.Dataset] = []
    twins: dict[tuple[str, str], int] = {}
    failed: list[Problem] = []
    for batch in batches:
        journal.lines += batch.lines
        for warning in batch.warnings:
            journal.warn(warning)
        failed += batch.failed
        twins |= {pair: twins.get(pair, 0) + 1 for pair in batch.twins}
        kept.append(batch.dataset if whole else figures_only(batch.dataset))
    for one, other in (pair for pair, times in twins.items() if times == len(kept)):
        journal.warn(f"variants '{one}' and '{other}' gave IDENTICAL results: they do not differ in anything that matters")
    dataset = join_samples(kept)
    dataset.attrs["run_id"] = run_id
    if failed and len(failed) == dataset["status"].size:
        raise AllFailed(failed[0])
    if failed:
        journal.warn(f"{len(failed)} of {dataset['status'].size} runs failed and are left empty; the first: {failed[0].what}")
    return dataset


def solved(
    prepared: Prepared,
    progress: Progress = silent,
    *,
    parts: "Parts | None" = None,
    jobs: int = 1,
    scheduler: str | None = None,
) -> Iterator[Batch]:
    """All of it; of a sweep the chunks in order, each computed now or lying among `parts` already, where new ones are kept.

    Raises Interrupted after Ctrl-C, once what was in flight is kept.
    """
    if prepared.samples is None:
        yield run_batch(prepared, progress=progress)
        return
    every = cut(prepared)
    missing = [chunk for chunk in every if parts is None or not parts.done(chunk)]
    order = pickle.dumps((prepared.scenario, prepared.models))
    alone = jobs == 1 and scheduler is None
    found: dict[int, Batch] = {}
    with interruptible() as stopped:
        pace = Pace(total=prepared.samples.size, ready=prepared.samples.size - sum(map(len, missing)))

        def here(_order: bytes, start: int, stop: int) -> Batch:
            return run_batch(prepared, range(start, stop), lambda _case, share: progress(*pace.told(share * (stop - start))))

        for chunk, batch in done(here if alone else work, order, missing, jobs=jobs, scheduler=scheduler, stopped=stopped):
            pace.add(len(chunk), len(batch.failed))
            progress(*pace.told())
            if parts is not None:
                parts.save(chunk, batch.dataset, as_receipt(batch))
            else:
                found[chunk.start] = batch
        if stopped():
            raise Interrupted(pace.interrupted(kept=parts is not None))
    for chunk in every:
        yield found[chunk.start] if parts is None else from_receipt(*parts.load(chunk))


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


def is_streamed(output: Output) -> bool:
    """Whether results of a sweep are written chunk by chunk, and never joined in memory."""
    return "zarr" in output.formats and "nc" not in output.formats


def processors(prepared: Prepared) -> int:
    """As many processes as there are processors, where a sweep has work enough for each to begin."""
    pieces = len(cut(prepared))
    return max(1, min(os.cpu_count() or 1, pieces if pieces >= WORTH_SHARING else 1))


def cut(prepared: Prepared) -> tuple[range, ...]:
    """The chunks of a sweep; none of a scenario without one."""
    return chunks(prepared.systems, prepared.setups, prepared.samples.size) if prepared.samples is not None else ()


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
