"""The files that are mutated: our own models and scenarios, and those in `seeds`; and the folder that they are examined in."""

import shutil
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent

POOLS: Mapping[str, tuple[str, ...]] = {
    "mdl": ("tests/language/vensim/*.mdl", "tests/agreement/models/*.mdl", "models/[prt]*.mdl", "tests/fuzz/seeds/*.mdl"),
    "xmile": ("tests/language/xmile/*.xmile", "tests/agreement/models/*.xmile"),
    "toml": ("tests/fuzz/seeds/*.toml", "scenarios/[pr]*y*.toml", "scenarios/richardson.toml", "scenarios/teacup.toml"),
}
"""Of each format, where its files lie; the flagship is left out, as one of its size takes a second."""

CORPUS = HERE / "corpus"
"""Files that once broke something, each named by what it shows."""


def pool(suffix: str) -> tuple[bytes, ...]:
    """The files of a format, the corpus among them."""
    files = (path for pattern in (*POOLS[suffix], f"tests/fuzz/corpus/*.{suffix}") for path in sorted(ROOT.glob(pattern)))
    return tuple(path.read_bytes().replace(b'"../models/', b'"') for path in files)


def laid_out(folder: Path) -> Path:
    """`folder` with all that the files name: models, data, theories, scenarios to extend."""
    for pattern in ("tests/fuzz/seeds/*", "tests/agreement/models/*.csv", "models/[prt]*.mdl"):
        for path in ROOT.glob(pattern):
            shutil.copy(path, folder)
    (folder / "theories").mkdir()
    (folder / "theories" / "calm.toml").write_text('[theory]\ntitle = "Calm"\n[parameters]\n"room temperature" = 20\n', "utf-8")
    return folder
