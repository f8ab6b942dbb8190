"""What an XMILE file says."""

from collections.abc import Callable
from pathlib import Path

from sdrun.model import Between, Binary, Call, Expr, Lookup, Name, Number, Subscript, Table, Unary
from sdrun.model import Model as Model_
from sdrun.parse import read_model

Read = Callable[..., Model_]
MARKET = Path(__file__).parent / "models" / "market.xmile"
REGION = (Subscript("region"),)


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
    assert goods.equations[0].subscripts == ("region",)
    assert equation(model, "stock_of_goods") == Call(
        "integ_non_negative",
        (Binary("-", Binary("-", Name("production", REGION), Name("sales", REGION)), Name("decay", REGION)), Number(100.0)),
    )
    assert equation(model, "decay") == Call("max", (Number(1.0), Number(0.0)))
    assert equation(model, "demand") == Lookup(Table((0.0, 1.0, 2.0), (20.0, 10.0, 0.0), Between.EXTRAPOLATE), Name("price"))
    assert equation(model, "read_out") == Lookup(Name("curve"), Name("price"))
    assert [part.subscripts for part in model.variables["sales"].equations] == [("north_land",), ("south",)]
    assert model.variables["price"].limits == (0.0, 10.0) and model.variables["curve"].limits == (0.0, 20.0)
    assert equation(model, "time_step") == Binary("/", Number(1.0), Number(4.0))
    assert equation(model, "saveper") == Name("time_step")
    assert model.ranges["region"].labels == ("north land", "south")


def test_lines() -> None:
    model, lines = read_model(MARKET), MARKET.read_text(encoding="utf-8").splitlines()
    found = {id: lines[variable.line - 1].strip() for id, variable in model.variables.items() if variable.line}
    assert found["stock_of_goods"] == '<stock name="Stock of Goods">' and found["production"] == "<flow"
    assert len(found) == 8 and all(text.startswith(("<stock", "<aux", "<flow", "<gf")) for text in found.values())
    assert model.ranges["region"].line == 6


def aux(text: str) -> str:
    return f'<aux name="x"><eqn>{text}</eqn></aux>'


def test_words_in_any_case(xmile: Read) -> None:
    model = xmile(aux("(if TIME &lt; starttime + DT then 1 Else IF not nothing then 2 else 7 MOD 4)"))
    nothing = Call("if_then_else", (Unary("not", Name("nothing")), Number(2.0), Call("modulo", (Number(7.0), Number(4.0)))))
    early = Binary("<", Name("time"), Binary("+", Name("initial_time"), Name("time_step")))
    assert equation(model, "x") == Call("if_then_else", (early, Number(1.0), nothing))


def test_own_variables_come_before_words(xmile: Read) -> None:
    model = xmile('<aux name="DT"><eqn>3</eqn></aux>' + aux("dt + STOPTIME"))
    assert equation(model, "x") == Binary("+", Name("dt"), Name("final_time"))


def test_signs_comments_and_quotes(xmile: Read) -> None:
    model = xmile(aux('{a comment} (-2)^2 - -2^2\n + "if\\nso" {another}'))
    powers = Binary("-", Binary("^", Number(-2.0), Number(2.0)), Unary("-", Binary("^", Number(2.0), Number(2.0))))
    assert equation(model, "x") == Binary("+", powers, Name("if_so"))


def test_pulses(xmile: Read) -> None:
    assert equation(xmile(aux("PULSE(5, 1)")), "x") == Call("xpulse", (Number(1.0), Number(5.0)))
    assert equation(xmile(aux("PULSE(5, 1, 2)")), "x") == Call("xpulse_train", (Number(1.0), Number(2.0), Number(5.0)))
    assert equation(xmile(aux("RAMP(5, 1)")), "x") == Call("xramp", (Number(5.0), Number(1.0)))


def test_wildcards_sizes_and_tables(xmile: Read) -> None:
    model = xmile(
        '<aux name="v"><dimensions><dim name="d"/><dim name="long name"/></dimensions><eqn>1</eqn></aux>'
        '<gf name="g"><xscale min="0" max="1"/><ypts>0,1</ypts></gf>' + aux("SUM(v[*, a]) + LOOKUP(g, 2) + MIN(v[1, *])"),
        '<dimensions><dim name="d" size="3"/><dim name="long name"><elem name="a"/></dim></dimensions>',
    )
    total = Call("sum", (Name("v", (Subscript("d", bang=True), Subscript("a"))),))
    least = Call("vmin_xmile", (Name("v", (Subscript("1"), Subscript("long_name", bang=True))),))
    assert equation(model, "x") == Binary("+", Binary("+", total, Lookup(Name("g"), Number(2.0))), least)
    assert model.ranges["d"].elements == ("1", "2", "3")


def test_flows_with_signs_in_their_names(xmile: Read) -> None:
    model = xmile('<stock name="s"><eqn>1</eqn><outflow>in/out</outflow></stock><flow name="in/out"><eqn>2</eqn></flow>')
    assert equation(model, "s") == Call("integ", (Unary("-", Name("in/out")), Number(1.0)))


def test_undeclared_prefixes_are_tolerated(tmp_path: Path) -> None:
    path = tmp_path / "x.stmx"
    path.write_text(MARKET.read_text(encoding="utf-8").replace(' xmlns:isee="http://iseesystems.com/XMILE"', "").replace(
        "<header>", "<isee:prefs/><header>"), encoding="utf-8")  # fmt: skip
    assert len(read_model(path).variables) == 12


def test_synonyms_of_units_and_the_method_are_read(tmp_path: Path) -> None:
    path = tmp_path / "m.xmile"
    path.write_text("""<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
<header><vendor>v</vendor><product>p</product></header>
<sim_specs method="RK4" time_units="Month"><start>0</start><stop>1</stop><dt>1</dt></sim_specs>
<model_units><unit name="gadget"><alias>gadgets</alias><alias>widget</alias></unit><unit name="furlong"/></model_units>
<model><variables><aux name="x"><eqn>1</eqn></aux></variables></model>
</xmile>""")
    model = read_model(path)
    assert model.synonyms == (("gadget", "gadgets", "widget"), ("furlong",)) and model.method == "rk4"
