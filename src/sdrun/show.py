"""What a person sees in the terminal: progress and messages on stderr, answers on stdout."""

import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sdrun.errors import printable, render

if TYPE_CHECKING:
    from rich.console import Console

    from sdrun.inspect import Content
    from sdrun.pipeline import Outcome
    from sdrun.plan import Plan

WIDTH = 100
"""Columns where stdout is no terminal."""


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """Something to tell what runs and how much of the whole is done.

    One line on stderr that moves, or a line every 10 % where stderr is no terminal; nothing if `quiet`.
    """
    if quiet:
        yield lambda _variant, _share: None
    elif not _moves():
        yield _by_tenths()
    else:
        try:
            yield _bar
        finally:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


def _moves() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _bar(variant: str, share: float) -> None:
    sys.stderr.write(f"\r\033[K{'█' * int(25 * share):<25} {int(100 * share):3d} %  {printable(variant)[:68]}")
    sys.stderr.flush()


def _by_tenths() -> Callable[[str, float], None]:
    told = 0

    def tell(variant: str, share: float) -> None:
        nonlocal told
        if int(10 * share) > told:
            told = int(10 * share)
            sys.stderr.write(f"{10 * told:3d} %  {printable(variant)}\n")
            sys.stderr.flush()

    return tell


def outcome(result: "Outcome", *, quiet: bool, verbose: bool, as_json: bool) -> None:
    """Warnings; then the table and the paths written, or all of it as JSON."""
    from sdrun.report import comparison_figures, summary_rows, summary_table

    for warning in result.warnings:
        sys.stderr.write(f"warning: {printable(warning)}\n")
    if result.up_to_date:
        sys.stderr.write("up to date: these results were there already (--fresh runs again)\n")
    if verbose:
        sys.stderr.writelines(f"{stage}: {seconds:.2f} s\n" for stage, seconds in result.timings.items())
    sys.stderr.flush()
    if as_json:
        files = {"up_to_date": result.up_to_date, "paths": [str(path) for path in result.paths], "warnings": result.warnings}
        answer = {"summary": summary_rows(result.dataset), "comparison": comparison_figures(result.dataset)}
        _json({**files, **answer, **_found(result.found), "timings": result.timings})
        return
    if not quiet:
        _console().print(summary_table(result.dataset))
        _tell(result.found)
    for path in result.paths:
        print(path)


def _found(found: Any) -> Mapping[str, Any]:
    """Answers to what was asked of a sweep, for JSON."""
    from sdrun.answer import figures

    return {} if found is None else {"discovery": figures(found)}


def _tell(found: Any) -> None:
    """The same for people."""
    if found is not None:
        print(f"{printable_lines(str(found.attrs['summary']))}\n")


def plans(found: Sequence["Plan"], *, as_json: bool) -> None:
    """What running would take, on stdout; what looks wrong and yet runs, on stderr."""
    if as_json:
        _json([plan.as_dict() for plan in found])
        return
    for plan in found:
        if plan.warnings:
            sys.stderr.write(render(plan.warnings, "warning") + "\n\n")
    print("\n\n".join(printable_lines(plan.text()) for plan in found))


def model(content: "Content", *, as_json: bool) -> None:
    """A model's ranges and variables, a line for each; `as_json` has all that is known of them."""
    if as_json:
        _json(content.as_dict())
        return
    console = _console()
    for name, elements in content.dimensions.items():
        console.print(printable(f"{name}: {', '.join(elements)}"), markup=False, overflow="ellipsis", no_wrap=True)
    console.print(_variables(content.variables, narrow=console.width < WIDTH))


def _variables(rows: Sequence[Mapping[str, Any]], *, narrow: bool) -> Any:
    """A table in groups by kind."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, expand=True)
    for column, most in (("variable", 34), ("value", 16), ("unit", 20)):
        table.add_column(column, max_width=most - 6 * narrow, no_wrap=True, overflow="ellipsis")
    table.add_column("description", ratio=1, no_wrap=True, overflow="ellipsis")
    for group in dict.fromkeys(row["group"] for row in rows):
        members = [row for row in rows if row["group"] == group]
        table.add_row(Text(f"{group} ({len(members)})", style="bold"))
        for row in members:
            name = f"{row['variable']}[{', '.join(row['dims'])}]" if row["dims"] else row["variable"]
            cells = (f"  {name}", _value(row["value"]), row["unit"], _first_sentence(row["description"]))
            table.add_row(*(Text(printable(cell)) for cell in cells))
        table.add_section()
    return table


def _value(value: float | Sequence[float] | None) -> str:
    """A constant's default; its extremes where elements differ."""
    if isinstance(value, Sequence):
        return f"{value[0]:.4g} ... {value[1]:.4g}"
    return "" if value is None else f"{value:.4g}"


def _first_sentence(text: str) -> str:
    return text.split(". ")[0].rstrip(".")


def finished_run(dataset: Any, found: Any, *, as_json: bool) -> None:
    """The summary of a run that lies in a folder."""
    from sdrun.report import comparison_figures, summary_rows, summary_table

    if as_json:
        answer = {"summary": summary_rows(dataset), "comparison": comparison_figures(dataset)}
        _json({"attributes": dataset.attrs, "dimensions": dict(dataset.sizes), **answer, **_found(found)})
        return
    _console().print(summary_table(dataset))
    _tell(found)
    about = [
        f"{key}: {dataset.attrs[key]}" for key in ("summary", "source", "date_created", "run_id") if dataset.attrs.get(key)
    ]
    sizes = ", ".join(f"{dim} {size}" for dim, size in dataset.sizes.items())
    print(printable_lines("\n".join([*about, f"variables: {len(dataset.data_vars)} over {sizes}"])))


def printable_lines(text: str) -> str:
    """`text` without control characters but ends of lines."""
    return "\n".join(printable(line) for line in text.splitlines())


def _console() -> "Console":
    """Of stdout."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else WIDTH, no_color="NO_COLOR" in os.environ, highlight=False)


def _json(content: Any) -> None:
    print(json.dumps(_finite(content), indent=2, ensure_ascii=False, default=str, allow_nan=False))


def _finite(content: Any) -> Any:
    """`content` with None for what JSON cannot hold: NaN and infinities."""
    match content:
        case Mapping():
            return {str(key): _finite(inner) for key, inner in content.items()}
        case list() | tuple():
            return [_finite(inner) for inner in content]
        case float() if not math.isfinite(content):
            return None
        case _:
            return content
