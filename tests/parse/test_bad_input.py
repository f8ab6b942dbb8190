"""What is no model, or not all of one: a `ModelError` that says where and what."""

import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdrun.errors import ModelError, Problem, render
from sdrun.model import Model
from sdrun.parse import read_model
from sdrun.parse.guards import LARGEST
from sdrun.parse.syntax import LONGEST

Read = Callable[..., Model]


def problems(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(ModelError) as caught:
        read_model(path)
    assert caught.value.problems and all(problem.place is not None for problem in caught.value.problems)
    assert all(problem.place.path == path for problem in caught.value.problems if problem.place)
    assert "Traceback" not in render(caught.value.problems)
    return caught.value.problems


def problem(path: Path) -> Problem:
    (found,) = problems(path)
    return found


def refused(read: Read, *text: str) -> tuple[Problem, ...]:
    with pytest.raises(ModelError) as caught:
        read(*text)
    return caught.value.problems


def line(found: Problem) -> int | None:
    assert found.place is not None
    return found.place.line


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_missing_file(tmp_path: Path) -> None:
    (tmp_path / "teacup.mdl").touch()
    found = problem(tmp_path / "teacop.mdl")
    assert "No such file" in found.what and found.help == "did you mean 'teacup.mdl'?"
    assert problem(tmp_path / "nowhere" / "x.mdl").help is None
    assert "invalid" in problem(tmp_path / "x\0.mdl").what


def test_folder(tmp_path: Path) -> None:
    (tmp_path / "models.mdl").mkdir()
    (tmp_path / "models.mdl" / "teacup.mdl").touch()
    found = problem(tmp_path / "models.mdl")
    assert "is a folder" in found.what and found.help == "did you mean 'models.mdl/teacup.mdl'?"
    assert "is a folder" in problem(tmp_path).what


def test_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.mdl")
    assert "not a regular file" in problem(tmp_path / "x.mdl").what


@pytest.mark.parametrize("name", ["x.mdl", "x.xmile", "x.stmx"])
@pytest.mark.parametrize("content", [b"", b" \r\n\t\n"])
def test_empty_file(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert "is empty" in problem(tmp_path / name).what


@pytest.mark.parametrize("name", ["x.mdl", "x.xmile"])
def test_large_file_is_not_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(50_000_000)
    tracemalloc.start()
    found = problem(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.what == "the model has 50.0 MB; at most 10 MB are read"
    assert peak < LARGEST / 10


@pytest.mark.parametrize(
    ("name", "help"),
    [
        ("x.mld", "did you mean '.mdl'?"),
        ("x.xmil", "did you mean '.xmile'?"),
        ("x.xml", "name an XMILE model '.xmile'"),
        ("x.vpmx", "save it in Vensim as a text model (.mdl)"),
        ("x.py", "use one of .mdl, .xmile, .stmx"),
        ("x", "use one of .mdl, .xmile, .stmx"),
    ],
)
def test_wrong_suffix(tmp_path: Path, name: str, help: str) -> None:
    (tmp_path / name).write_text("x = 1 ~~|", encoding="utf-8")
    found = problem(tmp_path / name)
    assert ".mdl, .xmile or .stmx" in found.what and found.help == help


def test_suffix_in_capitals(tmp_path: Path) -> None:
    (tmp_path / "X.MDL").write_text("x = 1 ~~|", encoding="utf-8")
    assert list(read_model(tmp_path / "X.MDL").variables) == ["x"]


@pytest.mark.parametrize("name", ["x.mdl", "x.xmile"])
@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR~~|",
        bytes(range(1, 256)) * 8,
        b"To whom it may concern.",
        b"<!DOCTYPE html><html><body>a ~ b | c</body></html>",
        b"<html><body>404</body></html>",
        b'{"x": 1}',
        b"a,b\n1,2\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xfe\x00",
    ],
)
def test_no_model(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert problems(tmp_path / name)


def test_no_model_says_what_it_lacks(tmp_path: Path) -> None:
    path, xml = tmp_path / "x.mdl", tmp_path / "x.xmile"
    path.write_text("To whom it may concern.", encoding="utf-8")
    assert "no Vensim model" in problem(path).what
    path.write_bytes(b"x = 1\0 ~~|")
    assert "no text file" in problem(path).what
    xml.write_text("<html><body>404</body></html>", encoding="utf-8")
    assert "its root is <html>, not <xmile>" in problem(xml).what
    xml.write_text("<xmile><model/></xmile>", encoding="utf-8")
    assert "namespace" in problem(xml).what
    xml.write_text("<xmile xmlns='x'>\n<model>\n</xmile>", encoding="utf-8")
    found = problem(xml)
    assert "no XML" in found.what and line(found) == 3


def test_encoding_that_lies(tmp_path: Path) -> None:
    path = tmp_path / "x.mdl"
    path.write_bytes("{UTF-8}\nx = 1 ~~|\ngröße = 1 ~~|".encode("latin-1"))
    found = problem(path)
    assert "UTF-8" in found.what and line(found) == 3 and found.help and "windows-1252" in found.help


# ── Vensim ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_equations(vensim: Read) -> None:
    (found,) = refused(vensim, "{UTF-8}\n****\n\t.Group\n****~\n\tnothing\n|\n")
    assert "has no equations" in found.what
    (found,) = refused(vensim, "r: a, b ~~|")
    assert "has no equations" in found.what
    (found,) = refused(vensim, "TIME STEP = 1 ~~|\nFINAL TIME = 2 ~~|")
    assert "has no equations" in found.what


@pytest.mark.parametrize(
    ("text", "said", "at"),
    [
        ("x = 1 ~ m ~ doc\ny = 2 ~ m ~ doc |\nz = 3 ~~|", "missing", 1),
        ("x = 1 ~~|\n\ny = 2 |", "a ~ at least", 3),
        ("x = 1 ~~|\n\ny = 2 ~~ doc", "does not end with '|'", 3),
        ('x = 1 ~~|\n\ny = "z ~~|\n', 'a " is never closed', 3),
        ("x = 1 ~~|\n\ny = {z ~~|\n", "a { is never closed", 3),
        ("x = 1 ~~|\n\n= 2 ~~|", "syntax error", 3),
        ("x = 1 ~~|\n\ny = 2 +\n\n * 3 ~~|", "syntax error at '+ * 3' of '2 + * 3'", 3),
        ("x = 1 ~~|\n\nnonsense ~~|", "'nonsense' has no equation, and no data", 3),
        ("x = 1 ~~|\n\nnonsense + more ~~|", "syntax error", 3),
        ("x = 1 ~~|\n\nnonsense (1 ~~|", "syntax error", 3),
    ],
)
def test_syntax_errors_have_their_line(vensim: Read, text: str, said: str, at: int) -> None:
    (found,) = refused(vensim, text)
    assert said in found.what and line(found) == at


def test_all_problems_at_once_in_the_order_of_lines(vensim: Read) -> None:
    found = refused(vensim, "r: s, s ~~|\na = + ~~|\nb = 2 ~~|\nc = 1 ~ m [x] ~|\nb = 3 ~~|\nd = MAX(1 2) ~~|\nq <-> t ~~|")
    assert [line(problem) for problem in found] == [1, 2, 4, 5, 6, 7]


def test_long_equations_are_cut_in_messages(vensim: Read) -> None:
    (found,) = refused(vensim, f"x = {'a + ' * 100} ~~|")
    assert len(found.what) < 150


def test_endless_equations_are_refused_at_once(vensim: Read, xmile: Read) -> None:
    text = "1+" * LONGEST + "1"
    for found in (refused(vensim, f"y = 1 ~~|\nx = {text} ~~|"), refused(xmile, f'<aux name="x"><eqn>{text}</eqn></aux>')):
        assert "characters; at most" in found[0].what and len(found[0].what) < 200 and line(found[0]) in (2, 6)


def test_nesting(vensim: Read) -> None:
    for opening, closing in (("(", ")"), ("MAX(1,", ")"), ("-(", ")")):
        (found,) = refused(vensim, f"y = 1 ~~|\nx = {opening * 2000}1{closing * 2000} ~~|")
        assert "nested" in found.what and line(found) == 2


def test_equations_that_stand_for_too_much(vensim: Read, xmile: Read) -> None:
    """A smooth starts from its input: it stands for two of it."""
    nested = f"{'{0}(' * 22}1{',2)' * 22}"
    (found,) = refused(vensim, f"y = 1 ~~|\nx = {nested.format('SMOOTH')} ~~|")
    assert "stands for more than 100000 operations" in found.what and line(found) == 2
    (found,) = refused(xmile, f'<aux name="x"><eqn>{nested.format("SMTH1")}</eqn></aux>')
    assert "stands for more than 100000 operations" in found.what and line(found) == 6


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Power Share = 1 ~~|\npower_share = 2 ~~|", "'power_share' and 'Power Share' are the same variable"),
        ('x = 1 ~~|\n"x" = 2 ~~|', "'x' is defined twice"),
        ("r: a, b ~~|\nx[a] = 1 ~~|\nx[b] = 2 ~~|\nX[A] = 2 ~~|", "'X[A]' and 'x[a]' are the same variable"),
        ("x((0,0),(1,1)) ~~|\nx = 3 ~~|", "'x' is defined twice"),
    ],
)
def test_two_variables_of_one_name(vensim: Read, text: str, said: str) -> None:
    (found,) = refused(vensim, text)
    assert found.what == said and line(found) == text.count("\n") + 1 and "in line" in (found.help or "")


# ── XMILE ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ('<aux name="a b"><eqn> ??? </eqn></aux>', "'a b' has no equation"),
        ('<aux name="a"><eqn/></aux>', "'a' has no equation"),
        ('<aux name="a"/>', "'a' has no equation"),
        ('<aux name="a"><eqn>{to do}</eqn></aux>', "'a' has no equation"),
        ('<stock name="a"></stock>', "'a' has no equation"),
        ('<stock name="a"><inflow>b</inflow></stock>', "the inflow 'b' is not defined"),
        ('<stock name="a"><eqn>1</eqn><inflow/></stock>', "an <inflow> has no name"),
        ('<stock name="a"><eqn>1</eqn><conveyor><len>3</len></conveyor></stock>', "conveyors"),
        ('<stock name="a"><eqn>1</eqn><queue/></stock>', "queues"),
        ('<flow name="a"><eqn>1</eqn><leak/></flow>', "leakage"),
        ("<aux><eqn>1</eqn></aux>", "has no name"),
        ('<aux name="a"><eqn>1 +</eqn></aux>', "syntax error"),
        ('<aux name="a"><eqn>SMTH1(1)</eqn></aux>', "SMTH1 does not take 1 arguments"),
        ('<aux name="a"><eqn>TIME</eqn><gf><xscale min="0" max="1"/><ypts>1,x</ypts></gf></aux>', "<ypts>"),
        ('<aux name="a"><eqn>TIME</eqn><gf><xpts>1,2,3</xpts><ypts>1,2</ypts></gf></aux>', "<xpts>"),
        ('<aux name="a"><eqn>TIME</eqn><gf><xscale min="0"/><ypts>1,2</ypts></gf></aux>', "<xscale>"),
        ('<aux name="a"><eqn>TIME</eqn><gf type="round"><xpts>1,2</xpts><ypts>1,2</ypts></gf></aux>', "unknown type"),
        ('<aux name="a"><eqn>1</eqn><range min="low"/></aux>', "<range>"),
        ('<aux name="A b"><eqn>1</eqn></aux><flow name="a_B"><eqn>2</eqn></flow>', "are the same variable"),
        (f'<aux name="a"><eqn>{"(" * 500}1{")" * 500}</eqn></aux>', "nested"),
        ("", "has no equations"),
    ],
)
def test_xmile(xmile: Read, variables: str, said: str) -> None:
    found = refused(xmile, variables)
    assert said in found[0].what
    assert line(found[0]) == 6 or not variables


@pytest.mark.parametrize(
    "dimensions",
    [
        '<dimensions><dim><elem name="a"/></dim></dimensions>',
        '<dimensions><dim name="d"/></dimensions>',
        '<dimensions><dim name="d" size="99999999999"/></dimensions>',
        '<dimensions><dim name="d"><elem/></dim></dimensions>',
        '<dimensions><dim name="d"><elem name="a"/><elem name="A"/></dim></dimensions>',
    ],
)
def test_xmile_dimensions(xmile: Read, dimensions: str) -> None:
    assert line(refused(xmile, '<aux name="x"><eqn>1</eqn></aux>', dimensions)[0]) == 4


def test_xmile_specifications(tmp_path: Path) -> None:
    path = tmp_path / "x.xmile"
    head = '<xmile xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">'
    path.write_text(f"{head}<sim_specs><start>0</start></sim_specs></xmile>", encoding="utf-8")
    assert [found.what for found in problems(path)] == ["the file has no <model>", "<sim_specs> lacks <stop>"]
    path.write_text(f'{head}<model><variables><aux name="a"><eqn>1</eqn></aux></variables></model></xmile>', encoding="utf-8")
    assert "no <sim_specs>" in problem(path).what


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "secret").write_text("the secret", encoding="utf-8")
    bomb = "".join(f'<!ENTITY b{i} "{f"&b{i - 1};" * 10}">' for i in range(1, 12))
    path = tmp_path / "x.xmile"
    for entities, used in (
        (f'<!ENTITY e SYSTEM "{(tmp_path / "secret").as_uri()}">', "&e;"),
        (f'<!ENTITY b0 "b">{bomb}', "&b11;"),
    ):
        path.write_bytes(
            f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE xmile [{entities}]>'
            f'<xmile xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"><model><variables><aux name="a">'
            f"<eqn>1</eqn><doc>{used}</doc></aux></variables></model></xmile>".encode(encoding)
        )
        shown = repr(problems(path))
        assert "secret" not in shown.replace(str(path), "") and len(shown) < 1000


# ── anything at all ──────────────────────────────────────────────────────────────────────────────────────────────────────────

PIECES = (
    "x y z [ ] ( ) = == := : , ~ | ~~| <-> -> + - * / ^ ! ' \" { } 1 2.5 1e999 INTEG( LOOKUP( SMOOTH( MAX( :NA: :EXCEPT: "
    ":NOT: :AND: :MACRO: :THE CONDITION: GET_XLS_DATA( 'a' WITH_LOOKUP( \n \\ é \u2028 **** \\x27"
).split(" ")


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=25))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_model_or_an_error(vensim: Read, xmile: Read, pieces: list[str]) -> None:
    text = " ".join(pieces)
    for read in (
        lambda: vensim(f"{text} ~~|"),
        lambda: vensim(f"x = {text} ~ {text} ~ {text} |"),
        lambda: xmile(f"<aux name={quoteattr(text)}><eqn>{escape(text)}</eqn><units>{escape(text)}</units></aux>"),
    ):
        try:
            assert read().variables
        except ModelError as error:
            assert error.problems and render(error.problems)


def test_a_numeric_range_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "endless.mdl"
    path.write_text("r: (a1-a99999999) ~~|\nx[r] = 1 ~~|\n", encoding="utf-8")
    with pytest.raises(ModelError) as error:
        read_model(path)
    (problem,) = error.value.problems
    assert problem.what == "a numeric range may have 10000 elements at most: 'r: (a1-a99999999)'"
    assert problem.place is not None and problem.place.line == 1
    path.write_text("r: (a1-a12) ~~|\nx[r] = 1 ~~|\n", encoding="utf-8")
    assert len(read_model(path).ranges["r"].elements) == 12
