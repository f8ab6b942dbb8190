"""The limit: a model as C++ with a sample per lane, as one would write it by hand, by gcc -O3 -march=native.

What is compiled is a file of loops over subscripts on vectors of 8 doubles, with gcc's and glibc's own vector functions and
-ffast-math, which sdrun does not allow itself.  Equations come sorted, constant parts apart, as sdrun's own engine has them.
"""

import ctypes
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sdrun.compile.axes import flat_positions, shape
from sdrun.compile.emit import by_element
from sdrun.compile.lift import lift
from sdrun.compile.program import Program, needed
from sdrun.compile.reciprocals import by_reciprocals
from sdrun.model import (
    Along,
    Array,
    At,
    Axis,
    Binary,
    Call,
    Equation,
    Expr,
    Index,
    Lookup,
    Name,
    Number,
    Position,
    Read,
    Reduce,
    Table,
    Unary,
)
from sdrun.system import System

WIDTH = 8
FLAGS = ("-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math", "-fno-math-errno", "-shared", "-fPIC", "-w")

HEAD = """
#include <math.h>
#define W 8
typedef double V __attribute__((vector_size(64), aligned(64)));
typedef long long M __attribute__((vector_size(64), aligned(64)));
static inline V S(double x) { V v; for (int l = 0; l < W; l++) v[l] = x; return v; }
#define EACH(name, call) static inline V name(V x) { V y; for (int l = 0; l < W; l++) y[l] = call(x[l]); return y; }
EACH(vexp, exp) EACH(vlog, log) EACH(vsqrt, sqrt) EACH(vabs, fabs) EACH(vtrunc, trunc) EACH(vsin, sin) EACH(vcos, cos)
static inline V vpow(V x, V y) { V z; for (int l = 0; l < W; l++) z[l] = pow(x[l], y[l]); return z; }
static inline V vmax(V a, V b) { return a > b ? a : b; }
static inline V vmin(V a, V b) { return a < b ? a : b; }
static inline V number(M truth) { return truth ? S(1) : S(0); }
static inline V zidz(V a, V b) { M small = vabs(b) < S(1e-6); return small ? S(0) : a / (small ? S(1) : b); }
static inline V even(const double *y, const double *s, int n, double x0, double h, V x) {
  V k = vtrunc((vmin(vmax(x, S(x0)), S(x0 + h * n)) - x0) * (1 / h)), r;
  k = vmin(k, S(n - 1));
  V d = vmin(vmax(x, S(x0)), S(x0 + h * n)) - x0 - k * h;
  for (int l = 0; l < W; l++) { int i = (int)k[l]; r[l] = y[i] + s[i] * d[l]; }
  return r;
}
static inline V uneven(const double *xs, const double *y, const double *s, int n, V x) {
  V a = S(xs[0]), low = S(y[0]), slope = S(s[0]);
  x = vmin(vmax(x, S(xs[0])), S(xs[n]));
  for (int i = 1; i < n; i++) {
    M on = x >= S(xs[i]);
    a = on ? S(xs[i]) : a, low = on ? S(y[i]) : low, slope = on ? S(s[i]) : slope;
  }
  return low + slope * (x - a);
}
"""

CALLS = {
    "abs": "vabs({})",
    "cos": "vcos({})",
    "exp": "vexp({})",
    "integer": "vtrunc({})",
    "ln": "vlog({})",
    "log": "(vlog({}) / vlog({}))",
    "max": "vmax({}, {})",
    "min": "vmin({}, {})",
    "power": "vpow({}, {})",
    "sin": "vsin({})",
    "sqrt": "vsqrt({})",
    "zidz": "zidz({}, {})",
    "step": "number(t + dt / 2 > {1}) * {0}",
}
REDUCTIONS = {
    "sum": ("S(0)", "{} + {}"),
    "prod": ("S(1)", "{} * {}"),
    "vmin": ("S(1e308)", "vmin({}, {})"),
    "vmax": ("S(-1e308)", "vmax({}, {})"),
}


class Text:
    """C++ of one model."""

    def __init__(self, program: Program) -> None:
        self.program, self.model = program, program.model
        self.names = {id: f"v{number}" for number, id in enumerate(program.model.variables)}
        self.constants: dict[str, str] = {}

    def array(self, values: Iterable[float], type_: str = "double") -> str:
        """The name of a constant array."""
        text = f"{{{', '.join(repr(value) for value in values)}}}"
        return self.constants.setdefault(f"static const {type_} NAME[] = {text};", f"c{len(self.constants)}")

    def size(self, id: str) -> int:
        return int(np.prod(shape(self.model, self.model.variables[id]), dtype=int))

    def value(self, expr: Expr, left: tuple[Axis, ...]) -> str:
        """A vector."""

        def of(inner: Expr) -> str:
            return self.value(inner, left)

        match expr:
            case Number(number):
                return f"S({number!r})"
            case Name(_):
                return "t"
            case Array(values):
                sizes = tuple(axis.size for axis in left)
                return f"S({self.array(values)}[{self.flat(tuple(Along(axis) for axis in left), sizes)}])"
            case Unary("-", operand):
                return f"(-{of(operand)})"
            case Binary("^", base, Number(2.0)):
                return f"({of(base)} * {of(base)})"
            case Binary("^", base, Number(0.5)):
                return f"vsqrt({of(base)})"
            case Binary("^", base, exponent):
                return f"vpow({of(base)}, {of(exponent)})"
            case Binary("+" | "-" | "*" | "/" as op, a, b):
                return f"({of(a)} {op} {of(b)})"
            case Binary() | Unary():
                return f"number({self.truth(expr, left)})"
            case Call("if_then_else", (condition, yes, no)):
                return f"({self.truth(condition, left)} ? {of(yes)} : {of(no)})"
            case Call(function, args):
                plain = args[2:] if function == "step" else args
                return CALLS[function].format(*map(of, plain))
            case Lookup(table, argument):
                return self.lookup(table, of(argument))
            case Read(id, indices):
                return f"{self.names[id]}[{self.flat(indices, shape(self.model, self.model.variables[id]))}]"
            case Reduce(function, axes, body):
                start, fold = REDUCTIONS[function]
                loops = " ".join(self.loop(axis) for axis in axes)
                return f"({{ V r = {start}; {loops} r = {fold.format('r', of(body))}; r; }})"
            case Position(axis, numbers):
                return f"S({self.array(numbers)}[i{axis.depth}])"
        raise NotImplementedError(type(expr).__name__)

    def truth(self, expr: Expr, left: tuple[Axis, ...]) -> str:
        """A mask."""
        match expr:
            case Binary("=" | "<>" | "<" | "<=" | ">" | ">=" as op, a, b):
                return f"({self.value(a, left)} {({'=': '==', '<>': '!='}).get(op, op)} {self.value(b, left)})"
            case Binary("and" | "or" as op, a, b):
                return f"({self.truth(a, left)} {'&' if op == 'and' else '|'} {self.truth(b, left)})"
            case Unary("not", operand):
                return f"(~{self.truth(operand, left)})"
        return f"({self.value(expr, left)} != S(0))"

    def loop(self, axis: Axis) -> str:
        return f"for (int i{axis.depth} = 0; i{axis.depth} < {axis.size}; i{axis.depth}++)"

    def flat(self, indices: tuple[Index, ...], sizes: tuple[int, ...]) -> str:
        terms, stride = ["0"], 1
        for index, size in reversed(list(zip(indices, sizes, strict=True))):
            match index:
                case At(position):
                    terms.append(str(position * stride))
                case Along(axis, None):
                    terms.append(f"i{axis.depth} * {stride}")
                case Along(axis, positions):
                    terms.append(f"{self.array(positions or (), 'int')}[i{axis.depth}] * {stride}")
            stride *= size
        return " + ".join(terms)

    def lookup(self, table: "Table | Name | Read", x: str) -> str:
        row = "0"
        if isinstance(table, Table):
            xs, ys = np.array(table.x), np.array(table.y)[None]
        else:
            assert isinstance(table, Read)
            first = self.model.variables[table.id].equations[0].expression
            assert isinstance(first, Table)
            xs, ys = (np.array(first.x), np.array(first.y)) if not table.indices else by_element(self.model, table.id)
            row = self.flat(table.indices, ys.shape[:-1])
            ys = ys.reshape(-1, len(xs))
        n, slopes = len(xs) - 1, np.diff(ys) / np.diff(xs)
        y = f"{self.array(ys[:, :-1].ravel().tolist())} + ({row}) * {n}"
        s = f"{self.array(slopes.ravel().tolist())} + ({row}) * {n}"
        step = float(xs[-1] - xs[0]) / n
        if n > 3 and np.allclose(np.diff(xs), step, rtol=1e-12, atol=0):
            return f"even({y}, {s}, {n}, {float(xs[0])!r}, {step!r}, {x})"
        return f"uneven({self.array(xs.tolist())}, {y}, {s}, {n}, {x})"

    def equations(self, ids: Iterable[str], equations: Any, target: Callable[[str], str]) -> Iterator[str]:
        """Statements that fill variables one after the other."""
        for id in ids:
            for equation in equations[id]:
                yield from self.equation(id, equation, target(id))

    def equation(self, id: str, equation: Equation, target: str) -> Iterator[str]:
        loops = " ".join(self.loop(axis) for axis in equation.axes)
        value = self.value(equation.expression, equation.axes)
        variable = self.model.variables[id]
        if equation.mask is None:
            yield f"{loops} {target}[{self.flat(equation.target, shape(self.model, variable))}] = {value};"
        else:
            places = self.array([int(place) for place in flat_positions(self.model, variable, equation)], "int")
            at = self.flat(tuple(Along(axis) for axis in equation.axes), tuple(axis.size for axis in equation.axes))
            yield f"{loops} {{ int at = {places}[{at}]; if (at >= 0) {target}[at] = {value}; }}"


def source(system: System, recorded: tuple[str, ...]) -> str:
    """The whole file: `run(blocks, p, out, t0, dt, steps, every)` by Euler."""
    program, layout = system.lanes.args  # type: ignore[union-attr]
    program = lift(by_reciprocals(program))
    text = Text(program)
    size, names = text.size, text.names

    def filled(ids: Iterable[str], equations: Any, prefix: str = "") -> list[str]:
        return [*text.equations(ids, equations, lambda id: prefix + names[id])]

    def each(id: str, statement: str) -> str:
        return f"for (int i = 0; i < {size(id)}; i++) {statement}"

    changing = needed((*program.dynamic, *program.stocks), program.running, {*program.stocks})
    kept = [id for id in layout.recorded if layout.identifiers[id] in recorded]
    firsts = np.cumsum([0, *(size(id) for id in kept)])
    outputs = filled(needed(program.dynamic, program.running, {*kept}), program.running)
    outputs += [each(id, f"O[{first} + i] = {names[id]}[i];") for id, first in zip(kept, firsts, strict=False)]
    begin = [each(id, f"{names[id]}[i] = P[{rows.start} + i];") for id, rows in layout.parameter_rows.items()]
    begin += filled(program.start, program.starting) + filled(program.static, program.running)
    step = filled((id for id in changing if id not in program.stocks), program.running)
    step += filled(program.stocks, program.running, "d")
    step += [each(id, f"{names[id]}[i] += d{names[id]}[i] * dt;") for id in program.stocks]
    lines = [
        *(text_.replace("NAME", name) for text_, name in text.constants.items()),
        *(f"static V {names[id]}[{size(id)}];" for id in program.model.variables if id not in program.lookups),
        *(f"static V d{names[id]}[{size(id)}];" for id in program.stocks),
        'extern "C" void run(long blocks, const V *p, V *out, double t0, double step, long steps, long every) {',
        "V dt = S(step); long saves = steps / every + 1;",
        f"for (long b = 0; b < blocks; b++) {{ const V *P = p + b * {len(system.defaults)}; V t = S(t0);",
        *begin,
        f"for (long k = 0; ; k++) {{ if (k % every == 0) {{ V *O = out + (b * saves + k / every) * {firsts[-1]};",
        *outputs,
        "} if (k == steps) break;",
        *step,
        "t += dt; } } }",
    ]
    return HEAD + "\n".join(lines) + "\n"


def compiled(system: System, recorded: tuple[str, ...]) -> Callable[[np.ndarray, float, float, int, int], np.ndarray]:
    """(p, t0, dt, steps, every) -> what is recorded, (blocks, saves, rows, lanes)."""
    folder = Path(tempfile.mkdtemp(prefix="sdrun-benchmark-"))
    (folder / "model.cpp").write_text(source(system, recorded), encoding="ascii")
    subprocess.run(["gcc", "-x", "c++", *FLAGS, str(folder / "model.cpp"), "-o", str(folder / "model.so"), "-lm"], check=True)
    run = ctypes.CDLL(str(folder / "model.so")).run
    run.argtypes = [
        ctypes.c_long,
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_double,
        ctypes.c_double,
        ctypes.c_long,
        ctypes.c_long,
    ]
    rows = sum(slot.size for slot in system.recorded if slot.name in recorded)

    def call(p: np.ndarray, t0: float, dt: float, steps: int, every: int) -> np.ndarray:
        blocks = p.shape[1] // WIDTH
        packed = _aligned((blocks, p.shape[0], WIDTH))
        packed[...] = p.reshape(p.shape[0], blocks, WIDTH).transpose(1, 0, 2)
        out = _aligned((blocks, steps // every + 1, rows, WIDTH))
        run(blocks, packed.ctypes.data, out.ctypes.data, t0, dt, steps, every)
        return out

    return call


def _aligned(shape_: tuple[int, ...]) -> np.ndarray:
    raw = np.zeros(int(np.prod(shape_)) + 8)
    first = (-raw.ctypes.data % 64) // 8
    return raw[first : first + int(np.prod(shape_))].reshape(shape_)
