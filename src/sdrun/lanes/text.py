"""LLVM IR as text: a module, its functions, their loops.

Every number of a model stands for W samples at once and is a vector `<W x double>`, a lane per sample; a condition is
`<W x i1>`.  `Lane` behaves as a NumPy array does: operators, ufuncs and `np.where` write instructions, so that the functions of
`sdrun.functions` serve both engines as they stand.  (Where a `Lane` comes back the annotation is Any: NumPy's stubs know arrays
only.)

No instruction carries a fast-math flag but `contract` (a * b + c in one rounding): the others allow LLVM to drop NaN, infinity
and the roundings that exp and log rest on.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

NUMBER, TRUTH, BITS = "double", "i1", "i64"
"""What a lane holds."""

Pointer: TypeAlias = str
"""A register that holds an address."""
Index: TypeAlias = "int | str"
"""An i64: known now, or a register."""


class Module:
    """Text of functions and constants, and what they need from elsewhere."""

    def __init__(self, width: int) -> None:
        self.width = width
        """Lanes of a vector."""
        self.functions: list[str] = []
        self.constants: dict[str, str] = {}
        """Text of constant arrays -> name."""
        self.declarations: set[str] = set()
        """Of LLVM's intrinsics."""
        self.calls: set[str] = set()
        """Elementary functions, by NumPy's names: `exp`, `log`, `power`, `sin`."""

    def doubles(self, values: Iterable[float]) -> Pointer:
        """A constant array of numbers, one for all lanes."""
        return self._constant("double", [literal(value) for value in values])

    def integers(self, values: Sequence[int]) -> Pointer:
        """A constant array of i64."""
        return self._constant("i64", [str(int(value)) for value in values])

    def _constant(self, type_: str, values: Sequence[str]) -> Pointer:
        text = f"[{len(values)} x {type_}] [{', '.join(f'{type_} {value}' for value in values)}]"
        return "@" + self.constants.setdefault(text, f"constant.{len(self.constants)}")

    def intrinsic(self, name: str, result: str, arguments: Sequence[str]) -> str:
        """The name of one of LLVM's own functions, declared: `floor` of vectors is `@llvm.floor.v8f64`."""
        self.declarations.add(f"declare {result} @{name}({', '.join(arguments)})")
        return f"@{name}"


def linked(*modules: Module) -> str:
    """The text of modules as one; constants are told apart by the number of their module."""
    texts, declarations = [], set[str]()
    for number, module in enumerate(modules):
        declarations |= module.declarations
        constants = [f"@{name} = private unnamed_addr constant {text}" for text, name in module.constants.items()]
        texts.append("\n".join([*constants, *module.functions]).replace("@constant.", f"@constant.{number}."))
    return "\n\n".join(["\n".join(sorted(declarations)), *texts]) + "\n"


def literal(value: float) -> str:
    """A double to the last bit."""
    return f"0x{struct.unpack('>Q', struct.pack('>d', float(value)))[0]:016X}"


class Function:
    """Writes one function, instruction after instruction."""

    def __init__(self, module: Module, *, contract: bool = True) -> None:
        self.module, self.width = module, module.width
        self.lines: list[str] = []
        self.locals: list[str] = []
        self.label = "entry"
        """Of the block that is being written."""
        self.flags = "contract " if contract else ""
        self._count = 0

    # ── plumbing ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

    def type(self, kind: str = NUMBER) -> str:
        """The vector of `kind`."""
        return f"<{self.width} x {kind}>"

    def new(self, text: str) -> str:
        """A register that holds what the instruction gives."""
        self._count += 1
        self.lines.append(f"  %v{self._count} = {text}")
        return f"%v{self._count}"

    def do(self, text: str) -> None:
        """An instruction that gives nothing."""
        self.lines.append(f"  {text}")

    def lane(self, text: str, kind: str = NUMBER) -> Any:
        """The same as `new`, for a vector."""
        return Lane(self, self.new(text), kind)

    def argument(self, name: str, kind: str = NUMBER) -> Any:
        """A vector that the function is called with."""
        return Lane(self, f"%{name}", kind)

    def number(self, value: float) -> Any:
        """A number that is the same in all lanes."""
        return Lane(self, f"splat (double {literal(value)})", NUMBER)

    def bits(self, value: int) -> Any:
        """An integer that is the same in all lanes."""
        return Lane(self, f"splat (i64 {value})", BITS)

    def local(self, type_: str | None = None, count: int = 1) -> Pointer:
        """Room for `count` values; LLVM turns single ones into registers."""
        self._count += 1
        self.locals.append(f"  %v{self._count} = alloca {type_ or self.type()}, i64 {count}, align 64")
        return f"%v{self._count}"

    def finish(self, name: str, arguments: Mapping[str, str], result: str = "void", attributes: str = "internal") -> None:
        """Add the function to its module; a `void` one returns by itself."""
        given = ", ".join(f"{type_}{' noalias' * (type_ == 'ptr')} %{argument}" for argument, type_ in arguments.items())
        end = ["  ret void"] if result == "void" else []
        inline = " noinline" * ("noinline" in attributes)
        head = f"define {attributes.removeprefix('noinline ')} {result} @{name}({given}) nounwind{inline} {{"
        self.module.functions.append("\n".join([head, "entry:", *self.locals, *self.lines, *end, "}"]))

    # ── memory: vectors lie one after the other ──────────────────────────────────────────────────────────────────────────────

    def address(self, base: Pointer, index: Index, type_: str | None = None) -> Pointer:
        """Where the vector number `index` lies."""
        return base if index == 0 else self.new(f"getelementptr {type_ or self.type()}, ptr {base}, i64 {index}")

    def load(self, base: Pointer, index: Index = 0, kind: str = NUMBER) -> Any:
        """A vector from memory."""
        return self.lane(f"load {self.type(kind)}, ptr {self.address(base, index, self.type(kind))}, align 8", kind)

    def store(self, value: "Lane | float", base: Pointer, index: Index = 0) -> None:
        """A vector to memory."""
        lane = self.as_lane(value)
        where = self.address(base, index, self.type(lane.kind))
        self.do(f"store {self.type(lane.kind)} {lane.register}, ptr {where}, align 8")

    def load_one(self, base: Pointer, index: Index = 0, type_: str = "i64") -> str:
        """One number, the same for all lanes: an integer, or a double."""
        return self.new(f"load {type_}, ptr {self.address(base, index, type_)}, align 8")

    def splat(self, register: str, kind: str = NUMBER) -> Any:
        """One number in all lanes."""
        first = self.new(f"insertelement {self.type(kind)} poison, {kind} {register}, i64 0")
        return self.lane(
            f"shufflevector {self.type(kind)} {first}, {self.type(kind)} poison, <{self.width} x i32> zeroinitializer", kind
        )

    def gather(self, base: Pointer, index: "Lane", stride: int = 1, lane_offset: bool = False) -> Any:
        """From an array of doubles, for each lane the one at its own index, which must be known to lie inside.

        With `lane_offset` the array is one of vectors, and each lane reads its own column.
        """
        found = Lane(self, "poison", NUMBER)
        for lane in range(self.width):
            at = self.new(f"extractelement {self.type(BITS)} {index.register}, i64 {lane}")
            if lane_offset:
                at = self.new(f"add i64 {self.new(f'mul i64 {at}, {self.width}')}, {lane}")
            value = self.load_one(base, at, "double")
            found = self.lane(f"insertelement {self.type()} {found.register}, double {value}, i64 {lane}")
        return found

    # ── integers and control ─────────────────────────────────────────────────────────────────────────────────────────────────

    def integer(self, operation: str, a: Index, b: Index) -> str:
        """`add`, `sub`, `mul`, `udiv`, `icmp ult` ... of two i64."""
        return self.new(f"{operation} i64 {a}, {b}")

    def block(self, name: str = "block") -> str:
        """The label of a block that is yet to be written."""
        self._count += 1
        return f"{name}.{self._count}"

    def begin(self, label: str) -> None:
        """What follows is the block `label`."""
        self.lines.append(f"{label}:")
        self.label = label

    def go(self, label: str) -> None:
        """On to another block."""
        self.do(f"br label %{label}")

    def branch(self, condition: str, then: str, otherwise: str) -> None:
        """To one of two blocks, by an i1."""
        self.do(f"br i1 {condition}, label %{then}, label %{otherwise}")

    @contextmanager
    def loop(self, count: Index) -> Iterator[str]:
        """The body runs for 0, 1, ... count - 1; gives the register of the index."""
        head, body, latch, after = (self.block(name) for name in ("loop", "body", "latch", "after"))
        before, index, following = self.label, f"%{self.block('index')}", f"%{self.block('next')}"
        self.go(head)
        self.begin(head)
        self.do(f"{index} = phi i64 [ 0, %{before} ], [ {following}, %{latch} ]")
        self.branch(self.integer("icmp ult", index, count), body, after)
        self.begin(body)
        yield index
        self.go(latch)
        self.begin(latch)
        self.do(f"{following} = add i64 {index}, 1")
        self.go(head)
        self.begin(after)

    @contextmanager
    def repeat(self) -> Iterator[str]:
        """The body runs until `leave_if` leads out; gives the label to leave for."""
        head, after = self.block("repeat"), self.block("after")
        self.go(head)
        self.begin(head)
        yield after
        self.go(head)
        self.begin(after)

    def leave_if(self, condition: str, after: str) -> None:
        """Out of a loop, by an i1."""
        stay = self.block("stay")
        self.branch(condition, after, stay)
        self.begin(stay)

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        """The body runs where an i1 holds."""
        then, after = self.block("then"), self.block("after")
        self.branch(condition, then, after)
        self.begin(then)
        yield
        self.go(after)
        self.begin(after)

    def any(self, truth: "Lane") -> str:
        """Whether a condition holds in any lane: an i1."""
        whole = self.new(f"bitcast {self.type(TRUTH)} {truth.register} to i{self.width}")
        return self.new(f"icmp ne i{self.width} {whole}, 0")

    # ── lanes ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    def as_lane(self, value: Any) -> Any:
        """A vector as it is; a number in all lanes."""
        return value if isinstance(value, Lane) else self.number(float(value))

    def as_number(self, value: Any) -> Any:
        """A condition as 1 or 0."""
        lane = self.as_lane(value)
        if lane.kind == TRUTH:
            return self.lane(f"uitofp {self.type(TRUTH)} {lane.register} to {self.type()}")
        return lane

    def as_truth(self, value: Any) -> Any:
        """A number as whether it is not zero."""
        lane = self.as_lane(value)
        return lane if lane.kind == TRUTH else self.compare("une", lane, self.number(0.0))

    def compare(self, order: str, a: Any, b: Any) -> Any:
        """`fcmp`: oeq, une, olt, ole, ogt, oge, uno."""
        a, b = self.as_number(a), self.as_number(b)
        return self.lane(f"fcmp {order} {self.type()} {a.register}, {b.register}", TRUTH)

    def select(self, truth: Any, a: Any, b: Any) -> Any:
        """`a` where `truth` holds, else `b`."""
        truth, a, b = self.as_truth(truth), self.as_lane(a), self.as_lane(b)
        if a.kind != b.kind:
            a, b = self.as_number(a), self.as_number(b)
        type_ = self.type(a.kind)
        return self.lane(f"select {self.type(TRUTH)} {truth.register}, {type_} {a.register}, {type_} {b.register}", a.kind)

    def arithmetic(self, operation: str, *operands: Any) -> Any:
        """`fadd`, `fsub`, `fmul`, `fdiv`, `frem`, `fneg`."""
        registers = ", ".join(self.as_number(operand).register for operand in operands)
        return self.lane(f"{operation} {self.flags}{self.type()} {registers}")

    def intrinsic(self, name: str, *operands: Any) -> Any:
        """LLVM's own `fabs`, `floor`, `ceil`, `trunc`, `rint`, `sqrt`, `fma` ..., exact or correctly rounded."""
        lanes = [self.as_number(operand) for operand in operands]
        function = self.module.intrinsic(f"llvm.{name}.v{self.width}f64", self.type(), [self.type()] * len(lanes))
        return self.lane(f"call {self.type()} {function}({', '.join(f'{self.type()} {lane.register}' for lane in lanes)})")

    def call(self, name: str, *operands: Any) -> Any:
        """An elementary function (`sdrun.lanes.elementary`), by NumPy's name."""
        self.module.calls.add(name)
        given = ", ".join(f"{self.type()} {self.as_number(operand).register}" for operand in operands)
        return self.lane(f"call {self.type()} @{name}.lanes({given})")

    def bitwise(self, operation: str, a: "Lane", b: int) -> Any:
        """`add`, `shl`, `lshr`, `and`, `or` of 64-bit integers."""
        return self.lane(f"{operation} {self.type(BITS)} {a.register}, {self.bits(b).register}", BITS)

    def bitcast(self, lane: "Lane", kind: str) -> Any:
        """The same 64 bits, as integers (`BITS`) or as numbers."""
        return self.lane(f"bitcast {self.type(lane.kind)} {lane.register} to {self.type(kind)}", kind)

    def logic(self, operation: str, a: Any, b: Any) -> Any:
        """`and`, `or`, `xor` of conditions."""
        a, b = self.as_truth(a), self.as_truth(b)
        return self.lane(f"{operation} {self.type(TRUTH)} {a.register}, {b.register}", TRUTH)


class Lane(NDArrayOperatorsMixin):
    """A vector that an instruction has given; what is done with it writes further instructions."""

    __slots__ = ("function", "kind", "register")

    def __init__(self, function: Function, register: str, kind: str) -> None:
        self.function, self.register, self.kind = function, register, kind

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> "Lane":
        if method != "__call__" or options or ufunc not in UFUNCS:
            raise NotImplementedError(f"np.{ufunc.__name__} of lanes; give it a row in UFUNCS")
        return UFUNCS[ufunc](self.function, *inputs)

    def __array_function__(self, function: Any, types: Any, args: Sequence[Any], kwargs: Any) -> "Lane":
        if function is not np.where or kwargs:
            raise NotImplementedError(f"np.{function.__name__} of lanes")
        return self.function.select(*args)

    def __bool__(self) -> bool:
        raise TypeError("a condition on lanes has no one truth: use np.where")


def _arithmetic(operation: str) -> Callable[..., Lane]:
    return lambda f, *operands: f.arithmetic(operation, *operands)


def _compare(order: str) -> Callable[..., Lane]:
    return lambda f, a, b: f.compare(order, a, b)


def _logic(operation: str) -> Callable[..., Lane]:
    return lambda f, a, b: f.logic(operation, a, b)


def _intrinsic(name: str) -> Callable[..., Lane]:
    return lambda f, *operands: f.intrinsic(name, *operands)


def _call(name: str) -> Callable[..., Lane]:
    return lambda f, *operands: f.call(name, *operands)


def _larger(order: str) -> Callable[..., Lane]:
    """Maximum and minimum as NumPy has them: NaN where one is NaN."""

    def write(f: Function, a: Any, b: Any) -> Lane:
        return f.select(f.logic("or", f.compare(order, a, b), f.compare("uno", a, a)), f.as_number(a), f.as_number(b))

    return write


def _mod(f: Function, a: Any, b: Any) -> Lane:
    """What is left with the sign of `b`: NumPy's and Python's `%`."""
    left = f.arithmetic("frem", a, b)
    other = f.logic("xor", f.compare("olt", left, 0.0), f.compare("olt", b, 0.0))
    return f.select(f.logic("and", f.compare("une", left, 0.0), other), f.arithmetic("fadd", left, b), left)


UFUNCS: dict[Any, Callable[..., Lane]] = {
    np.add: _arithmetic("fadd"),
    np.subtract: _arithmetic("fsub"),
    np.multiply: _arithmetic("fmul"),
    np.divide: _arithmetic("fdiv"),
    np.negative: _arithmetic("fneg"),
    np.fmod: _arithmetic("frem"),
    np.remainder: _mod,
    np.absolute: _intrinsic("fabs"),
    np.floor: _intrinsic("floor"),
    np.ceil: _intrinsic("ceil"),
    np.trunc: _intrinsic("trunc"),
    np.rint: _intrinsic("rint"),
    np.sqrt: _intrinsic("sqrt"),
    np.maximum: _larger("oge"),
    np.minimum: _larger("ole"),
    np.equal: _compare("oeq"),
    np.not_equal: _compare("une"),
    np.less: _compare("olt"),
    np.less_equal: _compare("ole"),
    np.greater: _compare("ogt"),
    np.greater_equal: _compare("oge"),
    np.isnan: lambda f, a: f.compare("uno", a, a),
    np.isfinite: lambda f, a: f.compare("olt", f.intrinsic("fabs", a), np.inf),
    np.bitwise_and: _logic("and"),
    np.bitwise_or: _logic("or"),
    np.logical_and: _logic("and"),
    np.logical_or: _logic("or"),
    np.logical_not: lambda f, a: f.logic("xor", a, 1.0),
    **{
        getattr(np, name): _call(name)
        for name in ("exp", "log", "power", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh")
    },
}
"""NumPy's functions -> how they are written."""
