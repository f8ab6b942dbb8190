"""`Model` → `Program`: what every variable is, and in which order they are evaluated at the start and during the run."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from sdrun.compile.expand import is_call, is_stock
from sdrun.compile.problems import problem
from sdrun.errors import ModelError, Problem
from sdrun.model import Array, Call, Equation, Expr, Model, Number, Table, Variable, children, names, rewrite

Equations = Mapping[str, tuple[Equation, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The model sorted out; every tuple of ids is in the order of evaluation or, where that does not matter, of the file."""

    model: Model
    parameters: tuple[str, ...]
    lookups: tuple[str, ...]
    stocks: tuple[str, ...]
    held: tuple[str, ...]
    """INITIAL values."""
    remembered: tuple[str, ...]
    """What holds through a TIME STEP and is new in the next."""
    pipelines: Mapping[str, str]
    """What comes back some steps later, and the held value that says how many."""
    consignments: Mapping[str, tuple[str, ...]]
    """What comes back after a number of steps that changes: the held value that says how many at first, what is remembered of
    how many there are and of what is given where nothing arrives; of messages, which are held then, how many alone."""
    static: tuple[str, ...]
    """What follows from parameters and held values alone."""
    dynamic: tuple[str, ...]
    """What changes during the run, stocks left out."""
    start: tuple[str, ...]
    """What the initial values of stocks and held values need, themselves included."""
    running: Equations
    """Equations during the run; of a stock, its net flow."""
    starting: Equations
    """Equations at the start; of a stock, its initial value."""
    remembering: Equations
    """Of what is remembered the next value, of a pipeline its input."""

    @property
    def stepwise(self) -> tuple[str, ...]:
        """What is kept from one TIME STEP to the next."""
        return (*self.remembered, *self.pipelines, *self.consignments)

    @property
    def given(self) -> tuple[str, ...]:
        """What changes during the run and has a value without being evaluated."""
        return (*self.stocks, *self.stepwise)


def sort_out(model: Model) -> Program:
    """Roles and the two orders.

    Raises ModelError that spells out every variable of a cycle.
    """
    equations = {id: variable.equations for id, variable in model.variables.items()}
    parameters = tuple(id for id, variable in model.variables.items() if _is(variable, Number, Array))
    lookups = tuple(id for id, variable in model.variables.items() if _is(variable, Table))
    stocks = tuple(id for id, variable in model.variables.items() if is_stock(variable))
    held = tuple(id for id, variable in model.variables.items() if is_call(variable, "initial"))
    remembered = tuple(id for id, variable in model.variables.items() if is_call(variable, "remember"))
    pipelines = {id: _steps(variable)[0] for id, variable in model.variables.items() if is_call(variable, "pipeline")}
    consignments = {
        id: _steps(variable) for id, variable in model.variables.items() if is_call(variable, "material", "message")
    }
    sources, stepwise = {*parameters, *lookups}, (*remembered, *pipelines, *consignments)
    still = sources.union(held, stepwise)
    running = {id: _map(equation, _running) for id, equation in equations.items() if id not in still}
    starting = {id: _map(equation, _starting) for id, equation in equations.items() if id not in sources}
    order, start = _orders(model, running, starting, stocks)
    dynamic = _dynamic(order, running, (*stocks, *stepwise))
    return Program(
        model=model,
        parameters=parameters,
        lookups=lookups,
        stocks=stocks,
        held=held,
        remembered=remembered,
        pipelines=pipelines,
        consignments=consignments,
        static=tuple(id for id in order if id not in dynamic),
        dynamic=tuple(id for id in order if id in dynamic),
        start=needed(start, starting, {*stocks, *held, *stepwise}),
        running=running,
        starting=starting,
        remembering={id: _map(_map(equations[id], _running), _remembering) for id in stepwise},
    )


def needed(order: tuple[str, ...], equations: Equations, wanted: set[str]) -> tuple[str, ...]:
    """Those of `order` that `wanted` rest on, and `wanted` themselves where they are in it."""
    keep = set(wanted)
    for id in reversed(order):
        if id in keep:
            keep |= inputs(equations[id])
    return tuple(id for id in order if id in keep)


def inputs(equations: tuple[Equation, ...]) -> frozenset[str]:
    """Ids that equations name."""
    return frozenset().union(*(names(equation.expression) for equation in equations))


def _is(variable: Variable, *nodes: type[Expr]) -> bool:
    return all(isinstance(equation.expression, nodes) for equation in variable.equations)


def _steps(variable: Variable) -> tuple[str, ...]:
    """What says how many steps something takes, by the arguments behind the input and the initial value."""
    arguments = zip(*(children(equation.expression)[2:] for equation in variable.equations), strict=True)
    return tuple(next(name for expr in argument for name in names(expr)) for argument in arguments)


def _map(equations: tuple[Equation, ...], rule: Callable[[Expr], Expr]) -> tuple[Equation, ...]:
    return tuple(replace(equation, expression=rewrite(equation.expression, rule)) for equation in equations)


def while_running(equation: Equation) -> Equation:
    """The equation as it holds during the run."""
    return replace(equation, expression=rewrite(equation.expression, _running))


def at_the_start(equation: Equation) -> Equation:
    """The equation as it holds at the start: of what has an initial value, that."""
    return replace(equation, expression=rewrite(equation.expression, _starting))


def _running(expr: Expr) -> Expr:
    match expr:
        case Call("active_initial", (active, _)):
            return active
        case Call("integ" | "integ_non_negative", (flow, _)):
            return flow
    return expr


def _starting(expr: Expr) -> Expr:
    match expr:
        case (
            Call("active_initial", (_, initial))
            | Call("integ" | "integ_non_negative" | "remember", (_, initial))
            | Call("pipeline" | "material" | "message", (_, initial, *_))
            | Call("initial", (initial,))
        ):
            return initial
    return expr


def _remembering(expr: Expr) -> Expr:
    match expr:
        case Call("remember" | "pipeline" | "material" | "message", (new, *_)):
            return new
    return expr


def _orders(
    model: Model, running: Equations, starting: Equations, stocks: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The order of evaluation during the run, and that at the start."""
    found: list[tuple[str, ...]] = []
    problems: list[Problem] = []
    for equations, given, circle in (
        (running, {*stocks}, "variables depend on each other in a circle with no stock in it"),
        (starting, set[str](), "initial values depend on each other in a circle"),
    ):
        try:
            found.append(_order(model, equations, given, circle))
        except ModelError as error:
            problems += [problem for problem in error.problems if not _same_circle(problem, problems)]
    if problems:
        raise ModelError(*problems)
    return found[0], found[1]


def _same_circle(problem: Problem, others: list[Problem]) -> bool:
    """A circle during the run is one at the start too: it is told once."""
    return any(problem.what.partition(": ")[2] == other.what.partition(": ")[2] for other in others)


def _order(model: Model, equations: Equations, given: set[str], circle: str) -> tuple[str, ...]:
    """The variables with equations, each after those it names; `given` have a value without being evaluated."""
    own = equations.keys() - given
    graph = {id: sorted(inputs(equations[id]) & own) for id in equations if id in own}
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError:
        raise ModelError(*_circles(model, graph, circle)) from None


def _circles(model: Model, graph: Mapping[str, list[str]], circle: str) -> Iterator[Problem]:
    """A problem for each set of variables that depend on each other: one circle spelled out, and who else is in others."""
    import networkx as nx

    feeds = nx.DiGraph([(source, id) for id, sources in graph.items() for source in sources])
    order = {id: place for place, id in enumerate(model.variables)}
    for part in sorted(
        (part for part in nx.strongly_connected_components(feeds)), key=lambda part: min(map(order.__getitem__, part))
    ):
        core = feeds.subgraph(part)
        if not core.number_of_edges():
            continue
        first = min(part, key=order.__getitem__)
        ring = [source for source, _ in nx.find_cycle(core, first)]
        others = sorted(part - {*ring}, key=order.__getitem__)
        spelled = " -> ".join(_quoted(model, id) for id in (*ring, ring[0]))
        more = f"; circles with these too: {', '.join(_quoted(model, id) for id in others)}" if others else ""
        help = "put a stock or a delay into the circle, or use ACTIVE INITIAL"
        yield problem(model, model.variables[ring[0]], f"{circle}: {spelled}{more}", help)


def _quoted(model: Model, id: str) -> str:
    return f"'{model.variables[id].label}'"


def _dynamic(order: tuple[str, ...], running: Equations, given: tuple[str, ...]) -> set[str]:
    """Those of `order` that depend on the time or on what is given anew in every step."""
    changing = {"time", *given}
    for id in order:
        if inputs(running[id]) & changing:
            changing.add(id)
    return changing - {"time", *given}
