"""Expressions as the modeller would write them: the `equation` attribute of a result."""

from collections.abc import Mapping

from sdrun.model import (
    Array,
    Binary,
    Call,
    Equation,
    Expr,
    Lookup,
    Model,
    Name,
    Number,
    Subscript,
    Table,
    Unary,
    Variable,
    row,
    rows,
)

BINDS = {"or": 1, "and": 2, "=": 3, "<>": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "+": 4, "-": 4, "*": 5, "/": 5, "^": 7}
WORDS = {"and": ":AND:", "or": ":OR:"}


def equation_text(model: Model, variable: Variable) -> str:
    """All equations of a variable; several are told apart by their left sides."""
    texts = [(eq, eq.text or expression_text(eq.expression, model.variables)) for eq in variable.equations]
    if len(texts) == 1:
        return texts[0][1]
    return "; ".join(f"{_left(equation)} = {text}" for equation, text in texts)


def equation_lines(model: Model, variable: Variable) -> tuple[str, ...]:
    """Every equation of a variable with its left side: `x[state] = ...`; a table as `curve((0, 0), (1, 2))`."""
    lines = []
    for equation in variable.equations:
        left = variable.label + (_left(equation) if equation.subscripts else "")
        right = expression_text(equation.expression, model.variables)
        lines.append(f"{left}({right})" if isinstance(equation.expression, Table) else f"{left} = {right}")
    return tuple(lines)


def _left(equation: Equation) -> str:
    excepts = "".join(f" :EXCEPT: [{', '.join(ids)}]" for ids in equation.excepts)
    return f"[{', '.join(equation.subscripts)}]{excepts}"


def expression_text(expr: Expr, variables: Mapping[str, Variable], binds: int = 0) -> str:
    """One expression, before `resolve`; `variables` know their labels."""

    def text(inner: Expr, binds: int = 0) -> str:
        return expression_text(inner, variables, binds)

    match expr:
        case Number(value):
            return f"({value:.12g})" if value < 0 and binds > 6 else f"{value:.12g}"
        case Array(values):
            return ", ".join(f"{value:.12g}" for value in values)
        case Name(id, subscripts):
            label = variables[id].label if id in variables else "Time" if id == "time" else id
            return label + _subscripts(subscripts)
        case Unary(op, operand):
            signed = f"{'-' if op == '-' else ':NOT: '}{text(operand, 6)}"
            return f"({signed})" if binds > 6 else signed
        case Binary(op, left, right):
            own = BINDS[op]
            # Equal operators group to the left, powers to the right.
            before, after = (own + 1, own) if op == "^" else (own, own + 1)
            joined = f"{text(left, before)} {WORDS.get(op, op)} {text(right, after)}"
            return f"({joined})" if own < binds else joined
        case Call(function, args):
            return f"{function.upper().replace('_', ' ').strip()}({', '.join(text(arg) for arg in args)})"
        case Table():
            return "; ".join(_points(row(expr, number)) for number in range(rows(expr)))
        case Lookup(table, argument):
            if isinstance(table, Table):
                return f"WITH LOOKUP({text(argument)}, ({text(table)}))"
            return f"{text(table)}({text(argument)})"
    return ""


def _points(table: Table) -> str:
    return ", ".join(f"({x:.12g}, {y:.12g})" for x, y in zip(table.x, table.y, strict=True))


def _subscripts(subscripts: tuple[Subscript, ...]) -> str:
    if not subscripts:
        return ""
    return f"[{', '.join(subscript.id + '!' * subscript.bang for subscript in subscripts)}]"
