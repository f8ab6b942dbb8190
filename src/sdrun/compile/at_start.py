"""What a number of the model is at the start, where compiling must know it: how many stocks a delay has."""

from dataclasses import dataclass, field

import numpy as np

from sdrun.compile.problems import Refusal
from sdrun.functions import PURE, TIMED
from sdrun.model import Binary, Call, Expr, Model, Name, Number, Unary

COMPARE = {"=": np.equal, "<>": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
ARITHMETIC = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power}
LOGIC = {"and": np.logical_and, "or": np.logical_or}


@dataclass(frozen=True, slots=True, kw_only=True)
class AtStart:
    """Evaluates scalars that rest on constants and the time alone."""

    model: Model
    constants: set[str] = field(default_factory=set)
    """Ids of those that have been read; grows."""
    inside: tuple[str, ...] = ()
    """Variables being evaluated."""
    values: dict[str, float] = field(default_factory=dict)
    """Of variables that have been evaluated; grows."""

    def value(self, expr: Expr) -> float:
        """The value; raises Refusal where it rests on more."""
        try:
            with np.errstate(all="ignore"):
                return float(self._value(expr))
        except RecursionError:
            raise Refusal("it follows from the constants through too many equations") from None

    def _value(self, expr: Expr) -> float:
        match expr:
            case Number(number):
                return number
            case Name(id, ()):
                return self._named(id)
            case Unary("-", operand):
                return -self._value(operand)
            case Unary("not", operand):
                return float(not self._value(operand))
            case Binary(op, left, right):
                operation = {**COMPARE, **ARITHMETIC, **LOGIC}[op]
                return float(operation(self._value(left), self._value(right)))
            case Call("active_initial", (_, initial)) | Call("initial", (initial,)):
                return self._value(initial)
            case Call(function, args) if function in PURE:
                return float(PURE[function].function(*map(self._value, args)))
            case Call(function, args) if function in TIMED:
                start, step = self._named("initial_time"), self._named("time_step")
                return float(TIMED[function].function(start, step, step, *map(self._value, args)))
        raise Refusal("it must follow from constants and the time alone, without subscripts")

    def _named(self, id: str) -> float:
        id = "initial_time" if id == "time" else id
        if id in self.values:
            return self.values[id]
        variable = self.model.variables.get(id)
        if variable is None or len(variable.equations) != 1 or variable.equations[0].subscripts or id in self.inside:
            raise Refusal("it must follow from constants and the time alone, without subscripts")
        expression = variable.equations[0].expression
        if isinstance(expression, Number):
            self.constants.add(id)
        inner = AtStart(model=self.model, constants=self.constants, inside=(*self.inside, id), values=self.values)
        self.values[id] = inner.value(expression)
        return self.values[id]
