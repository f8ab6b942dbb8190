"""Dates of the Gregorian calendar, carried on before its beginning, from days since 1 January of the year 0 (1 BC).

Hinnant's algorithm, http://howardhinnant.github.io/date_algorithms.html#civil_from_days: years begin in March, so that a leap
day is the last of its year; 400 of them have 146 097 days.
"""

import numpy as np

from sdrun.types import Operand

MARCH = 60
"""1 March of the year 0, in days."""
ERA = 146_097
"""Days in 400 years."""


def year(days: Operand) -> Operand:
    """The year; 0 is 1 BC.

    >>> year(np.array([0.0, 365.0, 366.0, -1.0]))
    array([ 0.,  0.,  1., -1.])
    """
    era, year_of_era, day_of_year = _since_march(days)
    return era * 400 + year_of_era + (_month_since_march(day_of_year) >= 10)


def month(days: Operand) -> Operand:
    """The month, from 1.

    >>> month(np.array([0.0, 59.0, 60.0, 738_521.0, -1.0]))
    array([ 1.,  2.,  3.,  1., 12.])
    """
    since_march = _month_since_march(_since_march(days)[2])
    return since_march + np.where(np.less(since_march, 10), 3.0, -9.0)


def day(days: Operand) -> Operand:
    """The day of the month, from 1.

    >>> day(np.array([0.0, 59.0, 60.0, 738_521.0, -1.0]))
    array([ 1., 29.,  1.,  1., 31.])
    """
    day_of_year = _since_march(days)[2]
    return day_of_year - np.floor((_month_since_march(day_of_year) * 153 + 2) / 5) + 1


def _since_march(days: Operand) -> tuple[Operand, Operand, Operand]:
    """The era, its year and that year's day, all from 0."""
    since = np.subtract(days, MARCH)
    era = np.floor(since / ERA)
    day_of_era = since - era * ERA
    leaps = np.floor(day_of_era / 1460) - np.floor(day_of_era / 36_524) + np.floor(day_of_era / 146_096)
    year_of_era = np.floor((day_of_era - leaps) / 365)
    return era, year_of_era, day_of_era - (year_of_era * 365 + np.floor(year_of_era / 4) - np.floor(year_of_era / 100))


def _month_since_march(day_of_year: Operand) -> Operand:
    return np.floor((day_of_year * 5 + 2) / 153)


def days_until(year: int, month: int, day: int) -> int:
    """Days from 1 January of the year 0 until a date.

    >>> days_until(2000, 1, 1), days_until(0, 1, 1)
    (730485, 0)
    """
    since_march, from_march = (month + 9) % 12, year - (month <= 2)
    era, year_of_era = divmod(from_march, 400)
    day_of_year = (153 * since_march + 2) // 5 + day - 1
    return MARCH + era * ERA + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
