"""GET TIME VALUE: the time of a run as a date, https://www.vensim.com/documentation/fn_get_time_value.html

Models that count in years, quarters or months have years of 360 days, all months being alike; others have the Gregorian
calendar.  All is written as steps of the time, so that adaptive solvers stop where a date changes.
"""

from fractions import Fraction

from sdrun.compile.problems import Refusal
from sdrun.compile.scope import Scope
from sdrun.functions.calendar import days_until
from sdrun.model import Binary, Calendar, Call, Expr, Name, Number, Read

DAYS = {
    **{"year": Fraction(360), "quarter": Fraction(90), "month": Fraction(30)},
    **{"week": Fraction(7), "day": Fraction(1)},
    **{"hour": Fraction(1, 24), "minute": Fraction(1, 1440), "second": Fraction(1, 86_400)},
}
"""Days in what a calendar counts."""
ALIKE = ("year", "quarter", "month")
"""What makes months alike."""
A_DAY = Fraction(1)
SLACK = Fraction(1, 2 * 86_400_000)
"""Days by which a time may miss the next date by rounding: half a millisecond."""


def time_value(args: tuple[Expr, ...], scope: Scope) -> Expr:
    """A measure of the time now, or of the initial time, moved by an offset."""
    relative, offset, measure = args
    if relative == Number(2.0):
        raise Refusal("GET TIME VALUE relative to the computer's clock would make every run another")
    if relative not in (Number(0.0), Number(1.0)) or not isinstance(measure, Number) or measure.value not in range(11):
        raise Refusal("GET TIME VALUE takes 0 (the time) or 1 (the initial time), an offset, and a measure from 0 to 10")
    if "initial_time" not in scope.model.variables:
        raise Refusal("GET TIME VALUE needs the model to have an INITIAL TIME")
    time = Binary("+", Name("time") if relative == Number(0.0) else Read("initial_time", ()), offset)
    if measure.value == 0:
        return time
    if measure.value == 10:
        raise Refusal("GET TIME VALUE has no measure 10, which is there to make every run another", "use the scenario's seed")
    if scope.model.calendar is None:
        raise Refusal("GET TIME VALUE gives a date only where a Vensim file states, in its settings, the date of time 0")
    return _measured(int(measure.value), time, scope.model.calendar)


def _measured(measure: int, time: Expr, calendar: Calendar) -> Expr:
    alike = calendar.unit in ALIKE
    match measure:
        case 1:
            return _whole(time, calendar, 360 * A_DAY) if alike else Call("_year", (_whole(time, calendar, A_DAY),))
        case 2:
            months = Binary("-", _measured(3, time, calendar), Number(1.0))
            return _after(Call("floor", (Binary("/", months, Number(3.0)),)), 1)
        case 3 if alike:
            return _after(_rest(_whole(time, calendar, 30 * A_DAY), 12), 1)
        case 3:
            return Call("_month", (_whole(time, calendar, A_DAY),))
        case 4 if alike:
            return _after(_rest(_whole(time, calendar, A_DAY), 30), 1)
        case 4:
            return Call("_day", (_whole(time, calendar, A_DAY),))
        case 5 if alike:
            raise Refusal(f"a model that counts in {calendar.unit}s has years of 360 days: none of them is a day of the week")
        case 5:  # the first day of the year 0 was a Saturday
            return _rest(_after(_whole(time, calendar, A_DAY), 6), 7)
        case 6:
            return _whole(time, calendar, A_DAY)
        case 7:
            return _rest(_whole(time, calendar, A_DAY / 24), 24)
        case 8:
            return _rest(_whole(time, calendar, A_DAY / 1440), 60)
    second = A_DAY / 86_400
    slack = Number(float(SLACK / second))
    return Call("max", (Binary("-", _rest(_counted(time, calendar, second), 60), slack), Number(0.0)))


def _counted(time: Expr, calendar: Calendar, length: Fraction) -> Expr:
    """How many of a length, in days, have passed since the year 0 began, and the slack; of hours and less, days left out."""
    if length < A_DAY:
        start = 0
    elif calendar.unit in ALIKE:
        start = calendar.year * 360 + (calendar.month - 1) * 30 + calendar.day - 1
    else:
        start = days_until(calendar.year, calendar.month, calendar.day)
    passed = Binary("*", time, Number(float(DAYS[calendar.unit] / length)))
    return Binary("+", passed, Number(float((start + SLACK) / length)))


def _whole(time: Expr, calendar: Calendar, length: Fraction) -> Expr:
    return Call("floor", (_counted(time, calendar, length),))


def _rest(number: Expr, of: int) -> Expr:
    return Call("mod", (number, Number(float(of))))


def _after(number: Expr, more: int) -> Expr:
    return Binary("+", number, Number(float(more)))
