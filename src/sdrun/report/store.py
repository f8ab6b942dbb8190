"""results.zarr: the dataset of results.nc in a Zarr store (format 3), written piece by piece, that `xarray.open_zarr` opens.

What a sweep has of every sample at every time is never in memory as a whole: each piece, a chunk of samples, is written behind
the one before; what is one figure per sample, and all coordinates, in one go at the end.  A piece is a chunk of the store, by
variant, so nothing has to be read again to be completed.  Texts are of variable length, as format 3 knows no others.  Blosc
compresses (zstd, bytes shuffled).  The same pieces give the same bytes.
"""

import json
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdrun.errors import InputError, Problem
from sdrun.trajectory import figures_only

if TYPE_CHECKING:
    import xarray as xr


def write_zarr(ds: "xr.Dataset", path: Path, pieces: "Iterable[xr.Dataset] | None" = None) -> None:
    """`ds`; of a sweep its figures by sample, and the rest from `pieces`, which are successive samples of it.

    Raises OSError where the disk refuses.
    """
    figures, width = figures_only(ds), 0
    with _quiet():
        for piece in pieces if pieces is not None else (ds,):
            part = piece.drop_vars([*piece.coords, *figures.data_vars])
            if not part.data_vars:
                break
            if width:
                _texts(part).to_zarr(path, append_dim="sample", zarr_format=3, consolidated=False)
                continue
            width = piece.sizes.get("sample", 1)
            chunks = {"variant": 1, "sample": width}
            encoding = {name: _encoding(array, chunks) for name, array in part.variables.items()}
            _texts(part).to_zarr(path, mode="w", encoding=encoding, zarr_format=3, consolidated=False)
        encoding = {name: _encoding(array, {}) for name, array in figures.variables.items()}
        _texts(figures).to_zarr(path, mode="a", encoding=encoding, zarr_format=3, consolidated=False)
        _consolidate(path)


def _texts(ds: "xr.Dataset") -> "xr.Dataset":
    """With texts of variable length."""
    return ds.assign({name: array.astype(object) for name, array in ds.variables.items() if array.dtype.kind in "US"})


def _encoding(array: "xr.Variable", chunks: dict[str, int]) -> dict[str, Any]:
    """Chunks of the sizes given by dimension, whole along others."""
    from zarr.codecs import BloscCodec

    encoding: dict[str, Any] = {}
    if array.ndim:
        encoding["chunks"] = tuple(min(size, chunks.get(str(dim), size)) for dim, size in array.sizes.items())
    if array.dtype.kind in "fi":
        encoding["compressors"] = (BloscCodec(cname="zstd", clevel=1, shuffle="shuffle", typesize=array.dtype.itemsize),)
    if array.dtype.kind == "f" and array.attrs.get("axis") == "T":
        encoding["_FillValue"] = None
    return encoding


def _consolidate(path: Path) -> None:
    """Put the metadata of all arrays into the store's first file, in order: xarray opens it with one look."""
    from zarr import consolidate_metadata

    consolidate_metadata(path, zarr_format=3)
    root = path / "zarr.json"
    content = json.loads(root.read_text(encoding="utf-8"))
    arrays = content["consolidated_metadata"]["metadata"]
    content["consolidated_metadata"]["metadata"] = dict(sorted(arrays.items()))
    root.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the warning that consolidated metadata is no part of the format yet: who does not know it passes it over."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Consolidated metadata")
        yield


def check_extra(formats: Iterable[str]) -> None:
    """Raise an InputError if a format needs a package that is not installed."""
    if "zarr" in formats and find_spec("zarr") is None:
        raise lacking()


def lacking() -> InputError:
    """The error where zarr is not installed."""
    return InputError(Problem(what='[output] formats = ["zarr"] needs the package zarr', help='pip install "sdrun[zarr]"'))
