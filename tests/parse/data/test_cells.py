"""Names of cells, against openpyxl's."""

import pytest
from openpyxl.utils import get_column_letter

from sdrun.parse.data.cells import Area, Cell, area_at, cell_at, column_at, column_name


def test_columns_are_those_of_spreadsheets() -> None:
    """All that three letters can say, there and back."""
    for number in (*range(800), 16_383, 18_277):
        name = get_column_letter(number + 1)
        assert column_name(number) == name
        assert column_at(name) == column_at(name.lower()) == number


@pytest.mark.parametrize(
    ("text", "cell"),
    [("A1", Cell(0, 0)), (" b12 ", Cell(11, 1)), ("$AA$3", Cell(2, 26)), ("xfd1048576", Cell(1_048_575, 16_383))],
)
def test_cells(text: str, cell: Cell) -> None:
    assert cell_at(text) == cell
    assert str(cell) == text.strip().replace("$", "").upper()


@pytest.mark.parametrize("text", ["", "A", "1", "A0", "1A", "ABCD1", "A1B", "A-1", "Time1", "A1:B2", "Ä1", "A12345678"])
def test_what_is_no_cell(text: str) -> None:
    assert cell_at(text) is None


def test_areas() -> None:
    assert area_at("$B$2:$D$3") == Area(Cell(1, 1), 2, 3)
    assert area_at("C4") == Area(Cell(3, 2), 1, 1)
    assert area_at("B2:A9") is area_at("B2:C1") is area_at("$A:$A") is area_at("A1:B2:C3") is None
    assert str(Area(Cell(1, 1), 2, 3).cell(1, 2)) == "D3"
