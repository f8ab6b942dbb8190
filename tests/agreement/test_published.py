"""Every model of a checkout of SDXorg/test-models, run by its file's own settings and compared with its published output.

`SDRUN_TEST_MODELS` names the checkout (https://github.com/SDXorg/test-models).  Run as a script this file writes KNOWN.md anew,
which a test compares with what is found.
"""

import csv
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from engines import run_all

import sdrun
from sdrun.comparison import Comparison
from sdrun.compile import compile_model
from sdrun.errors import SdrunError
from sdrun.parse import read_model

KNOWN = Path(__file__).parent / "KNOWN.md"
CHECKOUT = os.environ.get("SDRUN_TEST_MODELS", "")
FORMATS = (".mdl", ".xmile", ".stmx")
RTOL = 1e-4

PRINTED = {
    "tests/trend": (5e-6, "its output is printed with five decimals"),
    "tests/pi": (1e-15, "its output has 0 for sin(pi), which in doubles is 1.2e-16"),
}
"""Folders whose output is rounded to more than six significant digits can say: absolute tolerance, and why."""

WITH_DATA = {"tests/data_from_other_model/test_data_from_other_model.mdl": "data.tab"}
"""Models whose data come from a file that they do not name."""

NOT_MEANT = {
    "tests/data_from_other_model/model_to_generate_data.mdl": "the output beside it is that of the model that reads its data",
    "tests/get_time_value/test_get_time_value.mdl": "the output beside it is that of test_get_time_value_simple.mdl",
}
"""Models whose folder holds an output that is not theirs."""

BY_EULER = "published by Euler, though the file asks for Runge-Kutta"

EXPLAINED = {
    "samples/Roessler_Chaos/roessler_chaos.mdl": "chaotic, and Vensim computes in single precision: Euler's method in single "
    "precision, written out, meets the table to 4e-6 of each variable's size",
    "samples/Query_file/Query_file.mdl": "these are what goes by RANDOM UNIFORM, whose numbers Vensim does not document",
    "tests/allocate_available/test_allocate_available.mdl": "Vensim's shares of a supply of 80 sum to "
    "79.9989: it stops looking there",
    "tests/rounding/test_rounding.xmile": "the output is Vensim's, of the .mdl beside it: XMILE's INT rounds down, and its MOD "
    "has the sign of the divisor (XMILE 1.0, 3.5.1)",
}
"""Why models differ, where that was found out."""

CLOCKS = ("dt", "time")
"""What pysimlin counts as a variable, too."""

OUTCOMES = ("agrees", "differs", "refused", "no output")

ABSENT = "SDRUN_TEST_MODELS names no checkout of SDXorg/test-models"
THERE = bool(CHECKOUT) and Path(CHECKOUT, "samples").is_dir()
there = pytest.mark.skipif(not THERE, reason=ABSENT)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of one model."""

    model: str
    outcome: str
    """One of `OUTCOMES`."""
    reason: str = ""
    numbers: int = 0
    """Compared."""
    columns: int = 0
    """Variables compared."""


@dataclass(kw_only=True)
class Found:
    """All verdicts of a checkout."""

    verdicts: list[Verdict] = field(default_factory=list)

    def of(self, outcome: str) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.outcome == outcome]


def models(checkout: Path) -> list[Path]:
    return sorted(path for path in checkout.rglob("*") if path.suffix.lower() in FORMATS)


def output_of(path: Path) -> Path | None:
    """The table published with a model: that of its own tool, where there are several."""
    names = ("output.csv", "output.tab")
    names = names if path.suffix.lower() == ".mdl" else ("output_stella.csv", *names)
    return next((path.parent / name for name in names if (path.parent / name).is_file()), None)


def run_of_another(path: Path, folder: Path) -> tuple[str, Path] | None:
    """What another engine makes of a model that has no output, and its name; None where it cannot run it."""
    engine, package = ("PySD", "pysd") if path.suffix.lower() == ".mdl" else ("pysimlin", "simlin")
    if find_spec(package) is None:
        return None
    folder.mkdir()
    ran = run_all(engine, {path.name: path.read_text(encoding="utf-8", errors="replace")}, folder)[path.name]
    if ran.error:
        return None
    columns = {name: values for name, values in ran.columns.items() if name not in CLOCKS}
    written = folder / "output.csv"
    with written.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("Time", *columns), *zip(ran.time, *columns.values(), strict=True)])
    return engine, written


def judge(path: Path, checkout: Path, folder: Path) -> Verdict:
    model = path.relative_to(checkout).as_posix()
    output = output_of(path)
    if model in NOT_MEANT:
        return Verdict(model=model, outcome="no output", reason=NOT_MEANT[model])
    if output is None:
        return judge_by_another(path, model, folder)
    atol, _ = PRINTED.get(Path(model).parent.as_posix(), (None, ""))
    data = {"model.data": [str(path.parent / WITH_DATA[model])]} if model in WITH_DATA else {}
    try:
        found = sdrun.compare(path, output, rtol=RTOL, atol=atol, **data)
    except SdrunError as error:
        return refused(path, model, error)
    reasons, said = faults(found), ""
    if reasons and read_model(path).method not in (None, "euler"):
        by_euler = sdrun.compare(path, output, rtol=RTOL, atol=atol, **{"solver.method": "euler"})
        if not faults(by_euler):
            found, reasons, said = by_euler, [], BY_EULER
    outcome = "differs" if reasons else "agrees"
    reason = "; ".join([*reasons, *([EXPLAINED[model]] if reasons and model in EXPLAINED else [])]) or said
    return Verdict(model=model, outcome=outcome, reason=reason, numbers=found.compared, columns=len(found.differences))


def judge_by_another(path: Path, model: str, folder: Path) -> Verdict:
    """A model without an output of its own."""
    try:
        compile_model(read_model(path))
    except SdrunError as error:
        return refused(path, model, error)
    if (ran := run_of_another(path, folder)) is None:
        return Verdict(model=model, outcome="no output", reason="none is published")
    engine, output = ran
    if reasons := faults(found := sdrun.compare(path, output, rtol=RTOL)):
        return Verdict(model=model, outcome="differs", reason="; ".join([f"none is published; from {engine}'s run", *reasons]))
    of = {"numbers": found.compared, "columns": len(found.differences)}
    return Verdict(model=model, outcome="agrees", reason=f"none is published; compared with {engine}'s run", **of)


def refused(path: Path, model: str, error: SdrunError) -> Verdict:
    more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
    return Verdict(model=model, outcome="refused", reason=error.problems[0].what + more + lost(path))


def lost(path: Path) -> str:
    """What the export of an XMILE file lost of the model: no tool could run it."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if "<xmile" not in text:
        return ""
    if "???" in text:
        return "; the export has ??? where equations should stand"
    return "; the file has no such macro" if "MACRO(" in text and "<macro" not in text else ""


def faults(found: Comparison) -> list[str]:
    """What of the published output is not met: its numbers, its columns, its times."""
    told = [f"'{worst.variable}{worst.element}' by {worst.relative:.1e} at {worst.time:g}" for worst in found.beyond[:2]]
    more = [f"and {len(found.beyond) - 2} more variables"] if len(found.beyond) > 2 else []
    for what, lacking in (("columns", found.only_reference), ("times", found.only_reference_times)):
        if lacking:
            listed = ", ".join(str(name) for name in lacking[:3])
            told.append(f"{len(lacking)} {what} are not there: {listed}{', ...' if len(lacking) > 3 else ''}")
    return [*told, *more]


def survey(checkout: Path) -> Found:
    with TemporaryDirectory() as folder:
        return Found(verdicts=[judge(path, checkout, Path(folder, str(n))) for n, path in enumerate(models(checkout))])


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

HEAD = f"""# Agreement with published outputs

Made by `tests/agreement/test_published.py` from a checkout of [SDXorg/test-models](https://github.com/SDXorg/test-models); not
edited by hand. Each model runs by its file's own settings, by Euler or the Runge-Kutta method that the file names, and is
compared with the table published beside it by `sdrun compare`: all columns, all times, relative tolerance {RTOL:g}, absolute
one a millionth of a variable's largest size. A model agrees only if all columns and times of the table are there too.
"""


def page(found: Found) -> str:
    sections = [HEAD, totals(found), wider(found)]
    titles = {"differs": "Differ", "refused": "Refused by name and line", "no output": "Not compared: no output of their own"}
    for outcome, title in titles.items():
        sections.append(
            f"## {title}\n\n" + table(("model", "why"), [(f"`{v.model}`", escaped(v.reason)) for v in found.of(outcome)])
        )
    return "\n".join(sections)


def totals(found: Found) -> str:
    rows = []
    for name, verdicts in [*((suffix, of_format(found, suffix)) for suffix in FORMATS), ("all", found.verdicts)]:
        counts = Counter(verdict.outcome for verdict in verdicts)
        agreeing = sum(verdict.numbers for verdict in verdicts if verdict.outcome == "agrees")
        rows.append((name, str(len(verdicts)), *(str(counts[outcome]) for outcome in OUTCOMES), f"{agreeing:,}"))
    return table(("format", "models", "agree", "differ", "refused", "no output", "numbers that agree"), rows)


def of_format(found: Found, suffix: str) -> list[Verdict]:
    return [verdict for verdict in found.verdicts if Path(verdict.model).suffix.lower() == suffix]


def wider(found: Found) -> str:
    """What agrees otherwise than the head of the page says."""
    lines = [f"- `{folder}`, absolute tolerance {atol:g}: {why}." for folder, (atol, why) in PRINTED.items()]
    lines += [f"- `{verdict.model}`: {verdict.reason}." for verdict in found.of("agrees") if verdict.reason]
    return "Otherwise:\n" + "\n".join(lines) + "\n"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def escaped(text: str) -> str:
    """A model's words in a cell of a table, three hundred letters of them."""
    cut = text if len(text) <= 300 else text[:297] + "..."
    return " ".join(cut.split()).replace("|", "\\|").replace("<", "&lt;")


# ── the tests ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def found() -> Found:
    return survey(Path(CHECKOUT))


@there
@pytest.mark.xdist_group("published")
def test_there_is_much_to_compare(found: Found) -> None:
    counts: Mapping[str, int] = Counter(verdict.outcome for verdict in found.verdicts)
    assert len(found.verdicts) == len(models(Path(CHECKOUT))) > 200
    assert counts["agrees"] > 150 and sum(verdict.numbers for verdict in found.of("agrees")) > 100_000
    assert all(verdict.columns for verdict in found.of("agrees"))


@there
@pytest.mark.xdist_group("published")
def test_the_page_is_what_is_found(found: Found) -> None:
    assert KNOWN.read_text(encoding="utf-8") == page(found)


def test_faults_are_told_and_none_is_missed(tmp_path: Path) -> None:
    """Without a checkout: a table of our own that differs in a number, a column and a time."""
    folder = tmp_path / "tests" / "decay"
    folder.mkdir(parents=True)
    controls = "INITIAL TIME=0~~|\nFINAL TIME=2~~|\nTIME STEP=1~~|\nSAVEPER=1~~|\n"
    (folder / "decay.mdl").write_text("{UTF-8}\nx=INTEG(-x/2,8)~~|\n" + controls)
    for text, outcome, reason in (
        ("Time\tx\n0\t8\n1\t4\n2\t2\n", "agrees", ""),
        ("Time\tx\n0\t8\n1\t4\n2\t2.001\n", "differs", "'x' by 5.0e-04 at 2"),
        ("Time\tx\ty\n0\t8\t1\n1\t4\t1\n3\t1\t1\n", "differs", "1 columns are not there: y; 1 times are not there: 3.0"),
    ):
        (folder / "output.tab").write_text(text)
        (verdict,) = survey(tmp_path).verdicts
        assert (verdict.outcome, verdict.reason) == (outcome, reason)
    (folder / "decay.mdl").write_text("{UTF-8}\nx=y~~|\n" + controls)
    assert survey(tmp_path).verdicts[0] == Verdict(
        model="tests/decay/decay.mdl", outcome="refused", reason="'x' uses 'y', which is not defined"
    )
    (folder / "output.tab").unlink()
    assert survey(tmp_path).verdicts[0].outcome == "refused", "whether or not it has an output"
    (folder / "decay.mdl").write_text("{UTF-8}\nx=INTEG(-x/2,8)~~|\n" + controls)
    (verdict,) = survey(tmp_path).verdicts
    assert (verdict.outcome, verdict.reason) == ("agrees", "none is published; compared with PySD's run")
    assert verdict.columns >= 1


if __name__ == "__main__":
    if not THERE:
        sys.exit(ABSENT)
    KNOWN.write_text(page(survey(Path(CHECKOUT))), encoding="utf-8", newline="\n")
