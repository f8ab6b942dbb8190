"""Every sector is a view of the model file and a page of its own; run this file as a script to draw them anew."""

import sys
import warnings
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from drawing.pages import index_of, page_of
from drawing.sectors import SKETCH, Sector, equations_of, read_structure
from drawing.sketch import sketch_of

from sdrun.draw.layout import Diagram, diagram_of
from sdrun.draw.picture import svg_of
from sdrun.draw.structure import Structure
from sdrun.model import CONTROLS, name_id
from sdrun.parse import read_model

MODEL = Path(__file__).parents[2] / "models" / "balance_of_power.mdl"
PAGES = MODEL.parent / "sectors"


def drawn(path: Path) -> tuple[Structure, Mapping[str, Diagram]]:
    structure = read_structure(path)
    return structure, {sector.slug: diagram_of(structure, sector) for sector in structure.sectors}


def files(structure: Structure, diagrams: Mapping[str, Diagram]) -> dict[str, str]:
    """The documentation: text by name of file."""
    pages = {f"{sector.slug}.md": page_of(structure, sector) for sector in structure.sectors}
    return {"README.md": index_of(structure)} | pages | {f"{slug}.svg": svg_of(diagram) for slug, diagram in diagrams.items()}


def model_text(text: str, structure: Structure, diagrams: Mapping[str, Diagram]) -> str:
    return f"{equations_of(text)}\n{sketch_of(structure, list(diagrams.values()))}"


@pytest.fixture(scope="module")
def structure() -> Structure:
    return read_structure(MODEL)


@pytest.fixture(scope="module")
def diagrams(structure: Structure) -> Mapping[str, Diagram]:
    return {sector.slug: diagram_of(structure, sector) for sector in structure.sectors}


def own(structure: Structure, sector: Sector) -> list[str]:
    return sorted(sector.variables)


def test_every_variable_belongs_to_one_sector(structure: Structure) -> None:
    assert sorted(id for sector in structure.sectors for id in sector.variables) == sorted({*structure.slots} - {*CONTROLS})
    assert len(structure.sectors) >= 9
    assert all(len(sector.name) <= 30 and sector.text for sector in structure.sectors)  # Vensim's limit for the name of a view


def test_each_view_states_its_sector_and_shows_what_feeds_it(structure: Structure, diagrams: Mapping[str, Diagram]) -> None:
    for sector in structure.sectors:
        diagram = diagrams[sector.slug]
        words = diagram.words
        assert sorted(word.id for word in words if not word.ghost) == own(structure, sector)
        shown = {(words[arrow.source].id, words[arrow.target].id) for arrow in diagram.arrows}
        shown |= {(words[pipe.flow].id, words[pipe.stock].id) for pipe in diagram.pipes if pipe.stock is not None}
        wanted = {(source, id) for id in sector.variables for source in structure.slots[id].inputs if source != id}
        assert shown == wanted


def test_nothing_overlaps_and_all_is_on_the_page(diagrams: Mapping[str, Diagram]) -> None:
    for diagram in diagrams.values():
        assert diagram.width <= 1600 and diagram.height <= 1100, diagram.title
        for a, b in combinations(diagram.words, 2):
            (aw, ah), (bw, bh) = a.half, b.half
            assert abs(a.x - b.x) >= aw + bw or abs(a.y - b.y) >= ah + bh, (diagram.title, a.id, b.id)
        for word in diagram.words:
            (w, h), x, y = word.half, word.x, word.y
            assert w <= x <= diagram.width - w and 40 + h <= y <= diagram.height - h, (diagram.title, word.id)


def test_pipes_carry_the_flows_of_a_stock(structure: Structure, diagrams: Mapping[str, Diagram]) -> None:
    pipes = {
        (diagram.words[pipe.flow].id, diagram.words[pipe.stock].id): pipe.fills
        for diagram in diagrams.values()
        for pipe in diagram.pipes
        if pipe.stock is not None
    }
    assert pipes[("military_investment", "military_capability")] is True
    assert pipes[("military_retirement", "military_capability")] is False


def test_model_file_holds_the_views(structure: Structure, diagrams: Mapping[str, Diagram]) -> None:
    text = MODEL.read_bytes().decode()
    assert text == model_text(text, structure, diagrams)


def test_drawing_leaves_the_equations_alone(tmp_path: Path, structure: Structure, diagrams: Mapping[str, Diagram]) -> None:
    equations = equations_of(MODEL.read_bytes().decode())
    once = model_text(equations, structure, diagrams)
    assert once.startswith(equations) and model_text(once, structure, diagrams) == once
    bare, full = tmp_path / "bare" / "model.mdl", tmp_path / "full" / "model.mdl"
    for path, content in ((bare, equations), (full, once)):
        path.parent.mkdir()
        path.write_bytes(content.encode())
    assert read_model(bare).variables == read_model(full).variables
    assert read_model(bare).ranges == read_model(full).ranges


def test_pysd_finds_the_same_views(structure: Structure) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pysd.translators.vensim.vensim_file import VensimFile

        warnings.simplefilter("error")
        file = VensimFile(MODEL)
        file.parse()
        file.parse_sketch(subview_sep=[])
    found = {name: sorted(name_id(id) for id in ids) for name, ids in file.sections[0].views_dict.items()}
    assert found == {name_id(sector.name): own(structure, sector) for sector in structure.sectors}


def test_sketch_refers_to_what_it_holds(diagrams: Mapping[str, Diagram]) -> None:
    views = MODEL.read_bytes().decode().split(SKETCH)[1:]
    assert [view.splitlines()[2].removeprefix("*") for view in views] == [diagram.title for diagram in diagrams.values()]
    for view in views:
        objects = [line.split(",") for line in view.split("///---")[0].splitlines()[4:]]
        ids = [int(fields[1]) for fields in objects]
        assert ids == list(range(1, len(ids) + 1))
        assert all({int(fields[2]), int(fields[3])} <= {*ids} for fields in objects if fields[0] == "1")
        valves = [ids[i] for i, fields in enumerate(objects) if fields[0] == "11"]
        assert all(objects[valve][0] == "10" and objects[valve][7] == "40" for valve in valves)


def test_pages_are_the_models(structure: Structure, diagrams: Mapping[str, Diagram]) -> None:
    fresh = files(structure, diagrams)
    assert {path.name for path in PAGES.iterdir()} == {*fresh}
    for name, text in fresh.items():
        assert (PAGES / name).read_text(encoding="utf-8") == text, name


if __name__ == "__main__":
    made = drawn(MODEL)
    MODEL.write_bytes(model_text(MODEL.read_bytes().decode(), *made).encode())
    PAGES.mkdir(exist_ok=True)
    for path in PAGES.iterdir():
        path.unlink()
    for name, content in files(*made).items():
        (PAGES / name).write_text(content, encoding="utf-8", newline="\n")
