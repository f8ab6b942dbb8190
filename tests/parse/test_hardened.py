"""Nothing of a model is executed."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsimonious import Grammar
from parsimonious.exceptions import ParseError
from parsimonious.expressions import Expression

from sdrun.errors import ModelError
from sdrun.parse import read_model
from sdrun.parse.hardened import GRAMMARS, LEXEMES, MalformedError, literal, translators

XMILE_HEAD = """<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
<sim_specs><start>{start}</start><stop>1</stop><dt>1</dt></sim_specs>
<dimensions><dim name={dim}><elem name={elem}/><elem name="e2"/></dim></dimensions>
<model><variables>
<aux name={name}><eqn>{eqn}</eqn><units>{units}</units><doc>{doc}</doc></aux>
<aux name="t"><eqn>TIME</eqn><gf><xscale min={scale} max="1"/><ypts>{points}</ypts></gf><range min={limit}/></aux>
</variables></model></xmile>
"""
HARMLESS = {"dim": "d", "elem": "e1", "name": "a", "eqn": "1", "units": "m", "doc": "doc"}
HARMLESS |= {"scale": "0", "points": "0,1", "limit": "0", "start": "0"}

CODE = "__import__('pathlib').Path(r'{mark}').touch()"
HEX = "\\x27+str({code})+\\x27"
"""Ends a quoted string once escapes are read."""

PLACES = {
    "lookup limits": "l([{code} or (0,0),(1,1)],(0,0),(1,1)) ~~|",
    "lookup limits in a list": "l([({code},0)-(1,1)],(0,0),(1,1)) ~~|",
    "lookup points": "l(({code},0),(1,1)) ~~|",
    "with lookup limits": "x = WITH LOOKUP(Time, ([{code} or (0,0),(1,1)],(0,0),(1,1))) ~~|",
    "with lookup points": "x = WITH LOOKUP(Time, (({code},0),(1,1))) ~~|",
    "documentation": "x = 1 ~ m ~ {code} |",
    "documentation with triple quotes": 'x = 1 ~ m ~ """;{code};""" |',
    "units": "x = 1 ~ {code} ~ doc |",
    "units with triple quotes": 'x = 1 ~ """;{code};""" ~ doc |',
    "unit limits": "x = 1 ~ m [{code},1] ~ doc |",
    "unit limits alone": "x = 1 ~ [{code}] ~ doc |",
    "variable name": "{code} = 1 ~~|",
    "quoted variable name": '"{code}" = 1 ~~|',
    "quoted name that ends a quote": "\"');{code};('\" = 1 ~~|",
    "quoted name used": 'x = "{code}" + 1 ~~|',
    "range name": "{code}: a, b ~~|\nx = 1 ~~|",
    "quoted range name": "\"');{code};('\": a, b ~~|\nx[\"');{code};('\"] = 1 ~~|",
    "element name": "r: {code}, b ~~|\nx[r] = 1 ~~|",
    "quoted element name": 'r: "{code}", b ~~|\nx["{code}"] = 1 ~~|',
    "alias": 'r: a, b ~~|\n"{code}" <-> r ~~|\nx = 1 ~~|',
    "mapping": 'r: a, b -> "{code}" ~~|\nx = 1 ~~|',
    "numeric range": "r: ({code}-a3) ~~|\nx = 1 ~~|",
    "equation": "x = {code} ~~|",
    "number": "x = 1 + {code} ~~|",
    "array": "x = 1,{code} ~~|",
    "tabbed array": "x = TABBED ARRAY(1 {code}) ~~|",
    "function name": '"{code}" = 1 ~~|\nx = "{code}"(1) ~~|',
    "string argument": "x = MESSAGE('{code}') ~~|",
    "file name": "x = GET DIRECT CONSTANTS('{hex}', 'sheet', 'A1') ~~|",
    "sheet": "x = GET DIRECT CONSTANTS('f.xlsx', '{hex}', 'A1') ~~|",
    "cell": "x = GET DIRECT CONSTANTS('f.xlsx', 'sheet', '{hex}') ~~|",
    "file name of data": "x := GET DIRECT DATA('{hex}', '{hex}', '{hex}', '{hex}') ~~|",
    "file name of lookups": "x = GET XLS LOOKUPS('{hex}', '{hex}', '{hex}', '{hex}') ~~|",
    "file name of lookups in a lookup": "x(GET DIRECT LOOKUPS('{hex}', '{hex}', '{hex}', '{hex}')) ~~|",
    "file name of subscripts": "r: GET DIRECT SUBSCRIPT('{hex}', '{hex}', '{hex}', '{hex}', '{hex}') ~~|\nx[r] = 1 ~~|",
    "macro name": ":MACRO: {code}(a)\nb = a ~~|\n:END OF MACRO:\nx = 1 ~~|",
    "group": "****\n\t.{code}\n****~\n\t{code}\n|\nx = 1 ~~|",
    "encoding": "{{{code}}}\nx = 1 ~~|",
    "sketch": "x = 1 ~~|\n\\\\\\---/// {code}",
    "comment": "x = 1 {{{code}}} ~~|",
    "condition": "c :THE CONDITION: {code} ~~|\nx = 1 ~~|",
}


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """A file that exists only if a payload ran."""
    return tmp_path / "executed"


def read_and_show(path: Path) -> str:
    """Everything that the model says, or why it is refused."""
    try:
        return repr(read_model(path))
    except ModelError as error:
        return repr(error.problems)


@pytest.mark.parametrize("place", PLACES)
def test_nothing_in_a_vensim_model_is_executed(tmp_path: Path, mark: Path, place: str) -> None:
    code = CODE.format(mark=mark)
    path = tmp_path / "model.mdl"
    for payload in (code, code.replace("'", '\\"'), code.replace("'", "\\x27")):
        path.write_text(
            PLACES[place].format(code=payload, hex=HEX.format(code=payload.replace("'", "\\x22"))), encoding="utf-8"
        )
        assert read_and_show(path)
        assert not mark.exists()
    assert os.listdir(tmp_path) == ["model.mdl"]


@pytest.mark.parametrize("place", HARMLESS)
@pytest.mark.parametrize(
    "frame", ["{code}", '""";{code};"""', "');{code};('", '");{code};("', "x + {code}", "x[{code}]", "f({code})"]
)
def test_nothing_in_an_xmile_model_is_executed(tmp_path: Path, mark: Path, place: str, frame: str) -> None:
    texts = {**HARMLESS, place: frame.format(code=CODE.format(mark=mark))}
    attributes = ("dim", "elem", "name", "scale", "limit")
    path = tmp_path / "model.xmile"
    path.write_text(
        XMILE_HEAD.format(**{key: quoteattr(text) if key in attributes else escape(text) for key, text in texts.items()}),
        encoding="utf-8",
    )
    assert read_and_show(path)
    assert not mark.exists()
    assert os.listdir(tmp_path) == ["model.xmile"]


def test_harmless_xmile_is_read(tmp_path: Path) -> None:
    """So that the test above fails for the payload, not for the frame around it."""
    path = tmp_path / "model.xmile"
    texts = {
        key: quoteattr(text) if key in ("dim", "elem", "name", "scale", "limit") else text for key, text in HARMLESS.items()
    }
    path.write_text(XMILE_HEAD.format(**texts), encoding="utf-8")
    assert list(read_model(path).variables)[:2] == ["a", "t"]


def test_the_payload_works_where_text_is_executed(mark: Path) -> None:
    """So that the tests above can fail."""
    exec(CODE.format(mark=mark))
    assert mark.exists()


def test_pysd_itself_would_execute_it(tmp_path: Path, mark: Path) -> None:
    """Where this fails, PySD has learnt it, and `hardened` may shrink."""
    path = tmp_path / "model.mdl"
    path.write_text(PLACES["lookup limits"].format(code=CODE.format(mark=mark)), encoding="utf-8")
    code = (
        "import sys\nfrom pysd.translators.vensim.vensim_file import VensimFile\n"
        "VensimFile(sys.argv[1], encoding='utf-8').parse()"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=tmp_path, capture_output=True, check=False)
    assert mark.exists()


def test_texts_come_out_as_they_are(tmp_path: Path, mark: Path) -> None:
    code, path = CODE.format(mark=mark), tmp_path / "model.mdl"
    path.write_text(f'x = 1 ~ m ~ """;{code};""" |\n"{code}" = 2 ~ {code} ~|', encoding="utf-8")
    first, second = read_model(path).variables.values()
    assert (first.description, second.label, second.units) == (f'""";{code};"""', code, code)


@pytest.mark.parametrize(
    "text", ["__import__('os')", "1+1", "[1,2]", "(0,0)(", "lambda: 1", "{}", "1_000", "0x10", "", "'a' 'b'x", "nan", "()"]
)
def test_literal_refuses_all_else(text: str) -> None:
    with pytest.raises(MalformedError):
        literal(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" - 2 ", -2.0),
        ("+.5e-3", 0.0005),
        ("2.", 2.0),
        ("'a\\x27b'", "a\\x27b"),
        ("(0,0),(1,-2),", ((0.0, 0.0), (1.0, -2.0))),
        ("(0,0)", ((0.0, 0.0),)),
        ("(0,0)(1,1)", ((0.0, 0.0), (1.0, 1.0))),
        ("[(0,-1e+006)-(1,1),(2,3)]", ((0.0, -1e6), (1.0, 1.0), (2.0, 3.0))),
    ],
)
def test_literal_reads(text: str, expected: object) -> None:
    found = literal(text)
    assert found == expected and type(found) is type(expected)


LETTERS = st.text(st.sampled_from("aZé_09 \t\n'$\"\\[](),:!+-*é·"), max_size=12)


@pytest.mark.parametrize("file", GRAMMARS)
@pytest.mark.parametrize("rule", ["name", "string"])
@given(text=LETTERS)
def test_names_and_strings_end_where_pysd_ends_them(file: str, rule: str, text: str) -> None:
    """Read in one go, they are what they are by characters, and where one breaks off is told alike."""
    vensim = translators().vensim
    ours = vensim.vu.Grammar.get(file, vensim.parsing_ops)
    assert _extent(ours[rule], text) == _extent(_pysds_own(file)[rule], text)


def test_pysd_writes_names_as_expected() -> None:
    """Otherwise nothing is wrong, but reading takes longer."""
    texts = [_text(file) for file in GRAMMARS]
    assert [rule for rule, _ in LEXEMES if not any(rule in text for text in texts)] == []


def _text(file: str) -> str:
    folder = Path(translators().vensim.__file__).parent / "parsing_grammars"
    return "".join((folder / f"{name}.peg").read_text(encoding="ascii") for name in (file, "common_grammar"))


@cache
def _pysds_own(file: str) -> Grammar:
    return Grammar(_text(file) % translators().vensim.parsing_ops)


def _extent(rule: Expression, text: str) -> tuple[bool, int, str]:
    """Whether it begins with the rule, and where that ends; else where it breaks off, in which rule."""
    try:
        return True, rule.match(text).end, ""
    except ParseError as error:
        return False, error.pos, error.expr.name


def test_reading_writes_nothing_and_loads_no_simulator(tmp_path: Path) -> None:
    """In a process of its own: the folder stays as it is, nothing is printed, no warning is given, pandas is never loaded."""
    path = tmp_path / "model.mdl"
    path.write_text(
        "r: a, b -> (s: c, d) ~~|\ns: c, d ~~|\nx[r] = 1,2 ~~|\nmodel = 3 ~~|\nc :THE CONDITION: x > 1 ~~|", encoding="utf-8"
    )
    (tmp_path / "model.py").write_text("mine", encoding="utf-8")
    before = sorted(entry.name for entry in tmp_path.iterdir())
    code = (
        "import sys, pathlib\nfrom sdrun.parse import read_model\nassert 'numpy' not in sys.modules\n"
        "assert len(read_model(pathlib.Path(sys.argv[1])).variables) == 2\n"
        "assert not {'pysd', 'pandas', 'xarray', 'scipy'} & set(sys.modules), sys.modules.keys()"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(path)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == before
    assert (tmp_path / "model.py").read_text(encoding="utf-8") == "mine"
