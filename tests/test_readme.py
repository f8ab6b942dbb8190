"""The README says what the program says; run this file as a script to write its generated parts anew."""

import re
from io import StringIO
from pathlib import Path

import pytest

from sdrun.errors import SdrunError, render
from sdrun.functions import PURE, REDUCTIONS, SPECIAL, STATEFUL, TIMED
from sdrun.pipeline import prepare, simulate

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
HEADLINE = ROOT / "scenarios" / "waltz_vs_mearsheimer.toml"


def block(name: str) -> str:
    """What stands between the marks of a generated part."""
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None, name
    return found[1]


def summary() -> str:
    """The table that the first command prints."""
    from rich.console import Console

    from sdrun.report import summary_table

    text = StringIO()
    Console(file=text, width=100, no_color=True, highlight=False).print(summary_table(simulate(HEADLINE).dataset))
    return "```\n" + "\n".join(line.rstrip() for line in text.getvalue().strip("\n").splitlines()) + "\n```"


def functions() -> str:
    """Every function of the language, by kind."""

    def spelled(names: "set[str]") -> str:
        return ", ".join(f"`{name.upper().replace('_', ' ')}`" for name in sorted(names))

    stocks = {"integ", "integ_non_negative"}
    families = {"delay": "delay1, delay3, delay n", "smooth": "smooth, smooth3, smooth n (with or without initial value)"}
    memory = [f"`{part.strip().upper()}`" for name in families for part in families[name].split("(")[0].split(",")]
    others = {*STATEFUL, *SPECIAL} - {"delay", "delay_n", "smooth", "smooth_n", "elmcount"} - stocks
    rows = [
        ("of their arguments", spelled({name for name in PURE if name != "given"})),
        ("over subscripts", f"{spelled({*REDUCTIONS})}, `ELMCOUNT`"),
        ("of the time", f"{spelled({name for name in TIMED if name[0] not in 'x_'})}, and XMILE's forms of them"),
        ("with memory", f"`INTEG`, {', '.join(memory)}, {spelled(others)}"),
    ]
    return "\n".join(["| functions | |", "|---|---|", *(f"| {kind} | {names} |" for kind, names in rows)])


GENERATED = {"summary": summary, "functions": functions}


def words(text: str) -> list[str]:
    return text.split()


def test_summary_is_what_the_first_command_prints() -> None:
    """Words equal; numbers equal but for the last digit, which another machine may round the other way."""
    written, fresh = words(block("summary")), words(summary())
    assert len(written) == len(fresh) > 50
    for old, new in zip(written, fresh, strict=True):
        if re.fullmatch(r">?\d+(\.\d+)?", new):
            digits = len(new.partition(".")[2])
            assert float(old.strip(">")) == pytest.approx(float(new.strip(">")), abs=1.01 * 10**-digits)
        else:
            assert old == new


def test_functions_are_those_of_the_tables() -> None:
    assert block("functions") == functions()


def test_scenario_of_the_readme_is_valid(tmp_path: Path) -> None:
    """The example runs where the shipped scenarios lie, and its misspelt twin fails with the message shown."""
    example = re.search(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    text = example[1].replace('"unipole_1992.toml"', f'"{ROOT / "scenarios" / "unipole_1992.toml"}"')
    (tmp_path / "mine.toml").write_text(text)
    assert [case.name for case in prepare(tmp_path / "mine.toml").scenario.cases] == ["quick", "slow"]
    (tmp_path / "mine.toml").write_text(text.replace('"buck passing"', '"buck pasing"'))
    with pytest.raises(SdrunError) as error:
        prepare(tmp_path / "mine.toml")
    shown = render(error.value.problems).splitlines()
    told = re.search(r"```\n(error: .*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert told is not None
    assert shown[0] == told[1].splitlines()[0]
    assert shown[-1].strip() == told[1].splitlines()[-1].strip()


if __name__ == "__main__":
    page = README.read_text(encoding="utf-8")
    for name, make in GENERATED.items():
        fresh = f"<!-- {name} -->\n{make()}\n<!-- /{name} -->"
        page = re.sub(rf"<!-- {name} -->\n.*?<!-- /{name} -->", lambda _, fresh=fresh: fresh, page, flags=re.DOTALL)
    README.write_text(page, encoding="utf-8")
