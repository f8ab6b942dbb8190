"""Random numbers, by counting: what is drawn is a function of seeds, of the call, of the element and of the step alone.

A draw is uniform, between 0 and 1; every distribution is its quantile at that draw, truncated to what the modeller allows, as
in https://www.vensim.com/documentation/fn_random.html.  So neither the order of evaluation nor the engine nor the company of
other samples changes a number, and equations that are added change no other equation's numbers.  They are not Vensim's own
numbers, whose generator is not published.
"""

from typing import Any

import numpy as np

from sdrun.lanes.elementary import GOLDEN, MIX_1, MIX_2
from sdrun.lanes.text import Lane
from sdrun.types import Operand


def draw(*words: Operand) -> Operand:
    """A number between 0 and 1, ends left out, that the words decide: integers up to 2^53 in size, as doubles.

    Each word goes through SplitMix64's finaliser with what came of those before it.
    """
    lane = next((word for word in words if isinstance(word, Lane)), None)
    if lane is not None:
        return lane.function.call("draw", *words)
    state: Any = np.zeros(1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for word in words:
            state = _mixed(state ^ _bits(word))
    return ((state >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53


def _bits(word: Operand) -> np.ndarray:
    """A whole number as 64 bits; what is none counts as 0."""
    usable = np.where(np.abs(word) < 2.0**62, word, 0.0)
    return np.asarray(usable, float).astype(np.int64).view(np.uint64)


def _mixed(state: Any) -> Any:
    state = state + np.uint64(GOLDEN)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(MIX_1)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(MIX_2)
    return state ^ (state >> np.uint64(31))


# ── distributions: u is the draw ─────────────────────────────────────────────────────────────────────────────────────────────


def uniform(u: Operand, low: Operand, high: Operand) -> Operand:
    """RANDOM UNIFORM."""
    return low + (np.subtract(high, low)) * u


def normal(u: Operand, low: Operand, high: Operand, mean: Operand, sd: Operand) -> Operand:
    """RANDOM NORMAL; a standard deviation that is not positive gives the mean."""
    spread = np.where(np.greater(sd, 0.0), sd, 1.0)
    below, above = normal_cdf(np.subtract(low, mean) / spread), normal_cdf(np.subtract(high, mean) / spread)
    found = mean + spread * normal_quantile(below + (above - below) * u)
    return _within(np.where(np.greater(sd, 0.0), found, mean), low, high)


def exponential(u: Operand, low: Operand, high: Operand, shift: Operand, stretch: Operand) -> Operand:
    """RANDOM EXPONENTIAL: the shift plus the stretch times an exponential of mean 1."""
    return weibull(u, low, high, 1.0, shift, stretch)


def weibull(u: Operand, low: Operand, high: Operand, shape: Operand, shift: Operand, stretch: Operand) -> Operand:
    """RANDOM WEIBULL: the shift plus the stretch times a Weibull of scale 1."""
    survive_low, survive_high = (
        np.exp(-np.power(np.maximum(np.subtract(end, shift) / stretch, 0.0), shape)) for end in (low, high)
    )
    left = survive_low + (survive_high - survive_low) * u
    found = shift + stretch * np.power(-np.log(left), np.divide(1.0, shape))
    return _within(found, low, high)


def triangular(u: Operand, low: Operand, high: Operand, start: Operand, peak: Operand, stop: Operand) -> Operand:
    """RANDOM TRIANGULAR: from start to stop, most likely at the peak."""
    wide, left, right = np.subtract(stop, start), np.subtract(peak, start), np.subtract(stop, peak)

    def cdf(x: Operand) -> Any:
        x = np.minimum(np.maximum(x, start), stop)
        rising = (x - start) * (x - start) / (wide * np.where(left > 0.0, left, 1.0))
        falling = 1.0 - (stop - x) * (stop - x) / (wide * np.where(right > 0.0, right, 1.0))
        return np.where(np.less(x, peak), rising, falling)

    p = cdf(low) + (cdf(high) - cdf(low)) * u
    found = np.where(p * wide < left, start + np.sqrt(p * wide * left), stop - np.sqrt((1.0 - p) * wide * right))
    return _within(found, low, high)


def _within(x: Operand, low: Operand, high: Operand) -> Operand:
    return np.minimum(np.maximum(x, low), high)


def gamma(u: Operand, low: Operand, high: Operand, order: Operand, shift: Operand, stretch: Operand) -> Operand:
    """RANDOM GAMMA of an order."""
    from scipy import stats

    return _truncated(stats.gamma(order), u, low, high, shift, stretch)


def beta(u: Operand, low: Operand, high: Operand, a: Operand, b: Operand, shift: Operand, stretch: Operand) -> Operand:
    """RANDOM BETA with alpha and beta."""
    from scipy import stats

    return _truncated(stats.beta(a, b), u, low, high, shift, stretch)


def binomial(u: Operand, low: Operand, high: Operand, p: Operand, n: Operand, shift: Operand, stretch: Operand) -> Operand:
    """RANDOM BINOMIAL: successes in n trials."""
    from scipy import stats

    return _truncated(stats.binom(np.round(n), p), u, low, high, shift, stretch)


def negative_binomial(
    u: Operand, low: Operand, high: Operand, p: Operand, n: Operand, shift: Operand, stretch: Operand
) -> Operand:
    """RANDOM NEGATIVE BINOMIAL: failures before the n-th success."""
    from scipy import stats

    return _truncated(stats.nbinom(n, p), u, low, high, shift, stretch)


def poisson(u: Operand, low: Operand, high: Operand, mean: Operand, shift: Operand, stretch: Operand) -> Operand:
    """RANDOM POISSON."""
    from scipy import stats

    return _truncated(stats.poisson(mean), u, low, high, shift, stretch)


def _truncated(distribution: Any, u: Operand, low: Operand, high: Operand, shift: Operand, stretch: Operand) -> Operand:
    """The shift plus the stretch times a quantile, of what lies between low and high alone."""
    ends = (np.subtract(low, shift) / stretch, np.subtract(high, shift) / stretch)
    below, above = distribution.cdf(np.nextafter(ends[0], -np.inf)), distribution.cdf(ends[1])
    return _within(shift + stretch * distribution.ppf(below + (above - below) * u), low, high)


# ── the normal distribution ──────────────────────────────────────────────────────────────────────────────────────────────────

CDF_TOP = (
    0.0352624965998911,
    0.700383064443688,
    6.37396220353165,
    33.912866078383,
    112.079291497871,
    221.213596169931,
    220.206867912376,
)
CDF_BOTTOM = (
    0.0883883476483184,
    1.75566716318264,
    16.064177579207,
    86.7807322029461,
    296.564248779674,
    637.333633378831,
    793.826512519948,
    440.413735824752,
)


def _polynomial(x: Any, coefficients: tuple[float, ...]) -> Any:
    """Horner's scheme, the highest power first."""
    total: Any = coefficients[0]
    for coefficient in coefficients[1:]:
        total = total * x + coefficient
    return total


def normal_cdf(x: Operand) -> Any:
    """Of the standard normal distribution, to 1e-15: Hart et al. 1968, Computer Approximations, algorithm 5666."""
    size = np.minimum(np.abs(x), 38.0)
    bell = np.exp(-0.5 * size * size)
    near = bell * _polynomial(size, CDF_TOP) / _polynomial(size, CDF_BOTTOM)
    fraction: Any = size + 0.65
    for k in (4.0, 3.0, 2.0, 1.0):
        fraction = size + k / fraction
    tail = np.where(size < 7.07106781186547, near, bell / (fraction * 2.506628274631))
    return np.where(np.greater(x, 0.0), 1.0 - tail, tail)


CENTRE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457),
    (13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867),
    (5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0),
)
MIDDLE = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258),
    (3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459),
    (0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0),
)
END = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093),
    (0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4),
    (0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0),
)


def _ratio(x: Any, halves: tuple[tuple[float, ...], ...]) -> Any:
    return _polynomial(x, halves[0] + halves[1]) / _polynomial(x, halves[2] + halves[3])


def normal_quantile(p: Operand) -> Any:
    """Of the standard normal distribution, to 1e-15: Wichura 1988, Applied Statistics 37(3), algorithm AS 241."""
    q = np.subtract(p, 0.5)
    r = 0.180625 - q * q
    centre = q * _ratio(r, CENTRE)
    outer = np.sqrt(-np.log(np.where(np.less(q, 0.0), p, np.subtract(1.0, p))))
    far = np.where(outer <= 5.0, _ratio(outer - 1.6, MIDDLE), _ratio(outer - 5.0, END))
    return np.where(np.abs(q) <= 0.425, centre, np.where(np.less(q, 0.0), -far, far))
