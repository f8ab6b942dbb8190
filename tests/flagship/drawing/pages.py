"""The documentation of the sectors in Markdown: one page each, and an index."""

from collections import Counter

from drawing.sectors import Sector, home, users, written
from sdrun.content import GROUPS
from sdrun.draw.structure import Structure
from sdrun.model import CONTROLS
from sdrun.system import Slot

MADE = "<!-- made by tests/flagship/test_views.py from the model file: change that, not this -->"


def index_of(structure: Structure) -> str:
    """The page that leads to the others."""
    rows = [f"| {s.number} | [{s.name}]({s.slug}.md) | {_count(structure, s)} | {s.text} |" for s in structure.sectors]
    where = sorted((slot.label, id) for id, slot in structure.slots.items() if id in home(structure))
    names = ", ".join(f"[{label}]({home(structure)[id].slug}.md#{_anchor(label)})" for label, id in where)
    table = "\n".join(["|  | sector | variables | what it holds |", "|---|---|---|---|", *rows])
    text = f"Of `{structure.model.path.name}`: a page and a view in Vensim for each sector."
    return f"{MADE}\n# Sectors\n\n{text}\n\n{table}\n\n## All variables\n\n{names}\n"


def page_of(structure: Structure, sector: Sector) -> str:
    """Purpose, diagram, and every variable."""
    parts = [f"{MADE}\n# {sector.name}", sector.text, f"![Diagram of the sector {sector.name}]({sector.slug}.svg)"]
    others = [f"[{other.name}]({other.slug}.md)" for other in structure.sectors if other != sector]
    parts.append(" · ".join(["[All sectors](README.md)", *others]))
    for kind, heading in GROUPS.items():
        slots = [structure.slots[id] for id in sector.variables if structure.slots[id].kind is kind]
        if slots:
            parts += [f"## {heading.capitalize()}", *(_entry(structure, sector, slot) for slot in slots)]
    return "\n\n".join(parts) + "\n"


def _entry(structure: Structure, sector: Sector, slot: Slot) -> str:
    extent = " × ".join(structure.model.ranges[dim].label for dim in slot.dims)
    facts = [slot.kind.value, extent, f"`{slot.units}`", _range(slot)]
    naming = [id for id in users(structure)[slot.id] if id not in CONTROLS]
    used = (
        "Used by " + ", ".join(_link(structure, sector, id) for id in naming) + "." if naming else "Used by no other variable."
    )
    return "\n\n".join(
        [
            f"### {slot.label}",
            " · ".join(fact for fact in facts if fact),
            slot.description,
            f"```\n{written(structure.model.path)[slot.id]}\n```",
            used,
        ]
    )


def _range(slot: Slot) -> str:
    low, high = slot.limits
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return f"at least {low:g}" if low is not None else f"at most {high:g}" if high is not None else ""


def _link(structure: Structure, sector: Sector, id: str) -> str:
    label, other = structure.slots[id].label, home(structure).get(id)
    if other is None:
        return label
    return f"[{label}]({'' if other == sector else f'{other.slug}.md'}#{_anchor(label)})"


def _anchor(label: str) -> str:
    """As GitHub makes it of a heading."""
    return "".join(letter for letter in label.lower().replace(" ", "-") if letter.isalnum() or letter in "-_")


def _count(structure: Structure, sector: Sector) -> str:
    counts = Counter(structure.slots[id].kind for id in sector.variables)
    return ", ".join(
        f"{counts[kind]} {group if counts[kind] > 1 else kind.value}" for kind, group in GROUPS.items() if counts[kind]
    )
