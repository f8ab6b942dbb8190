"""GET TIME VALUE as dates: by Python's calendar, by hand, and as switches of time."""

from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from written import run, write

from sdrun.compile import compile_model
from sdrun.errors import ModelError
from sdrun.functions import calendar
from sdrun.parse import read_model
from sdrun.system import System

YEAR_ZERO = 366
"""Days in it; Python's calendar begins with the year 1."""
UNITS = {3: timedelta(weeks=1), 4: timedelta(days=1), 5: timedelta(hours=1), 6: timedelta(minutes=1), 7: timedelta(seconds=1)}


def dated(folder: Path, text: str, base: str, unit: int, **control: float) -> System:
    """A model whose settings state the date at time 0, and the unit of dates."""
    path = write(folder, text, **control)
    year, month, day = base.split("-")
    settings = f"15:0,0,0,0,0,0\n35:Date\n36:YYYY-MM-DD\n37:{year}\n38:{int(month)}\n39:{int(day)}\n40:{unit}\n41:0\n"
    path.write_text(f"{path.read_text()}\n\\\\\\---/// Sketch\n///---\\\\\\\n:L\x7f<%^E!@\n{settings}")
    return compile_model(read_model(path))


def values(system: System, **how: object) -> np.ndarray:
    return run(system, **how).values["y"][..., 0]  # type: ignore[arg-type]


def told(moment: datetime) -> list[float]:
    """Measures 1 to 9 but 5, then 5."""
    quarter, seconds = (moment.month + 2) // 3, moment.second + moment.microsecond / 1e6
    days = moment.toordinal() - 1 + YEAR_ZERO
    clock = [moment.hour, moment.minute, seconds]
    return [moment.year, quarter, moment.month, moment.day, days, *clock, moment.isoweekday() % 7]


def test_calendar_as_python_has_it() -> None:
    """Every 97th day of 9999 years, and the day after 28 February in the years of centuries."""
    centuries = (date(year, 2, 28).toordinal() + 1 for year in range(100, 9999, 100))
    ordinals = [*range(1, date.max.toordinal(), 97), *centuries]
    dates = [date.fromordinal(ordinal) for ordinal in ordinals]
    days = np.array(ordinals) - 1.0 + YEAR_ZERO
    for part in ("year", "month", "day"):
        assert getattr(calendar, part)(days).tolist() == [getattr(one, part) for one in dates]
    assert [calendar.days_until(one.year, one.month, one.day) for one in dates] == days.tolist()


@pytest.mark.parametrize("engine", ["numpy", "llvm"])
def test_time_as_the_model_counts_it(tmp_path: Path, engine: str) -> None:
    text = "y = GET TIME VALUE(0, 2, 0) + 100 * GET TIME VALUE(1, half, 0)\nhalf = 0.5"
    history = run(dated(tmp_path, text, "2000-01-01", 2, initial_time=4, final_time=6, time_step=1), engine=engine)
    assert history.values["y"][:, 0].tolist() == [456, 457, 458]


@pytest.mark.parametrize("engine", ["numpy", "llvm"])
@pytest.mark.parametrize("unit", UNITS)
def test_dates_of_models_that_count_in_weeks_or_less(tmp_path: Path, unit: int, engine: str) -> None:
    equations = "\n".join(f"y{m} = GET TIME VALUE(0, offset, {m})" for m in (1, 2, 3, 4, 6, 7, 8, 9, 5))
    control = {"initial_time": -40, "final_time": 60, "time_step": 0.1, "saveper": 0.1}
    system = dated(tmp_path, f"{equations}\noffset = 0.25", "1999-11-30", unit, **control)
    found = run(system, engine=engine).values
    moments = [datetime(1999, 11, 30) + UNITS[unit] * (k / 10 + 0.25 - 40) for k in range(1001)]
    for measure, wanted in zip((1, 2, 3, 4, 6, 7, 8, 9, 5), zip(*map(told, moments), strict=True), strict=True):
        np.testing.assert_allclose(found[f"y{measure}"][:, 0], wanted, rtol=0, atol=1e-6, err_msg=f"measure {measure}")


BY_HAND = {
    (0, "1990-01-01", 12.75): [1992 + 10, 4, 10, 1, 2002 * 360 + 9 * 30, 0, 0, 0],
    (1, "2000-04-01", 3.5): [2001, 1, 2, 15 + 1, 2001 * 360 + 45, 0, 0, 0],
    (2, "2008-11-15", 1.75): [2009, 1, 1, 7, 2009 * 360 + 6, 12, 0, 0],
    (2, "0-12-30", -12.0): [-1, 4, 12, 30, -1, 0, 0, 0],
}
"""Years of twelve months of thirty days: what the time counts, the date at time 0 and a time, and what they come to."""


@pytest.mark.parametrize(("unit", "base", "time"), BY_HAND)
def test_dates_of_models_that_count_in_months_or_more(tmp_path: Path, unit: int, base: str, time: float) -> None:
    equations = "\n".join(f"y{m} = GET TIME VALUE(1, {time}, {m})" for m in (1, 2, 3, 4, 6, 7, 8, 9))
    found = run(dated(tmp_path, equations, base, unit, final_time=1)).values
    assert [found[f"y{m}"][0, 0] for m in (1, 2, 3, 4, 6, 7, 8, 9)] == pytest.approx(BY_HAND[unit, base, time], abs=1e-6)


@pytest.mark.parametrize("method", ["LSODA", "RK45"])
def test_adaptive_solvers_stop_where_a_date_changes(tmp_path: Path, method: str) -> None:
    """The months' numbers, a stock's flow, sum to what each has of days."""
    system = dated(tmp_path, "month = GET TIME VALUE(0, 0, 3)\ny = INTEG(month, 0)", "2023-12-15", 4, final_time=92, saveper=92)
    assert values(system, method=method)[-1] == pytest.approx(17 * 12 + 31 * 1 + 29 * 2 + 15 * 3, rel=1e-9)


@pytest.mark.parametrize(
    ("equation", "unit", "said"),
    [
        ("GET TIME VALUE(2, 0, 1)", 2, "GET TIME VALUE relative to the computer's clock would make every run another"),
        ("GET TIME VALUE(3, 0, 1)", 2, "GET TIME VALUE takes 0 (the time) or 1 (the initial time)"),
        ("GET TIME VALUE(0, 0, 11)", 2, "a measure from 0 to 10"),
        ("GET TIME VALUE(0, 0, k)", 2, "a measure from 0 to 10"),
        ("GET TIME VALUE(0, 0, 10)", 2, "GET TIME VALUE has no measure 10"),
        ("GET TIME VALUE(0, 0, 5)", 2, "a model that counts in months has years of 360 days"),
        ("GET TIME VALUE(0, 0, 1)", 8, "only where a Vensim file states, in its settings, the date of time 0"),
    ],
)
def test_refusals(tmp_path: Path, equation: str, unit: int, said: str) -> None:
    with pytest.raises(ModelError) as caught:
        dated(tmp_path, f"y = {equation}\nk = 1", "2000-01-01", unit)
    assert said in str(caught.value)


def test_a_file_without_settings_has_no_dates(tmp_path: Path) -> None:
    path = write(tmp_path, "y = GET TIME VALUE(0, 0, 1)")
    with pytest.raises(ModelError, match="the date of time 0"):
        compile_model(read_model(path))
