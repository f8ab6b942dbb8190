"""Random functions as draws: each call has numbers of its own, for each element and each sample."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from zlib import crc32

from sdrun.compile.problems import Refusal
from sdrun.compile.scope import Scope
from sdrun.functions import RANDOM
from sdrun.model import Binary, Call, Equation, Expr, Model, Name, Number, Position, Read, Variable, rewrite, walk

SEED, SAMPLE = "noise_seed", "_noise_sample"
"""Constants of every model with random functions: Vensim's NOISE SEED, and the number of the sample, which `bind` sets."""


def number_draws(model: Model) -> Model:
    """Give each random call a number, from the name of its variable and its place there, as its last argument.

    Other equations change nothing of it, so that runs before and after a change of the model share their noise.
    """
    variables = [*model.variables.values()]
    if not any(_is_random(node) for variable in variables for eq in variable.equations for node in walk(eq.expression)):
        return model
    counts: Counter[str] = Counter()
    numbered = {variable.id: _numbered(variable, counts) for variable in variables}
    constants = {SEED: _constant(SEED, "NOISE SEED"), SAMPLE: _constant(SAMPLE, "number of the sample")}
    return replace(model, variables={**constants, **numbered})


def _constant(id: str, label: str) -> Variable:
    return Variable(id=id, label=label, equations=(Equation(expression=Number(0.0)),), units="Dmnl")


def _is_random(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.function in RANDOM


def _numbered(variable: Variable, counts: Counter[str]) -> Variable:
    def rule(expr: Expr) -> Expr:
        match expr:
            case Call(function, args) if function in RANDOM:
                counts[variable.label] += 1
                number = crc32(f"{variable.label}: {counts[variable.label]}".encode())
                return Call(function, (*args, Number(float(number))))
        return expr

    return replace(variable, equations=tuple(replace(eq, expression=rewrite(eq.expression, rule)) for eq in variable.equations))


def drawn(call: Call, scope: Scope, resolve: Callable[[Expr, Scope], Expr]) -> Expr:
    """The call as its distribution's function of a draw."""
    spelled = call.function.upper().replace("_", " ")
    if not {"time_step", "initial_time"} <= {*scope.model.variables}:
        raise Refusal(f"{spelled} needs the model to have an INITIAL TIME and a TIME STEP")
    if scope.reduced:
        raise Refusal(f"{spelled} inside a sum over subscripts is not supported", "give it a variable of its own")
    *args, number = call.args
    *limits, stream = args or (Number(0.0), Number(1.0), Number(0.0))
    clock = (Name("time"), Read("time_step", ()), Read("initial_time", ()))
    seeds = (Read(SEED, ()), Read(SAMPLE, ()), resolve(stream, scope), number, _element(scope))
    return Call(RANDOM[call.function], (Call("_draw", (*clock, *seeds)), *(resolve(limit, scope) for limit in limits)))


def _element(scope: Scope) -> Expr:
    """The number of the element that the equation stands at."""
    number: Expr = Number(0.0)
    for axis in scope.left:
        own = Position(axis, tuple(float(k) for k in range(axis.size)))
        number = Binary("+", Binary("*", number, Number(float(axis.size))), own)
    return number
