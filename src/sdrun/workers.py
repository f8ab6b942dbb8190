"""Who does the chunks of a sweep: this process, others on this machine, or a Dask cluster.

A worker is handed what it needs once per chunk, as bytes, and gives the chunk's results back; only the driver writes.  Chunks
come in the order in which they are done.
"""

import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from typing import Any, TypeVar

from sdrun.errors import InputError, Problem, SolveError

Result = TypeVar("Result")
Task = Callable[[Any, int, int], Result]
"""(order, first sample, sample after the last) -> results; importable, so that another process can call it."""

AHEAD = 2
"""Chunks that wait for each worker, so that it never does."""


def done(
    task: Task[Result], order: Any, chunks: Iterable[range], *, jobs: int, scheduler: str | None, stopped: Callable[[], bool]
) -> Iterator[tuple[range, Result]]:
    """Every chunk with its results; once `stopped`, only those that have begun."""
    if scheduler is not None:
        yield from _by_cluster(task, order, chunks, scheduler, stopped)
    elif jobs > 1:
        yield from _by_processes(task, order, chunks, jobs, stopped)
    else:
        for chunk in chunks:
            if stopped():
                return
            yield chunk, task(order, chunk.start, chunk.stop)


def _by_processes(
    task: Task[Result], order: Any, chunks: Iterable[range], jobs: int, stopped: Callable[[], bool]
) -> Iterator[tuple[range, Result]]:
    from multiprocessing import get_context

    # a fork would share what LLVM and HDF5 hold in memory
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_deaf) as pool:
        waiting, flying = iter(chunks), dict[Future[Result], range]()
        try:
            while True:
                while len(flying) < AHEAD * jobs and not stopped() and (chunk := next(waiting, None)) is not None:
                    flying[pool.submit(task, order, chunk.start, chunk.stop)] = chunk
                if not flying:
                    return
                for future in wait(flying, timeout=0.2, return_when=FIRST_COMPLETED).done:
                    yield flying.pop(future), future.result()
                if stopped():
                    for future in [future for future in flying if future.cancel()]:
                        del flying[future]
        except BrokenProcessPool as error:
            what = "a worker process was ended from outside"
            raise SolveError(Problem(what=what, help="is memory short? Chunks that are done are kept: run again")) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _deaf() -> None:
    """Ctrl-C is for the driver, who tells the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _by_cluster(
    task: Task[Result], order: Any, chunks: Iterable[range], scheduler: str, stopped: Callable[[], bool]
) -> Iterator[tuple[range, Result]]:
    distributed = _distributed()
    try:
        client = distributed.Client(scheduler, timeout="10s")
    except (OSError, ValueError) as error:
        what = f"no Dask scheduler answers at '{scheduler}': {error}"
        raise InputError(Problem(what=what, help="start one with `dask scheduler`, or leave out --scheduler")) from error
    with client:
        handed = client.submit(_same, order, pure=False)  # what is scattered would be lost with a worker; this is done again
        most = AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
        waiting, flying = iter(chunks), distributed.as_completed([], with_results=True, raise_errors=True)
        ranges: dict[str, range] = {}

        def submit() -> bool:
            chunk = None if stopped() else next(waiting, None)
            if chunk is None:
                return False
            future = client.submit(task, handed, chunk.start, chunk.stop, pure=False)
            ranges[future.key] = chunk
            flying.add(future)
            return True

        for _ in range(most):
            if not submit():
                break
        for future, result in flying:
            yield ranges.pop(future.key), result
            submit()


def _same(order: Any) -> Any:
    return order


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        what = "--scheduler needs the package distributed"
        raise InputError(Problem(what=what, help='pip install "sdrun[cluster]"')) from None
    return distributed
