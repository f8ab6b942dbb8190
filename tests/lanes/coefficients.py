"""Where the polynomials of `sdrun.lanes.elementary` come from: interpolation at Chebyshev's points, in 60 digits.

Run as a script, it prints them.
"""

from collections.abc import Callable
from typing import Any

from mpmath import mp, mpf


def fit(function: Callable[[Any], Any], low: Any, high: Any, degree: int) -> tuple[float, ...]:
    """Coefficients, the constant first, of the polynomial through Chebyshev's points, rounded to doubles."""
    return tuple(float(coefficient) for coefficient in mp.chebyfit(function, [low, high], degree + 1, asc=True))


def exp_coefficients() -> tuple[float, ...]:
    """(e^r - 1 - r) / r^2 for |r| <= ln 2 / 2."""
    with mp.workdps(60):
        end = mp.log(2) / 2 * mpf("1.0001")
        return fit(lambda r: (mp.exp(r) - 1 - r) / r**2 if abs(r) > mpf(10) ** -15 else mpf(1) / 2 + r / 6, -end, end, 9)


def log_coefficients() -> tuple[float, ...]:
    """2/3 + 2/5 z + ... for z <= (3 - 2 sqrt 2)^2."""
    with mp.workdps(60):
        return fit(lambda z: _series(z, 1), mpf(0), (3 - 2 * mp.sqrt(2)) ** 2, 6)


def power_coefficients() -> tuple[float, ...]:
    """2/5 + 2/7 z + ... on the same interval."""
    with mp.workdps(60):
        return fit(lambda z: _series(z, 2), mpf(0), (3 - 2 * mp.sqrt(2)) ** 2, 7)


def _series(z: Any, first: int) -> Any:
    return sum(2 * z ** (k - first) / (2 * k + 1) for k in range(first, first + 45))


if __name__ == "__main__":
    for name, coefficients in (("EXP", exp_coefficients()), ("LOG", log_coefficients()), ("POWER", power_coefficients())):
        print(f"{name} = {coefficients}")
