"""What an XMILE file says."""

from collections.abc import Callable
from pathlib import Path
from string import ascii_lowercase

import pytest

from sdrun.errors import SHOWN_AT_MOST, ModelError, Problem
from sdrun.model import Array, Between, Binary, Call, Expr, Lookup, Macro, Name, Number, Parameter, Subscript, Table, Unary
from sdrun.model import Model as Model_
from sdrun.parse import read_model

Read = Callable[..., Model_]
MARKET = Path(__file__).parent / "models" / "market.xmile"
REGION = (Subscript("region"),)
DIMENSIONS = """<dimensions><dim name="d" size="3"/>
<dim name="place"><elem name="home"/><elem name="away"/></dim></dimensions>"""


def equation(model: Model_, id: str) -> Expr:
    return model.variables[id].equations[0].expression


def test_a_whole_model() -> None:
    model = read_model(MARKET)
    assert list(model.variables) == [
        "stock_of_goods", "price", "production", "sales", "decay", "demand", "curve", "read_out",
        "initial_time", "final_time", "time_step", "saveper",
    ]  # fmt: skip
    goods = model.variables["stock_of_goods"]
    assert (goods.label, goods.units, goods.description) == ("Stock of Goods", "pieces", "What lies in the shops.")
    assert goods.equations[0].subscripts == goods.dims == ("region",)
    assert equation(model, "stock_of_goods") == Call(
        "integ",
        (Binary("-", Binary("-", Name("production", REGION), Name("sales", REGION)), Name("decay", REGION)), Number(100.0)),
    )
    assert equation(model, "decay") == Call("max", (Number(1.0), Number(0.0)))
    assert equation(model, "demand") == Lookup(Table((0.0, 1.0, 2.0), (20.0, 10.0, 0.0), Between.EXTRAPOLATE), Name("price"))
    assert equation(model, "read_out") == Lookup(Name("curve"), Name("price"))
    assert [part.subscripts for part in model.variables["sales"].equations] == [("north_land",), ("south",)]
    assert model.variables["price"].limits == (0.0, 10.0) and model.variables["curve"].limits == (0.0, 20.0)
    assert model.variables["production"].equations[0].text == "SAFEDIV(10, price) + STEP(1, 2) - 0.5"
    assert equation(model, "time_step") == Number(0.25)
    assert equation(model, "saveper") == Name("time_step") and model.variables["saveper"].units == "month"
    assert model.ranges["region"].labels == ("north land", "south") and model.method == "rk4"


def test_lines() -> None:
    model, lines = read_model(MARKET), MARKET.read_text(encoding="utf-8").splitlines()
    found = {id: lines[variable.line - 1].strip() for id, variable in model.variables.items() if variable.line}
    assert found["stock_of_goods"] == '<stock name="Stock of Goods">' and found["production"] == "<flow"
    assert len(found) == 8 and all(text.startswith(("<stock", "<aux", "<flow", "<gf")) for text in found.values())
    assert model.ranges["region"].line == 6


def aux(text: str) -> str:
    return f'<aux name="x"><eqn>{text}</eqn></aux>'


def test_words_in_any_case(xmile: Read) -> None:
    model = xmile(aux("(if TIME &lt; starttime + DT then 1 Else IF not x then 2 else 7 MOD 4)"))
    second = Call("if_then_else", (Unary("not", Name("x")), Number(2.0), Call("mod", (Number(7.0), Number(4.0)))))
    early = Binary("<", Name("time"), Binary("+", Name("initial_time"), Name("time_step")))
    assert equation(model, "x") == Call("if_then_else", (early, Number(1.0), second))


def test_own_variables_come_before_words(xmile: Read) -> None:
    model = xmile('<aux name="DT"><eqn>3</eqn></aux>' + aux("dt + STOPTIME"))
    assert equation(model, "x") == Binary("+", Name("dt"), Name("final_time"))


def test_signs_comments_and_quotes(xmile: Read) -> None:
    model = xmile(aux('{a {nested} comment} (-2)^2 - -2^2\n + "if\\nso" {another}') + '<aux name="if so"><eqn>1</eqn></aux>')
    powers = Binary("-", Binary("^", Number(-2.0), Number(2.0)), Unary("-", Binary("^", Number(2.0), Number(2.0))))
    assert equation(model, "x") == Binary("+", powers, Name("if_so"))


def test_names_with_quotes_dots_and_braces(xmile: Read) -> None:
    model = xmile(
        aux('"a.b {c}" + "say \\"x\\""')
        + """
        <aux name="a.b {c}"><eqn>1</eqn></aux><aux name='say \\"x\\"'><eqn>2</eqn></aux>"""
    )
    assert equation(model, "x") == Binary("+", Name("a.b_{c}"), Name('say_"x'))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("PULSE(5, 1)", Call("xpulse", (Number(1.0), Number(5.0)))),
        ("PULSE(5, 1, 2)", Call("xpulse_train", (Number(1.0), Number(2.0), Number(5.0)))),
        ("RAMP(5, 1)", Call("xramp", (Number(5.0), Number(1.0)))),
        ("std.INT(2.5)", Call("floor", (Number(2.5),))),
        ("1 // 0", Call("safediv", (Number(1.0), Number(0.0), Number(0.0)))),
        ("DELAY(x, 2)", Call("delay_fixed", (Name("x"), Number(2.0), Name("x")))),
        ("PREVIOUS(SELF, 3)", Call("delay_fixed", (Name("x"), Name("time_step"), Number(3.0)))),
        ("FORCST(1, 2, 3)", Call("forecast", (Number(1.0), Number(2.0), Number(3.0), Number(0.0)))),
        ("VECTOR SORT ORDER(1, 2)", Call("vector_sort_order", (Number(1.0), Number(2.0)))),
    ],
)
def test_functions(xmile: Read, text: str, wanted: Expr) -> None:
    assert equation(xmile(aux(text)), "x") == wanted


def test_wildcards_sizes_and_tables(xmile: Read) -> None:
    model = xmile(
        '<aux name="v"><dimensions><dim name="d"/><dim name="place"/></dimensions><eqn>1</eqn></aux>'
        '<gf name="g"><xscale min="0" max="1"/><ypts>0,1</ypts></gf>' + aux("SUM(v[*, home]) + LOOKUP(g, 2) + MIN(v[1, *])"),
        DIMENSIONS,
    )
    total = Call("sum", (Name("v", (Subscript("d", bang=True), Subscript("home"))),))
    least = Call("vmin", (Name("v", (Subscript("1"), Subscript("place", bang=True))),))
    assert equation(model, "x") == Binary("+", Binary("+", total, Lookup(Name("g"), Number(2.0))), least)
    assert model.ranges["d"].elements == ("1", "2", "3")


def test_subscripts_that_are_left_out(xmile: Read) -> None:
    model = xmile(
        '<aux name="v"><dimensions><dim name="d"/><dim name="place"/></dimensions><eqn>1</eqn></aux>'
        '<aux name="w"><dimensions><dim name="place"/><dim name="d"/></dimensions><eqn>v + SUM(v) + d</eqn></aux>'
        '<aux name="e"><dimensions><dim name="place"/></dimensions><element subscript="home"><eqn>place + v[2,place]</eqn>'
        "</element><element subscript='2'><eqn>place.home</eqn></element></aux>",
        DIMENSIONS,
    )
    whole = Call("sum", (Name("v", (Subscript("d", bang=True), Subscript("place", bang=True))),))
    here = Name("v", (Subscript("d"), Subscript("place")))
    assert equation(model, "w") == Binary("+", Binary("+", here, whole), Name("d", (Subscript("d"),)))
    home = Binary("+", Name("place", (Subscript("home"),)), Name("v", (Subscript("2"), Subscript("home"))))
    assert [part.expression for part in model.variables["e"].equations] == [home, Name("place", (Subscript("home"),))]
    assert [part.subscripts for part in model.variables["e"].equations] == [("home",), ("away",)]


def test_a_dimension_twice(xmile: Read) -> None:
    model = xmile(
        '<aux name="v"><dimensions><dim name="d"/><dim name="d"/></dimensions><eqn>1</eqn></aux>'
        '<aux name="w"><dimensions><dim name="d"/><dim name="d"/></dimensions><eqn>v\' - v[@2, @1] + v[d, d]</eqn></aux>',
        DIMENSIONS,
    )
    turned = Name("v", (Subscript("d_2"), Subscript("d")))
    assert model.variables["v"].dims == ("d", "d_2") and model.ranges["d_2"].alias_of == "d"
    assert equation(model, "w") == Binary("+", Binary("-", turned, turned), Name("v", (Subscript("d"), Subscript("d_2"))))


def test_lists_of_numbers(xmile: Read) -> None:
    model = xmile('<aux name="v"><dimensions><dim name="d"/></dimensions><eqn> 1, -2; 3e1 </eqn></aux>', DIMENSIONS)
    assert equation(model, "v") == Array((1.0, -2.0, 30.0))


def test_flows_with_signs_in_their_names(xmile: Read) -> None:
    model = xmile('<stock name="s"><eqn>1</eqn><outflow>in/out</outflow></stock><flow name="in/out"><eqn>2</eqn></flow>')
    assert equation(model, "s") == Call("integ", (Unary("-", Name("in/out")), Number(1.0)))


def test_macros(xmile: Read) -> None:
    macro = """<macro name="Smooth It"><parm>input</parm><parm default="2 * 3">tau</parm><eqn>level</eqn><variables>
        <stock name="level"><eqn>input</eqn><inflow>gap</inflow></stock><flow name="gap"><eqn>(input - level)/tau</eqn></flow>
        </variables></macro>"""
    model = xmile(aux("SMOOTH IT(TIME) + smooth_it(1, 2)"), macro)
    assert equation(model, "x") == Binary(
        "+", Call("smooth_it", (Name("time"),)), Call("smooth_it", (Number(1.0), Number(2.0)))
    )
    (found,) = model.macros
    assert isinstance(found, Macro) and (found.id, found.label, found.value) == ("smooth_it", "Smooth It", Name("level"))
    assert found.parameters == (
        Parameter(id="input"), Parameter(id="tau", default=Binary("*", Number(2.0), Number(3.0))),
    )  # fmt: skip
    assert list(found.variables) == ["level", "gap"] and "level" not in model.variables


@pytest.mark.parametrize(
    ("attributes", "method"),
    [("", "euler"), ('method="RK4"', "rk4"), ('method="gear, rk4"', "gear"), ('method="magic, RK2"', "rk2")],
)
def test_methods(tmp_path: Path, attributes: str, method: str) -> None:
    path = tmp_path / "x.xmile"
    text = MARKET.read_text(encoding="utf-8").replace('method="RK4"', attributes)
    path.write_text(text, encoding="utf-8")
    assert read_model(path).method == method
    path.write_text(text.replace("<sim_specs", '<sim_specs isee:save_interval="2.5"'), encoding="utf-8")
    assert equation(read_model(path), "saveper") == Number(2.5)


def test_an_unknown_method(tmp_path: Path) -> None:
    path = tmp_path / "x.xmile"
    path.write_text(MARKET.read_text(encoding="utf-8").replace('method="RK4"', 'method="RK5"'), encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        read_model(path)
    (found,) = caught.value.problems
    assert (found.what, found.help) == ("unknown integration method 'RK5'", "did you mean 'rk45'?")
    assert found.place is not None and found.place.line == 4


def test_undeclared_prefixes_are_tolerated(tmp_path: Path) -> None:
    path = tmp_path / "x.stmx"
    path.write_text(MARKET.read_text(encoding="utf-8").replace(' xmlns:isee="http://iseesystems.com/XMILE"', "").replace(
        "<header>", "<isee:prefs/><header>"), encoding="utf-8")  # fmt: skip
    assert len(read_model(path).variables) == 12


def test_the_form_before_the_standard(tmp_path: Path) -> None:
    """Variables stand in <model> itself, beside a <display>."""
    path = tmp_path / "x.stmx"
    text = MARKET.read_text(encoding="utf-8").replace(
        "http://docs.oasis-open.org/xmile/ns/XMILE/v1.0", "http://www.systemdynamics.org/XMILE"
    )
    path.write_text(
        text.replace("<variables>", "").replace("</variables>", "<display><connector/></display>"), encoding="utf-8"
    )
    assert read_model(path).variables == read_model(MARKET).variables


def problems(read: Read, *texts: str) -> tuple[Problem, ...]:
    with pytest.raises(ModelError) as caught:
        read(*texts)
    return caught.value.problems


@pytest.mark.parametrize(
    ("variables", "what", "help"),
    [
        (aux("y + 1") + '<aux name="yy"><eqn>1</eqn></aux>', "'y' is not defined", "did you mean 'yy'?"),
        (aux("home"), "'home' is not defined", "outside of brackets, an element is named with its dimension: place.home"),
        (aux("v"), "'v' is an array over 'place', which the equation does not run over",
         "name an element in brackets, or take its SUM or MEAN"),
        (aux("v[*]"), "'v' has '*' between its brackets outside of a function of arrays",
         "put SUM, MEAN, MIN, MAX ... around it"),
        (aux("v[1, 2]"), "'v' is used with 2 subscripts; it has 1 (place)", None),
        (aux("v[3]"), "'3' is no element of 'place'", None),
        (aux("SUM(v[TIME])"), "'v' has an expression between its brackets inside a function of arrays",
         "give it a variable of its own"),
        (aux("TIME[1]"), "'TIME' is no variable: it takes no subscripts", None),
        (aux("place"), "the dimension 'place' is used as a number, but the equation does not run over it", None),
        (aux("v(1, 2)"), "'v' takes one argument, not 2", None),
        (aux("x(1)"), "'x' is given an argument, but it is no graphical function", None),
        (aux("isee.NPV(1)"), "'isee.NPV' is called as a function, but is none that is known", None),
        (aux("RANK(1, 1)"), "RANK takes an array, and stands in no other function of arrays", None),
        (aux("LOOKUP(x, 1)"), "'x' is no graphical function", None),
        (aux("SMTH3(1)"), "SMTH3 does not take 1 arguments", None),
        ('<stock name="s"><eqn>1</eqn><inflow>inn</inflow></stock><flow name="in"><eqn>1</eqn></flow>',
         "the inflow 'inn' is not defined", "did you mean 'in'?"),
        ('<aux name="w"><dimensions><dim name="nowhere"/></dimensions><eqn>1</eqn></aux>',
         "'w' extends over 'nowhere', which is no dimension", None),
        ('<aux name="w"><dimensions><dim name="place"/></dimensions><element subscript="hom"><eqn>1</eqn></element></aux>',
         "'hom' is no element of 'place'", "did you mean 'home'?"),
        ('<aux name="w"><dimensions><dim name="place"/></dimensions><element subscript="home, 1"><eqn>1</eqn></element></aux>',
         "the element [home, 1] has 2 subscripts, not 1", None),
        ('<aux name="w"><eqn>1</eqn><eqn>2</eqn></aux>', "'w' has 2 equations for 1 elements", None),
        ('<aux name="w"><eqn>TIME</eqn><gf><xpts>0,2,1</xpts><ypts>1,2,3</ypts></gf></aux>',
         "the points of its graphical function are out of order: 1 follows 2", None),
        ('<aux name="w"><eqn>TIME</eqn><gf name="nowhere"/></aux>', "the graphical function 'nowhere' is not defined", None),
        ('<aux name="place"><eqn>1</eqn></aux>', "'place' is also the name of the range 'place'", None),
    ],
)  # fmt: skip
def test_what_means_nothing_is_told(xmile: Read, variables: str, what: str, help: str | None) -> None:
    array = '<aux name="v"><dimensions><dim name="place"/></dimensions><eqn>1</eqn></aux>'
    (found,) = problems(xmile, variables + array, DIMENSIONS.replace("\n", ""))
    assert (found.what, found.help) == (what, help)
    assert found.place is not None and found.place.line == 6 and found.place.key


def test_syntax_errors_have_the_line_of_the_formula(xmile: Read) -> None:
    (found,) = problems(xmile, '<aux name="x">\n<units>m</units>\n<eqn>1 +\n 2 + * 3</eqn></aux>')
    assert found.what == "syntax error at '* 3' of '1 + 2 + * 3'"
    assert found.place is not None and (found.place.line, found.place.column, found.place.key) == (9, 6, "x")
    (found,) = problems(xmile, aux("1 &lt; ") + "\n")
    assert found.place is not None and (found.place.line, found.place.column) == (6, None)


def test_all_problems_at_once(xmile: Read) -> None:
    found = problems(
        xmile,
        aux("y") + '\n<aux name="z"><eqn>???</eqn></aux>\n<aux name="q"><eqn>1 +</eqn></aux>\n<aux name="Q"><eqn>1</eqn></aux>',
    )
    assert [problem.place.line for problem in found if problem.place] == [6, 7, 8, 9]


MODULES = """<module name="Farm">{connects}</module><aux name="rain"><eqn>3</eqn></aux></variables></model>
<model name="farm"><variables><aux name="rain" access="input"><eqn>{{to come}}</eqn></aux>
<aux name="crop"><eqn>2 * rain</eqn></aux><module name="barn"/></variables></model>
<model name="barn"><variables><aux name="store"><eqn>farm.crop + .rain</eqn></aux>"""


def test_modules(xmile: Read) -> None:
    model = xmile(MODULES.format(connects='<connect to="rain" from=".rain"/>'))
    assert list(model.variables)[:4] == ["rain", "farm.rain", "farm.crop", "farm.barn.store"]
    assert model.variables["farm.crop"].label == "Farm.crop"
    assert equation(model, "farm.rain") == Name("rain")
    assert equation(model, "farm.crop") == Binary("*", Number(2.0), Name("farm.rain"))
    assert equation(model, "farm.barn.store") == Binary("+", Name("farm.crop"), Name("rain"))


@pytest.mark.parametrize(
    ("connects", "what"),
    [
        ("", "'Farm.rain' has no equation yet"),
        ('<connect to="ran" from=".rain"/>', "the module 'Farm' connects 'ran', which is not defined"),
        ('<connect to="rain" from=".ran"/>', "the module 'Farm' connects '.ran', which is not defined"),
        ('<connect to="rain" from="farm.rain"/>', "'Farm.rain' is connected to itself"),
        ('<connect to="rain" from=".rain"/><connect to="farm.rain" from="crop"/>',
         "the module 'Farm' connects 'crop', which is not defined"),
        ('<connect to="rain" from=".rain"/><connect to="farm.rain" from="farm.crop"/>',
         "'Farm.rain' is connected to both 'rain' and 'Farm.crop'"),
    ],
)  # fmt: skip
def test_modules_that_cannot_be_connected(xmile: Read, connects: str, what: str) -> None:
    found = problems(xmile, MODULES.format(connects=connects))
    assert found[0].what == what and found[0].place is not None and found[0].place.line in (6, 7)


@pytest.mark.parametrize(
    ("variables", "what"),
    [
        ('<module name="trade"/><aux name="a"><eqn>1</eqn></aux>', "the module 'trade' has no <model> of its name"),
        ('<aux name="k"><eqn>1</eqn></aux></variables></model><model name="T"><variables>', "no <module> places the model 'T'"),
        ('<module name="T"/></variables></model><model name="T"><variables><module name="T"/>',
         "the module 'T' stands inside itself"),
        ('<module name="T" resource="other.xmile"/>', "'T' stands in another file: this is not supported yet"),
        ('<module name="T"/></variables></model><model name="T"><sim_specs/><variables>',
         "the module 'T' has <sim_specs> of its own: this is not supported yet"),
        ('</variables></model><model name="T" encryption-scheme="AES"><variables>', "the model 'T' is encrypted"),
    ],
)  # fmt: skip
def test_modules_that_are_none(xmile: Read, variables: str, what: str) -> None:
    assert what in [problem.what for problem in problems(xmile, variables)]


@pytest.mark.parametrize(
    ("macro", "what"),
    [
        ('<macro name="M" filter="flow"><parm>a</parm><eqn>a</eqn></macro>',
         "macros that filter stocks or flows are not supported yet: 'M'"),
        ('<macro name="M"><eqn>1</eqn><sim_specs/></macro>',
         "the macro 'M' has <sim_specs> of its own: this is not supported yet"),
        ('<macro name="M"><parm>a</parm></macro>', "the macro 'M' has no equation"),
        ('<macro name="M"><eqn>x</eqn></macro>', "'x' is not defined"),
        ('<macro name="M"><parm>a</parm><eqn>a[1]</eqn></macro>',
         "'a' is a parameter of a macro: subscripts of it are not supported yet"),
    ],
)  # fmt: skip
def test_macros_that_are_refused(xmile: Read, macro: str, what: str) -> None:
    (found,) = problems(xmile, aux("1"), macro)
    assert found.what == what and found.place is not None and (found.place.line, found.place.key) == (4, "M")


def test_nearest_names_come_with_as_many_problems_as_are_shown(xmile: Read) -> None:
    """Each is looked for among all names, which takes long where thousands are wrong."""
    names = [f"name_{letter}x" for letter in ascii_lowercase]
    found = problems(xmile, "".join(f'<aux name="n{name}"><eqn>{name}</eqn></aux>' for name in names))
    assert [problem.what for problem in found] == [f"'{name}' is not defined" for name in names]
    shown, others = found[:SHOWN_AT_MOST], found[SHOWN_AT_MOST:]
    assert [problem.help for problem in shown] == [f"did you mean 'n{name}'?" for name in names[:SHOWN_AT_MOST]]
    assert others and not any(problem.help for problem in others)


def test_synonyms_of_units_are_read(tmp_path: Path) -> None:
    path = tmp_path / "m.xmile"
    path.write_text("""<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
<header><vendor>v</vendor><product>p</product></header>
<sim_specs time_units="Month"><start>0</start><stop>1</stop><dt>1</dt></sim_specs>
<model_units><unit name="gadget"><alias>gadgets</alias><alias>widget</alias></unit><unit name="furlong"/></model_units>
<model><variables><aux name="x"><eqn>1</eqn></aux></variables></model>
</xmile>""")
    model = read_model(path)
    assert model.synonyms == (("gadget", "gadgets", "widget"), ("furlong",))
