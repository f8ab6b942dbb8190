"""What a person sees in the terminal: progress and messages on stderr, answers on stdout."""

import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sdrun.errors import printable

if TYPE_CHECKING:
    from rich.console import Console

    from sdrun.checking import Checked
    from sdrun.comparison import Comparison, Difference
    from sdrun.content import Content
    from sdrun.pipeline import Outcome

WIDTH = 100
"""Columns where stdout is no terminal."""
DIFFERENCES, CLOSEST = 20, 5
"""Variables shown of those beyond tolerance, and where none is."""


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


@contextmanager
def working() -> Iterator[Callable[[str], None]]:
    """Something to tell what is being worked at: a line on stderr that moves, nothing where stderr is no terminal."""
    if not _moves():
        yield lambda _what: None
        return
    try:
        yield lambda what: print(f"\r\033[K{printable(what)[:78]}", end="", file=sys.stderr, flush=True)
    finally:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


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
        _json({**files, **answer, **_told_together(result.sensitivity, result.found), "timings": result.timings})
        return
    if not quiet:
        _console().print(summary_table(result.dataset))
        _tell_together(result.sensitivity, result.found)
    for path in result.paths:
        print(path)


def _told_together(sensitivity: Any, found: Any) -> Mapping[str, Any]:
    """What the samples of a sweep tell together, for JSON: what drives them, and answers to what was asked."""
    from sdrun.answer import figures
    from sdrun.report import driver_figures

    drivers = {"sensitivity": list(driver_figures(sensitivity)) if sensitivity is not None else []}
    return drivers if found is None else {**drivers, "discovery": figures(found)}


def _tell_together(sensitivity: Any, found: Any) -> None:
    """The same for people."""
    from sdrun.report import driver_table

    if sensitivity is not None:
        _console().print(driver_table(sensitivity))
    if found is not None:
        print(f"{printable_lines(str(found.attrs['summary']))}\n")


def checks(found: Sequence["Checked"], *, as_json: bool) -> None:
    """What running would take, on stdout; on stderr what is wrong, and what looks wrong and yet runs."""
    from sdrun.finding import rendered

    if as_json:
        _json([checked.as_dict() for checked in found])
        return
    told = [rendered(checked.findings) for checked in found if checked.findings]
    if told:
        sys.stderr.write("\n\n".join(told) + "\n")
        sys.stderr.flush()
    texts = [printable_lines(checked.plan.text()) for checked in found if checked.plan is not None]
    if texts:
        print("\n\n".join(texts))


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
    for column, most in (("variable", 34), ("value [range]", 20), ("unit", 18)):
        table.add_column(column, max_width=most - 6 * narrow, no_wrap=True, overflow="ellipsis")
    table.add_column("description", ratio=1, no_wrap=True, overflow="ellipsis")
    for group in dict.fromkeys(row["group"] for row in rows):
        members = [row for row in rows if row["group"] == group]
        table.add_row(Text(f"{group} ({len(members)})", style="bold"))
        for row in members:
            name = f"{row['variable']}[{', '.join(row['dims'])}]" if row["dims"] else row["variable"]
            cells = (f"  {name}", _value(row["value"], row["range"]), row["unit"], _first_sentence(row["description"]))
            table.add_row(*(Text(printable(cell)) for cell in cells))
        table.add_section()
    return table


def equations(content: "Content") -> None:
    """Every equation with its unit and documentation, by group of the model file and in its order."""
    width = _console().width
    rows = sorted(content.variables, key=lambda row: row["line"] or 0)
    for sector in dict.fromkeys(row["sector"] for row in rows):
        members = [row for row in rows if row["sector"] == sector]
        if sector:
            print(f"{printable(sector)}\n{'─' * len(sector)}\n")
        for row in members:
            print("\n".join(_equation(row, width)) + "\n")


def _equation(row: Mapping[str, Any], width: int) -> Iterator[str]:
    """The lines of one variable."""
    from textwrap import wrap

    for line in row["equations"]:
        yield from wrap(printable(line), width, subsequent_indent=" " * 8, break_long_words=False, break_on_hyphens=False)
    facts = [
        row["unit"] or "no unit",
        row["kind"],
        f"range {_range(row['range'])}" if any(b is not None for b in row["range"]) else "",
    ]
    yield f"    {printable(' · '.join(filter(None, facts)))}"
    if row["description"]:
        yield from wrap(printable(row["description"]), width, initial_indent=" " * 4, subsequent_indent=" " * 4)


def _value(value: float | Sequence[float] | None, bounds: Sequence[float | None]) -> str:
    """A constant's default, the extremes where elements differ; and the range that the model gives it."""
    if value is None:
        return ""
    told = f"{value[0]:.4g} ... {value[1]:.4g}" if isinstance(value, Sequence) else f"{value:.4g}"
    return told if all(bound is None for bound in bounds) else f"{told} {_range(bounds)}"


def _range(bounds: Sequence[float | None]) -> str:
    """As Vensim writes it: `[0, 1]`, `[0, ?]`."""
    return "[" + ", ".join("?" if bound is None else f"{bound:g}" for bound in bounds) + "]"


def _first_sentence(text: str) -> str:
    return text.split(". ")[0].rstrip(".")


def finished_run(dataset: Any, sensitivity: Any, found: Any, *, as_json: bool) -> None:
    """The summary of a run that lies in a folder; `sensitivity` and `found` are None where there are none."""
    from sdrun.report import comparison_figures, summary_rows, summary_table

    if as_json:
        answer = {"summary": summary_rows(dataset), "comparison": comparison_figures(dataset)}
        about_it = {"attributes": dataset.attrs, "dimensions": dict(dataset.sizes)}
        _json({**about_it, **answer, **_told_together(sensitivity, found)})
        return
    _console().print(summary_table(dataset))
    _tell_together(sensitivity, found)
    about = [
        f"{key}: {dataset.attrs[key]}" for key in ("summary", "source", "date_created", "run_id") if dataset.attrs.get(key)
    ]
    sizes = ", ".join(f"{dim} {size}" for dim, size in dataset.sizes.items())
    print(printable_lines("\n".join([*about, f"variables: {len(dataset.data_vars)} over {sizes}"])))


def comparison(found: "Comparison", *, as_json: bool) -> None:
    """What differs beyond tolerance, or differs most, and the verdict; on stderr what could not be compared."""
    if as_json:
        _json(found.as_dict())
        return
    sys.stderr.writelines(f"note: {printable(line)}\n" for line in (*found.notes, *found.gaps()))
    sys.stderr.flush()
    _console().print(_differences(found.beyond[:DIFFERENCES] or found.differences[:CLOSEST]))
    if len(found.beyond) > DIFFERENCES:
        print(f"... and {len(found.beyond) - DIFFERENCES} more variables beyond tolerance")
    print(printable(found.verdict()))


def _differences(rows: Sequence["Difference"]) -> Any:
    """A line per variable, at its worst element and time."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column("largest difference of", overflow="fold", min_width=24)
    for column in ("time", "result", "reference", "absolute", "relative", "beyond"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        figures = [f"{row.time:g}", f"{row.value:.7g}", f"{row.reference:.7g}", f"{row.absolute:.1e}", f"{row.relative:.1e}"]
        figures = [*figures, f"{row.beyond} of {row.compared}"]
        table.add_row(*(Text(printable(cell)) for cell in (row.variable + row.element, *figures)))
    return table


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
