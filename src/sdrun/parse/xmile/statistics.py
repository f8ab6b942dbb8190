"""XMILE's statistical functions (section 3.5.2 of the standard), and those that Stella has beside them, in the compiler's.

https://www.iseesystems.com/resources/help/v10/Content/Reference/Builtins/Statisticall_builtins.htm

A seed is the stream of a draw; what is drawn follows from the scenario's seed as well, in every sample anew.
"""

import math
from collections.abc import Callable, Mapping

from sdrun.model import Binary, Call, Expr, Name, Number

ZERO, ONE, HUNDRED = Number(0.0), Number(1.0), Number(100.0)
LEAST, MOST = Number(-math.inf), Number(math.inf)
DT = Name("time_step")


def _random(function: str, *args: Expr) -> Call:
    return Call(f"random_{function}", args)


def _uniform(low: Expr, high: Expr, seed: Expr = ZERO) -> Expr:
    return _random("uniform", low, high, seed)


def _normal(mean: Expr, deviation: Expr, seed: Expr = ZERO, low: Expr = LEAST, high: Expr = MOST) -> Expr:
    return _random("normal", low, high, mean, deviation, seed)


def _lognormal(mean: Expr, deviation: Expr, seed: Expr = ZERO) -> Expr:
    """Mean and deviation are those of the logarithm, as Stella's example of a mean of 0 shows."""
    return Call("exp", (_normal(mean, deviation, seed),))


def _poisson(mean: Expr, seed: Expr = ZERO, low: Expr = ZERO, high: Expr = MOST) -> Expr:
    """The mean is that of one unit of time, as in Stella: a step has DT times as many."""
    return _random("poisson", low, high, Binary("*", mean, DT), ZERO, ONE, seed)


def _exponential(mean: Expr, seed: Expr = ZERO) -> Expr:
    return _random("exponential", ZERO, MOST, ZERO, mean, seed)


def _gamma(shape: Expr, scale: Expr = ONE, seed: Expr = ZERO) -> Expr:
    return _random("gamma", ZERO, MOST, shape, ZERO, scale, seed)


def _weibull(shape: Expr, scale: Expr, seed: Expr = ZERO) -> Expr:
    return _random("weibull", ZERO, MOST, shape, ZERO, scale, seed)


def _beta(alpha: Expr, beta: Expr, seed: Expr = ZERO) -> Expr:
    return _random("beta", ZERO, ONE, alpha, beta, ZERO, ONE, seed)


def _binomial(trials: Expr, probability: Expr, seed: Expr = ZERO) -> Expr:
    return _random("binomial", ZERO, trials, probability, trials, ZERO, ONE, seed)


def _triangular(low: Expr, mode: Expr, high: Expr, seed: Expr = ZERO) -> Expr:
    return _random("triangular", low, high, low, mode, high, seed)


def _logistic(mean: Expr, scale: Expr, seed: Expr = ZERO) -> Expr:
    odds = Binary("-", Binary("/", ONE, _uniform(ZERO, ONE, seed)), ONE)
    return Binary("-", mean, Binary("*", scale, Call("ln", (odds,))))


def _pareto(shape: Expr, scale: Expr, seed: Expr = ZERO) -> Expr:
    return Binary("/", scale, Binary("^", _uniform(ZERO, ONE, seed), Binary("/", ONE, shape)))


def _monte_carlo(probability: Expr, seed: Expr = ZERO) -> Expr:
    """1 with a probability, in percent of a unit of time, else 0."""
    happens = Binary("<", _uniform(ZERO, HUNDRED, seed), Binary("*", probability, DT))
    return Call("if_then_else", (happens, ONE, ZERO))


def _log_factorial(n: Expr) -> Expr:
    return Call("gamma_ln", (Binary("+", n, ONE),))


def _factorial(n: Expr) -> Expr:
    return Call("round", (Call("exp", (_log_factorial(n),)),))


def _permutations(n: Expr, r: Expr) -> Expr:
    logarithm = Binary("-", _log_factorial(n), _log_factorial(Binary("-", n, r)))
    return Call("round", (Call("exp", (logarithm,)),))


def _combinations(n: Expr, r: Expr) -> Expr:
    orders = Binary("+", _log_factorial(r), _log_factorial(Binary("-", n, r)))
    return Call("round", (Call("exp", (Binary("-", _log_factorial(n), orders),)),))


def _normal_cdf(left: Expr, right: Expr, mean: Expr = ZERO, deviation: Expr = ONE) -> Expr:
    below, above = (Call("_normal_cdf", (Binary("/", Binary("-", end, mean), deviation),)) for end in (left, right))
    return Binary("-", above, below)


STATISTICS: Mapping[str, tuple[tuple[int, ...], Callable[..., Expr]]] = {
    "exprnd": ((1, 2), _exponential),
    "lognormal": ((2, 3), _lognormal),
    "normal": ((2, 3, 5), _normal),
    "poisson": ((1, 2, 4), _poisson),
    "random": ((2, 3), _uniform),
    "beta": ((2, 3), _beta),
    "binomial": ((2, 3), _binomial),
    "combinations": ((2,), _combinations),
    "factorial": ((1,), _factorial),
    "gamma": ((1, 2, 3), _gamma),
    "gammaln": ((1,), lambda x: Call("gamma_ln", (x,))),
    "invnorm": ((1,), lambda p: Call("_normal_quantile", (p,))),
    "logistic": ((2, 3), _logistic),
    "montecarlo": ((1, 2), _monte_carlo),
    "normalcdf": ((2, 4), _normal_cdf),
    "pareto": ((2, 3), _pareto),
    "permutations": ((2,), _permutations),
    "triangular": ((3, 4), _triangular),
    "uniform": ((2, 3), _uniform),
    "weibull": ((2, 3), _weibull),
}
"""The number of their arguments, and what they say; the first five are the standard's."""
