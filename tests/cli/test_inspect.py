"""`sdrun inspect` of a model: its equations, its diagram, its code."""

from pathlib import Path

import pytest

import sdrun as api


def test_equations_with_units_and_documentation(kitchen, sdrun) -> None:
    (kitchen / "more.mdl").write_text(
        (kitchen / "tea.mdl").read_text()
        + "********\n\t.Extras\n********~\n\t\tMore.\n\t|\n"
        + "list[red] = 1 ~ Dmnl ~ |\nlist[blue] = 2 ~ Dmnl ~ |\n"
        + "curve((0,0),(1,2)) ~ Dmnl [0,2] ~ A table. ~ |\nread = curve(Time) ~~|\n"
    )
    said = sdrun("inspect", "more.mdl", "--equations")
    assert (said.code, said.err) == (0, "")
    assert "loss[cup] = (temperature[cup] - room temperature) / cooling time\n    degree/minute · flow\n" in said.out
    assert "cooling time = 10\n    minute · constant · range [1, 60]\n" in said.out
    assert "room temperature = 70\n    degree · constant\n    Where the tea ends up. Nothing is colder.\n" in said.out
    behind = said.out.partition("Extras\n──────\n\n")[2]
    assert behind.startswith(
        "list[red] = 1\nlist[blue] = 2\n    Dmnl · constant\n\ncurve((0, 0), (1, 2))\n    Dmnl · lookup · range [0, 2]\n"
    )
    assert "read = curve(Time)\n    no unit · auxiliary\n" in behind
    rows = {row["variable"]: row for row in sdrun("inspect", "more.mdl", "--json").json["variables"]}
    assert rows["list"]["equations"] == ["list[red] = 1", "list[blue] = 2"] and rows["list"]["sector"] == "Extras"
    assert (rows["curve"]["kind"], rows["curve"]["value"]) == ("lookup", [0, 2])


def test_the_range_stands_beside_the_value(kitchen, sdrun) -> None:
    lines = [line.split() for line in sdrun("inspect", "tea.mdl").out.splitlines()]
    assert ["cooling", "time", "10", "[1,", "60]", "minute"] in lines


def test_a_diagram_is_written(kitchen, sdrun) -> None:
    said = sdrun("inspect", "tea.mdl", "--graph", "tea.svg")
    assert (said.code, said.out, said.err) == (0, "tea.svg\n", "")
    text = Path("tea.svg").read_text(encoding="utf-8")
    assert text == api.diagram("tea.mdl") and "cooling time" in text
    assert sorted(path.name for path in kitchen.iterdir()) == ["tea.mdl", "tea.svg", "tea.toml"]


@pytest.mark.parametrize(
    ("args", "what"),
    [
        (("--graph", "tea.png"), "'tea.png' is no .svg"),
        (("--graph", "nowhere/tea.svg"), "cannot write 'nowhere/tea.svg'"),
        (("--graph", "tea.svg", "--group", "te"), "'tea.mdl' has no group 'te'"),
    ],
)
def test_a_diagram_that_cannot_be_written(args, what, kitchen, sdrun) -> None:
    said = sdrun("inspect", "tea.mdl", *args)
    assert said.code == 3 and what in said.err and said.out == ""
    assert sorted(path.name for path in kitchen.iterdir()) == ["tea.mdl", "tea.toml"]


def test_the_code_is_that_beside_the_results(kitchen, sdrun) -> None:
    said = sdrun("inspect", "tea.mdl", "--code")
    assert sdrun("tea.mdl", "-q", "-o", "out").code == 0
    assert said.out == Path("out/model/model.py").read_text(encoding="utf-8") + "\n"


def test_from_python(kitchen) -> None:
    found = api.inspect("tea.mdl")
    assert found.dimensions["cup"] == ("red", "blue")
    assert {row["variable"]: row["kind"] for row in found.variables}["temperature"] == "stock"
    assert found.code.startswith('"""The model tea.mdl, compiled by sdrun') and "code" not in found.as_dict()
