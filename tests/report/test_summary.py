"""The table in the terminal: right figures, within the width, nothing cut off."""

from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from handmade import run, scenario
from rich.console import Console

from sdrun.analyse import analyse
from sdrun.report import summary_table
from sdrun.report.comparison import side_by_side, verdict
from sdrun.report.summary import power_rows, stock_rows
from sdrun.scenario import Case
from sdrun.trajectory import to_dataset

TIMES = np.arange(1992, 2093.0)
NAMES = ("waltz", "mearsheimer", "growth_only")


def three_theories():
    """America falls behind China at speeds that differ by theory."""
    cases = [Case(name=name, model=Path("m.mdl")) for name in NAMES]
    catching_up = [0.0, 0.01, 0.05]
    runs = [run(case, times=TIMES, growth=(0.0, rate, 0.0)) for case, rate in zip(cases, catching_up, strict=True)]
    ds = analyse(to_dataset(runs, scenario(*cases, title="Does unipolarity last? [bold]Waltz[/bold]\x1b[31m")))
    ratio = np.outer([0.5, 0.7, 0.9], TIMES / 2092)
    return ds.assign(counter_coalition_ratio=(("variant", "time"), ratio, {"long_name": "ratio", "units": "1"}))


def printed(ds, width):
    console = Console(file=StringIO(), width=width, force_terminal=False)
    console.print(summary_table(ds))
    return console.file.getvalue()


def test_a_line_per_variant_and_index():
    rows = list(power_rows(three_theories()))
    assert [row[0] for row in rows] == ["waltz", "", "", "", "mearsheimer", "", "", "", "growth_only", "", "", ""]
    assert [row[1] for row in rows[:4]] == ["military", "economy", "economy x income", "composite"]
    assert rows[0][2:] == ["USA", "50  50  50", "2.6 → 2.6", "> 100", "0.50"]
    assert rows[8][2] == "USA → CHN"
    china = 2 * np.exp(0.05 * np.array([50, 100]))
    assert rows[8][3].split() == ["50", *(f"{100 * share:.0f}" for share in china / (china + 4))]
    assert rows[8][5] == "0", "falls below one half at once, and for more than 5 years"
    assert rows[4][6] == "0.70" and rows[5][6] == ""


@pytest.mark.parametrize("width", [80, 100, 140])
def test_figures_are_never_cut(width):
    text = printed(three_theories(), width)
    assert max(map(len, text.splitlines())) <= width
    for row in power_rows(three_theories()):
        for cell in row[3:]:
            assert cell in text
    assert "1992, 2042, 2092" in " ".join(text.split())


def test_the_indices_stand_side_by_side_with_a_sentence_below():
    text = " ".join(printed(three_theories(), 100).split())
    assert "Unipolarity in years and leader, by index of power" in text
    assert verdict(three_theories()) in text and "the answer depends more on the variant" in text
    for line in side_by_side(three_theories()):
        assert " ".join(" ".join(line).split()) in text


def test_years_are_not_told_where_variants_have_their_own():
    cases = [Case(name=name, model=Path("m.mdl")) for name in ("then", "now")]
    runs = [run(case, times=times, growth=(0.0, 0.0, 0.0)) for case, times in zip(cases, (TIMES - 100, TIMES), strict=True)]
    ds = analyse(to_dataset(runs, scenario(*cases)))
    text = " ".join(printed(ds.assign(counter_coalition_ratio=ds["war_hazard"] * 0), 100).split())
    assert "share: its share in the variant's first, middle and last time" in text


def test_what_a_scenario_says_is_text_and_no_command_to_the_terminal():
    text = printed(three_theories(), 100)
    assert "[bold]Waltz[/bold]" in text
    assert "\x1b" not in text


def test_other_models_show_their_stocks():
    ds = to_dataset([run(times=TIMES)], scenario())
    rows = list(stock_rows(ds))
    assert [row[1] for row in rows[:3]] == ["economy[USA]", "economy[CHN]", "economy[RUS]"]
    assert rows[0][2:] == ["tn dollar", "3", f"{3 * np.exp(1):.4g}", f"{3 * np.exp(2):.4g}"]
    text = printed(ds, 80)
    assert "year 2042" in text and "variant" not in text
    assert f"{3 * np.exp(2):.4g}" in text


def test_many_stocks_are_cut_short_and_it_says_so():
    states = [f"S{i}" for i in range(30)]
    ds = to_dataset([run(states=states, growth=np.zeros(30))], scenario())
    assert len(list(stock_rows(ds))) == 41
    assert "and 20 more" in printed(ds, 100)


def test_samples_show_their_median():
    ds = analyse(to_dataset([run(free_riding=(0.1, 0.2, 0.9), times=TIMES)], scenario()))
    assert next(power_rows(ds))[3].startswith("50")
    ds = to_dataset([run(free_riding=(0.1, 0.2, 0.9), times=TIMES)], scenario())
    assert list(stock_rows(ds))[3][3] == "2.4"


def test_a_variant_that_starts_later_has_its_own_years():
    cases = [Case(name=name, model=Path("m.mdl")) for name in NAMES[:2]]
    runs = [run(cases[0], times=TIMES), run(cases[1], times=TIMES[50:])]
    rows = list(power_rows(analyse(to_dataset(runs, scenario(*cases)))))
    assert rows[4][3].startswith("50"), "its first year, not NaN"
