"""Which files a model may read."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sdrun.errors import Problem
from sdrun.model import Equation, Model, Number
from sdrun.parse.data import files

Refused = Callable[..., tuple[Problem, ...]]
links = pytest.mark.skipif(sys.platform == "win32", reason="needs the right to make links")


def constant(name: str) -> str:
    return f"x = GET DIRECT CONSTANTS('{name}', ',', 'A1') ~~|"


@pytest.fixture(autouse=True)
def secret(tmp_path: Path) -> Path:
    """A file beside the model's folder: no model may read it."""
    path = tmp_path.parent / f"{tmp_path.name}-secret.csv"
    path.write_text("42\n")
    return path


@pytest.mark.parametrize(
    "name", ["data.csv", "./data.csv", "sub/data.csv", "sub\\data.csv", "Data.CSV", "SUB\\DATA.csv", " data.csv"]
)
def test_files_in_the_folder_or_below(tmp_path: Path, equation: Callable[..., Equation], name: str) -> None:
    """Named as under Windows: separators and case do not matter."""
    (tmp_path / "sub").mkdir()
    for path in (tmp_path / "data.csv", tmp_path / "sub" / "data.csv"):
        path.write_text("7\n")
    assert equation(constant(name)).expression == Number(7.0)


@pytest.mark.parametrize(
    "name",
    [
        "../{secret}",
        "sub/../../{secret}",
        "..\\{secret}",
        "{folder}/{secret}",
        "\\{secret}",
        "C:\\data.csv",
        "c:data.csv",
        "\\\\host\\share\\data.csv",
        "https://example.org/data.csv",
        "file:///etc/passwd",
    ],
)
def test_files_elsewhere_are_not_opened(secret: Path, refused: Refused, name: str) -> None:
    (found,) = refused(constant(name.format(secret=secret.name, folder=secret.parent)))
    assert "only files in its own folder and below" in found.what
    assert found.place is not None and found.place.line == 1 and found.place.key == "x"
    assert found.help == "put the file beside the model, and name it without a folder"


@links
def test_links_are_judged_by_where_they_lead(
    tmp_path: Path, secret: Path, equation: Callable[..., Equation], refused: Refused
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "real.csv").write_text("7\n")
    (tmp_path / "inside.csv").symlink_to(tmp_path / "sub" / "real.csv")
    (tmp_path / "outside.csv").symlink_to(secret)
    (tmp_path / "up").symlink_to(secret.parent)
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    assert equation(constant("inside.csv")).expression == Number(7.0)
    for name in ("outside.csv", f"up/{secret.name}", f"up/{secret.name.upper()}"):
        (found,) = refused(constant(name))
        assert "a link that leads out of the model's folder" in found.what
    (found,) = refused(constant("loop.csv"))
    assert found.what.startswith("cannot open the data file 'loop.csv'")


@links
def test_a_model_behind_a_link_reads_beside_the_link(
    tmp_path: Path, read: Callable[..., Model], write: Callable[[str], Path]
) -> None:
    from sdrun.parse import read_model

    path = write(constant("data.csv"))
    other = tmp_path / "other"
    other.mkdir()
    (other / "linked.mdl").symlink_to(path)
    (other / "data.csv").write_text("5\n")
    assert read_model(other / "linked.mdl").variables["x"].equations[0].expression == Number(5.0)


def test_missing_files_and_what_they_are_like(tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "inputs.xlsx").touch()
    (found,) = refused(constant("inputs.xls"))
    assert found.what == "there is no data file 'inputs.xls' beside the model" and found.help == "did you mean 'inputs.xlsx'?"
    (found,) = refused(constant("nowhere/data.csv"))
    assert found.what == "there is no data file 'nowhere/data.csv' beside the model"
    assert refused(constant(" "))[0].what == "the name of a data file is empty"


@pytest.mark.parametrize(
    ("name", "said", "helped"),
    [
        ("run.vdf", "they end in .xlsx", "export it as .tab, .csv or .dat"),
        ("run.vdfx", "they end in .xlsx", "export it as .tab, .csv or .dat"),
        ("table.ods", "they end in .xlsx", "save it as .xlsx or .csv"),
        ("table.xlsb", "they end in .xlsx", "save it in Excel as .xlsx"),
        ("program.py", "they end in .xlsx", None),
    ],
)
def test_other_kinds_of_files(tmp_path: Path, refused: Refused, name: str, said: str, helped: str | None) -> None:
    (tmp_path / name).write_text("1\n")
    (found,) = refused(constant(name))
    assert said in found.what
    assert (helped is None) == (found.help is None) and (helped or "") in (found.help or "")


def test_what_is_no_file(tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "data.csv").mkdir()
    assert refused(constant("data.csv"))[0].what == "the data file 'data.csv' is a folder"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_are_not_waited_for(tmp_path: Path, refused: Refused) -> None:
    os.mkfifo(tmp_path / "data.csv")
    assert refused(constant("data.csv"))[0].what == "the data file 'data.csv' is no regular file"


def test_sizes_are_bounded(tmp_path: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        (tmp_path / f"{name}.csv").write_text("1" * 900_000)
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(files.LARGEST + 1)
    (found,) = refused(constant("huge.csv"))
    assert found.what == "the data file 'huge.csv' has 64.0 MB; at most 64 MB are read"
    monkeypatch.setattr(files, "MOST", 2_000_000)
    many = "\n".join(f"{name} = GET DIRECT CONSTANTS('{name}.csv', ',', 'A9') ~~|" for name in "abc")
    assert "the data files of the model have more than 2 MB together" in [found.what for found in refused(many)]


def test_tags_of_the_settings(tmp_path: Path, equation: Callable[..., Equation], refused: Refused) -> None:
    """`?tag` stands for the file that line 30 of the settings names, behind the sketch."""
    (tmp_path / "data.csv").write_text("7\n")
    settings = "\n\\\\\\---/// Sketch\nV300\n///---\\\\\\\n:L<%^E!@\n15:0,0,0,0,0,0\n30:?Data=data.csv\n30:?other=../x.csv\n"
    assert equation(constant("?data") + settings).expression == Number(7.0)
    (found,) = refused(constant("?dat") + settings)
    assert found.what == "the model's settings do not say which file '?dat' is" and found.help == "did you mean '?data'?"
    assert "only files in its own folder" in refused(constant("?other") + settings)[0].what
    assert "XLS Files" in (refused(constant("?data"))[0].help or "")


def test_what_was_read_is_told(tmp_path: Path, read: Callable[..., Model]) -> None:
    """The model knows its files and their hashes; a file that changes makes another model, though its own text is kept."""
    import hashlib

    (tmp_path / "data.csv").write_text("7\n")
    first = read(constant("DATA.csv"))
    assert first.data_files == {tmp_path / "data.csv": hashlib.sha256(b"7\n").hexdigest()}
    assert read(constant("DATA.csv")) is first, "kept by content"
    (tmp_path / "data.csv").write_text("8\n")
    second = read(constant("DATA.csv"))
    assert second.variables["x"].equations[0].expression == Number(8.0)
    assert second.data_files != first.data_files
