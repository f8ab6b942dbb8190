"""What runs, and who does it: every case of a scenario, or chunks of samples of a sweep, joined as they come."""

import os
import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sdrun.batches import Batch, as_receipt, chunks, failures, from_receipt, join_samples, told
from sdrun.errors import AllFailed, Interrupted, Problem
from sdrun.interrupts import interruptible
from sdrun.journal import Journal, Pace
from sdrun.preparation import Prepared, prepared_from, to_solve
from sdrun.scenario import Case, Output, Scenario
from sdrun.simulation import Run, Setup
from sdrun.sweep import some
from sdrun.system import System
from sdrun.workers import done

if TYPE_CHECKING:
    import xarray as xr

    from sdrun.report import Parts

Progress = Callable[[str, float], None]
"""(what runs, fraction of the whole)."""

WORTH_SHARING = 4
"""Chunks from which on several processes start: each takes seconds to begin."""


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
