"""Parts of a model's text: without some of its variables, or one variable with what it needs.

An entry is whatever a model file states of one name: an equation, a range, an XMILE variable.  What an entry needs is found by
the names that occur in it, so rather too much is kept than too little.
"""

import re
from collections.abc import Callable, Collection

from lxml import etree

from sdrun.model import CONTROLS, name_id

VARIABLES = ("stock", "flow", "aux", "gf")


def without(text: str, names: Collection[str]) -> str:
    """All but the entries of these names."""
    return _kept(text, lambda name, _: name not in names)


def alone(text: str, name: str) -> str:
    """The entries of a name, and those that they need."""
    needed: set[str] = {name}
    entries = _entries(text)
    while more := {other for other in entries if other not in needed and any(_says(entries[one], other) for one in needed)}:
        needed |= more
    return _kept(text, lambda other, _: other in needed or other in CONTROLS)


def names(text: str) -> list[str]:
    """Of all entries."""
    return [*_entries(text)]


def _says(entry: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", entry) is not None


def _entries(text: str) -> dict[str, str]:
    """By name, as ids."""
    found: dict[str, str] = {}

    def keep(name: str, entry: str) -> bool:
        found[name] = found.get(name, "") + re.sub(r"\s+", "_", entry.casefold())
        found[name] += " " + re.sub(r"[\s_]+", " ", entry.casefold())
        return True

    _kept(text, keep)
    return {name: _spelled(entry) for name, entry in found.items()}


def _spelled(entry: str) -> str:
    """Names inside as ids: blanks between words become underscores."""
    return re.sub(r"(?<=\w) (?=\w)", "_", entry)


def _kept(text: str, keep: Callable[[str, str], bool]) -> str:
    if text.lstrip().startswith("<"):
        tree = etree.fromstring(text.encode())
        for element in [element for element in tree.iter("{*}*") if etree.QName(element).localname in VARIABLES]:
            name = element.get("name")
            if name and not keep(name_id(name), etree.tostring(element, encoding="unicode")):
                element.getparent().remove(element)
        return etree.tostring(tree, encoding="unicode")
    parts = text.split("|")
    return "|".join([*(part for part in parts[:-1] if keep(_name(part), part)), parts[-1]])


def _name(entry: str) -> str:
    plain = re.sub(r"\{[^{}]*\}", "", entry)
    return name_id(re.split(r"[\[=(:<]", plain, maxsplit=1)[0].strip())
