"""Every model of our own tests by three engines, Euler: sdrun, PySD, pysimlin; where they differ a closed form decides.

Run as a script this file writes VERDICTS.md anew, which a test compares with what is found.  A difference without a verdict
fails, a verdict without a difference too; so does a difference where sdrun is not what is expected, or the other one is.
"""

import re
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from closed_forms import expected
from engines import Ran, column_id, run_all
from excerpts import alone, names
from verdicts import VERDICTS

from sdrun.model import CONTROLS

HERE, LANGUAGE = Path(__file__).parent, Path(__file__).parents[1] / "language"
PAGE = HERE / "VERDICTS.md"
FOLDERS = {"vensim": LANGUAGE / "vensim", "xmile": LANGUAGE / "xmile", "models": HERE / "models"}
DATA = [path for folder in FOLDERS.values() for path in sorted(folder.glob("*.csv"))]
"""What models read; no two files have one name."""
MODELS = {
    f"{folder}/{path.name}": path
    for folder, root in FOLDERS.items()
    for path in sorted(root.iterdir())
    if path.suffix in (".mdl", ".xmile")
}
OTHERS = ("PySD", "pysimlin")
RTOL = ATOL = 1e-9
"""PySD searches for ALLOCATE AVAILABLE's price to some ten digits."""

UNCOMMENTED = "vensim/spellings.mdl"
"""Comments are what it tests: PySD, which reads none between equations, is given the others without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Of one column, at the first time at which it differs."""

    engine: str
    model: str
    column: str
    time: float
    ours: float
    theirs: float
    expected: float | None

    @property
    def verdict(self) -> str | None:
        """What is written down of it."""
        said = [VERDICTS[key] for key in VERDICTS if key[:2] == (self.engine, self.model) and re.fullmatch(key[2], self.column)]
        assert len(said) <= 1, (self, said)
        return said[0] if said else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What another engine made of a model."""

    compared: int
    """Columns."""
    differences: tuple[Difference, ...]
    refused: Mapping[str, str]
    """Variables that it does not run, and why, in its own words."""


# ── running ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def text_for(engine: str, model: str) -> str:
    text = MODELS[model].read_text(encoding="utf-8")
    if engine != "PySD" or MODELS[model].suffix != ".mdl" or model == UNCOMMENTED:
        return text
    return "{UTF-8}\n" + re.sub(r"\{[^{}]*\}", "", text)


def ran(engine: str, texts: Mapping[str, str]) -> dict[str, Ran]:
    """In two processes, by keys of `texts`, whose suffix is that of the file."""
    files = {key: f"{number}{Path(key).suffix}" for number, key in enumerate(texts)}
    halves = [[*texts][::2], [*texts][1::2]] if engine == "PySD" else [[*texts]]

    def half(keys: list[str]) -> dict[str, Ran]:
        with tempfile.TemporaryDirectory() as folder:
            found = run_all(engine, {files[key]: texts[key] for key in keys}, Path(folder), DATA)
        return {key: found[files[key]] for key in keys}

    with ThreadPoolExecutor() as pool:
        return {key: one for part in pool.map(half, halves) for key, one in part.items()}


def one_by_one(engine: str, models: list[str]) -> dict[str, dict[str, Ran]]:
    """Each variable of models with what it needs."""
    texts = {
        f"{model}#{name}{MODELS[model].suffix}": alone(text_for(engine, model), name)
        for model in models
        for name in names(text_for(engine, model))
        if name and not name.startswith("expected_") and name not in CONTROLS
    }
    found: dict[str, dict[str, Ran]] = {model: {} for model in models}
    for key, one in ran(engine, texts).items():
        model, _, name = key.removesuffix(Path(key).suffix).partition("#")
        found[model][name] = one
    return found


@cache
def survey() -> dict[tuple[str, str], Read]:
    """By engine and model."""
    with ThreadPoolExecutor() as pool:
        engines = ("sdrun", *OTHERS)
        whole = dict(zip(engines, pool.map(lambda e: ran(e, {m: text_for(e, m) for m in MODELS}), engines), strict=True))
        lacking = {engine: [model for model in MODELS if whole[engine][model].error] for engine in OTHERS}
        assert not [model for model in MODELS if whole["sdrun"][model].error]
        parts = dict(zip(OTHERS, pool.map(lambda e: one_by_one(e, lacking[e]), OTHERS), strict=True))
    return {
        (engine, model): judge(engine, model, whole["sdrun"][model], whole[engine][model], parts[engine].get(model, {}))
        for engine in OTHERS
        for model in MODELS
    }


# ── judging ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def judge(engine: str, model: str, ours: Ran, theirs: Ran, parts: Mapping[str, Ran]) -> Read:
    found, refused = dict.fromkeys(theirs.columns, theirs), {}
    for name, part in parts.items():
        mine = [column for column in ours.columns if column.partition("[")[0] == name]
        if part.error and (mine or len(parts) == 1):
            refused[name] = part.error
        if part.time.size and not np.isclose(ours.time[:, None], part.time).any():
            refused[name] = f"it runs from {part.time[0]:g} to {part.time[-1]:g}"
            continue
        found |= dict.fromkeys((column for column in mine if column in part.columns), part)
    if theirs.error and not parts:
        refused["all"] = theirs.error
    columns = [column for column in ours.columns if column in found and not column.startswith("expected_")]
    wanted = expectations(model, ours)
    differences = [one for column in columns if (one := differs(engine, model, column, ours, found[column], wanted))]
    if theirs.time.size and (theirs.time.shape != ours.time.shape or not np.allclose(theirs.time, ours.time)):
        differences.append(of_times(engine, model, ours.time, theirs.time, wanted))
    return Read(compared=len(columns), differences=tuple(differences), refused=refused)


def differs(
    engine: str, model: str, column: str, ours: Ran, theirs: Ran, wanted: Mapping[str, np.ndarray]
) -> Difference | None:
    common = [
        (mine, int(at[0])) for mine, time in enumerate(ours.time) if (at := np.flatnonzero(np.isclose(theirs.time, time))).size
    ]
    for mine, other in common:
        a, b = ours.columns[column][mine], theirs.columns[column][other]
        if not (np.isclose(a, b, rtol=RTOL, atol=ATOL) or (np.isnan(a) and np.isnan(b))):
            return Difference(
                engine=engine,
                model=model,
                column=column,
                time=ours.time[mine],
                ours=a,
                theirs=b,
                expected=wanted[column][mine] if column in wanted else None,
            )
    assert common
    return None


def of_times(engine: str, model: str, ours: np.ndarray, theirs: np.ndarray, wanted: Mapping[str, np.ndarray]) -> Difference:
    """The first time of one that is not that of the other."""
    at = int(np.argmax(~np.isclose(ours[: len(theirs)], theirs[: len(ours)])))
    return Difference(
        engine=engine,
        model=model,
        column="time saved",
        time=ours[at],
        ours=ours[at],
        theirs=theirs[at],
        expected=wanted["time"][at] if "time" in wanted else None,
    )


def expectations(model: str, ours: Ran) -> dict[str, np.ndarray]:
    """What columns must be: the model's own `expected x`, the table beside it, or `closed_forms`."""
    table = MODELS[model].with_suffix(".toml")
    if not table.is_file():
        own = {name.removeprefix("expected_"): v for name, v in ours.columns.items() if name.startswith("expected_")}
        return {**own, **expected(model)}
    told = tomllib.loads(table.read_text(encoding="utf-8"))
    size = len(ours.time)
    constant = {column_id(name): np.full(size, value) for name, value in told.get("constant", {}).items()}
    times = {"time": np.array(told["times"])} if "times" in told else {}
    return {**{column_id(name): np.array(values) for name, values in told.get("values", {}).items()}, **constant, **times}


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

HEAD = f"""# Verdicts: three engines on our own models

Made by `tests/agreement/test_verdicts.py` from the models of [tests/language](../language) and
[tests/agreement/models](models); not edited by hand. Each runs by Euler and its file's own settings in sdrun,
[PySD](https://pysd.readthedocs.io) and [pysimlin](https://pypi.org/project/pysimlin); all columns are compared at all saved
times, to {RTOL:g}. Where an engine does not run a model, its variables are run one by one, each with what it needs. PySD reads
no comments between the equations of a Vensim model: it is given the models without. Where two differ a closed form decides: the
values that `tests/language` expects, and those of [closed_forms.py](closed_forms.py).
"""


def page(found: Mapping[tuple[str, str], Read]) -> str:
    return "\n".join(
        [HEAD, overview(found), "## Where they differ\n", differing(found), "## What they do not run\n", refusals(found)]
    )


def overview(found: Mapping[tuple[str, str], Read]) -> str:
    rows = []
    for model in MODELS:
        reads = [found[engine, model] for engine in OTHERS]
        alike = not any(read.differences or read.refused for read in reads)
        rows.append((f"`{model}`", *map(told, reads), "all three agree" if alike else ""))
    return table(("model", *OTHERS, ""), rows)


def told(read: Read) -> str:
    """How many columns agree, differ, are not there."""
    parts = [f"{read.compared - len({d.column for d in read.differences} - {'time saved'})} columns agree"]
    parts += [f"{len(read.differences)} differ"] if read.differences else []
    parts += [f"{len(read.refused)} not run"] if read.refused else []
    return ", ".join(parts)


def differing(found: Mapping[tuple[str, str], Read]) -> str:
    rows = []
    for (engine, model), read in sorted(found.items(), key=lambda item: (item[0][1], item[0][0])):
        for _, same in groupby(read.differences, key=lambda d: (d.column.partition("[")[0], d.verdict)):
            one, *others = same
            more = len(others)
            column = f"`{one.column}`" + (f" and {more} more elements" if more else "")
            expected = "" if one.expected is None else number(one.expected)
            numbers = (f"{one.time:g}", number(one.ours), expected, number(one.theirs))
            rows.append((f"`{model}`", column, *numbers, engine, one.verdict or ""))
    return table(("model", "variable", "at", "sdrun", "expected", "the other", "which", "verdict"), rows)


def refusals(found: Mapping[tuple[str, str], Read]) -> str:
    rows = []
    for (engine, model), read in sorted(found.items(), key=lambda item: (item[0][1], item[0][0])):
        told = sorted((said(error), name) for name, error in read.refused.items())
        for why, same in groupby(told, key=lambda one: one[0]):
            rows.append((f"`{model}`", engine, ", ".join(f"`{name}`" for _, name in same), why))
    return table(("model", "engine", "variables", "in its own words"), rows)


def number(value: float) -> str:
    return f"{0.0 if abs(value) < ATOL else value:.6g}"


def said(error: str) -> str:
    """The end of a message, which says most."""
    plain = " ".join(error.partition("Parse tree")[0].split()).replace("|", "\\|").replace("<", "&lt;")
    plain = re.sub(r"/\S*/", "", plain)
    return plain if len(plain) <= 200 else plain[:197] + "..."


def table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in (header, ("---",) * len(header), *rows)) + "\n"


# ── the tests ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

pytestmark = [
    pytest.mark.skipif(find_spec("simlin") is None, reason="pysimlin has no wheels for this system"),
    pytest.mark.xdist_group("verdicts"),
]


def all_differences() -> list[Difference]:
    return [one for read in survey().values() for one in read.differences]


def test_there_is_much_to_compare() -> None:
    compared = {engine: sum(survey()[engine, model].compared for model in MODELS) for engine in OTHERS}
    assert len(MODELS) >= 46 and min(compared.values()) > 1000, compared


def test_every_difference_is_judged() -> None:
    assert [one for one in all_differences() if one.verdict is None] == []


def test_no_verdict_is_idle() -> None:
    seen = {(one.engine, one.model, one.column) for one in all_differences()}
    assert [key for key in VERDICTS if not any(key[:2] == one[:2] and re.fullmatch(key[2], one[2]) for one in seen)] == []


def test_sdrun_is_what_is_expected_and_the_other_is_not() -> None:
    for one in all_differences():
        assert one.expected is not None, one
        assert one.ours == pytest.approx(one.expected, rel=RTOL, abs=ATOL, nan_ok=True), one
        assert one.theirs != pytest.approx(one.expected, rel=RTOL, abs=ATOL, nan_ok=True), one


def test_the_page_is_what_is_found() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(survey())


if __name__ == "__main__":
    if find_spec("simlin") is None:
        sys.exit("pysimlin has no wheels for this system")
    PAGE.write_text(page(survey()), encoding="utf-8", newline="\n")
