"""What a model file says of itself beside its equations: units that are the same, and the method of integration.

Vensim keeps it behind the drawing: lines `22:Year,Years` (units synonyms,
https://www.vensim.com/documentation/ref_units_equiv.html) and `15:0,0,0,1,0,0`, whose fourth number is 0 for Euler, 1 and 5 for
Runge-Kutta of fourth order, as xmutil and simlin read it.  XMILE has `<model_units>` and `<sim_specs method="RK4">`.
"""

import re
from dataclasses import dataclass

from sdrun.parse.xmile_tree import Element, children, grandchildren

_BLOCK = re.compile(r"^:L\x7f?<%\^E!@\s*$", re.MULTILINE)
_SYNONYMS = re.compile(r"^22:(.*)$", re.MULTILINE)
_METHOD = re.compile(r"^15:\s*\d+,\s*\d+,\s*\d+,\s*(\d+)", re.MULTILINE)
_RUNGE_KUTTA = ("1", "5")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSettings:
    """Settings of a model file."""

    synonyms: tuple[tuple[str, ...], ...] = ()
    """Units that mean the same, as written."""
    method: str = "euler"
    """`euler` or `rk4`."""


def vensim_settings(behind: str) -> FileSettings:
    """The settings in what follows the equations of a .mdl file."""
    block = _BLOCK.search(behind)
    if block is None:
        return FileSettings()
    text = behind[block.end() :]
    method = _METHOD.search(text)
    return FileSettings(
        synonyms=tuple(_names(found[1].split(",")) for found in _SYNONYMS.finditer(text)),
        method="rk4" if method is not None and method[1] in _RUNGE_KUTTA else "euler",
    )


def xmile_settings(root: Element) -> FileSettings:
    """The settings in an XMILE tree."""
    units = grandchildren(root, "model_units", "unit")
    specs = next(iter(children(root, "sim_specs")), None)
    method = "" if specs is None else specs.attrib.get("method", "")
    return FileSettings(
        synonyms=tuple(
            _names([unit.attrib.get("name", ""), *(alias.text or "" for alias in children(unit, "alias"))]) for unit in units
        ),
        method="rk4" if method.strip().lower() == "rk4" else "euler",
    )


def _names(names: list[str]) -> tuple[str, ...]:
    return tuple(name.strip() for name in names if name.strip())
