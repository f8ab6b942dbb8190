"""`Program` → `Program` in which what is divided by a constant is multiplied by its reciprocal, computed once.

A division takes as long as a dozen multiplications; the result may differ in its last bit.  For lanes only: NumPy's text stays
as the model has it.
"""

from dataclasses import replace

from sdrun.compile.axes import free_axes
from sdrun.compile.program import Program
from sdrun.model import Along, Binary, Equation, Expr, Number, Read, Variable, rewrite


def by_reciprocals(program: Program) -> Program:
    """Give every constant that a changing equation divides by a hidden constant beside it."""
    hidden: dict[Expr, Variable] = {}
    static = {*program.parameters, *program.held, *program.static}

    def rule(expr: Expr) -> Expr:
        match expr:
            case Binary("/", dividend, Read(id, _) as divisor) if id in static:
                return Binary("*", dividend, _reciprocal(divisor, hidden))
        return expr

    running = dict(program.running)
    for id in (*program.dynamic, *program.stocks):
        running[id] = tuple(replace(eq, expression=rewrite(eq.expression, rule)) for eq in program.running[id])
    added = {variable.id: variable for variable in hidden.values()}
    running |= {id: variable.equations for id, variable in added.items()}
    model = replace(program.model, variables={**program.model.variables, **added})
    return replace(program, model=model, running=running, static=(*program.static, *added))


def _reciprocal(divisor: Read, hidden: dict[Expr, Variable]) -> Read:
    axes = free_axes(divisor)
    target = tuple(Along(axis) for axis in axes)
    if divisor not in hidden:
        ranges = tuple(axis.range for axis in axes)
        equation = Equation(expression=Binary("/", Number(1.0), divisor), axes=axes, target=target, subscripts=ranges)
        name = f"_{divisor.id}:reciprocal {len(hidden) + 1}"  # no id of the model has a colon
        hidden[divisor] = Variable(id=name, label=f"reciprocal of {divisor.id}", equations=(equation,), dims=ranges)
    return Read(hidden[divisor].id, target)
