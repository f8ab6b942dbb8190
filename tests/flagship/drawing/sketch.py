"""Diagrams as the sketch of a Vensim model: one view each, then the settings.

The format: https://www.vensim.com/documentation/ref_sketch_format.html, and 24305.html for the objects.

    10  a word: id, name, x, y, half width, half height, shape (3 box, 8 none, 40 name of a valve), bits (3 itself, 2 shadow)
    11  a valve, just before its name; 12 with the name 48: a cloud
    1   an arrow: id, from, to, shape (0 straight, 1 curved; of a pipe 4 to where it flows, 100 to where it comes from), hidden,
        polarity, thickness (22: a pipe), font, delay, 1 if at the start only, colour, font, number of points|(x, y)|
"""

import re
from collections.abc import Iterator

from drawing.sectors import SKETCH
from sdrun.draw.blocks import Word
from sdrun.draw.layout import Diagram, Pipe
from sdrun.draw.structure import Structure
from sdrun.model import Number

HEAD = f"""{SKETCH}Sketch information - do not modify anything except names
V300  Do not put anything below this section - it will be ignored
*%s
$192-192-192,0,Arial|8||0-0-0|0-0-0|0-0-255|-1--1--1|-1--1--1|96,96,100,0"""
SHADOW = "128-128-128,0-0-0,|8||128-128-128"
SETTINGS = """:L\x7f<%%^E!@
1:Current.vdf
9:Current
22:$,Dollar,Dollars,$s
22:Hour,Hours
22:Month,Months
22:Person,People,Persons
22:Unit,Units
22:Week,Weeks
22:Year,Years
22:Day,Days
15:0,0,0,0,0,0
19:100,0
27:2,
34:0,
4:Time
24:%(first)s
25:%(last)s
26:%(last)s
"""
"""What Vensim keeps with every new model: names of runs, units that are the same (22), Euler's method (15), the time axis."""


def sketch_of(structure: Structure, diagrams: list[Diagram]) -> str:
    """All that follows the equations."""
    views = ["\n".join([HEAD % diagram.title, *_objects(structure, diagram)]) for diagram in diagrams]
    settings = SETTINGS % {"first": _number(structure, "initial_time"), "last": _number(structure, "final_time")}
    return "\n".join([*views, "///---\\\\\\", settings])


def _objects(structure: Structure, diagram: Diagram) -> Iterator[str]:
    """Lines of a view.  A valve stands just before its name, so its number is one less."""
    number, ids = 0, dict[int, int]()
    for i, word in enumerate(diagram.words):
        if i in diagram.valves:
            number += 1
            yield f"11,{number},48,{_point(diagram.valves[i])},6,8,34,3,0,0,1,0,0,0"
        number += 1
        ids[i] = number
        place = f"{_point((word.x, word.y))},{_point(word.half)}"
        yield f"10,{number},{_name(structure, word)},{place},{_look(word, i in diagram.valves)}"
    for pipe in diagram.pipes:
        to, valve = ids.get(-1 if pipe.stock is None else pipe.stock), ids[pipe.flow] - 1
        if to is None:
            number += 1
            to = number
            yield f"12,{number},48,{_point(pipe.end)},10,8,0,3,0,0,-1,0,0,0"
        number += 1
        yield f"1,{number},{valve},{to},{4 if pipe.fills else 100},0,0,22,0,0,0,-1--1--1,,1|({_point(_handle(diagram, pipe))})|"
    for arrow in diagram.arrows:
        number += 1
        ends = f"{ids[arrow.source]},{ids[arrow.target]},{0 if arrow.satellite else 1}"
        yield f"1,{number},{ends},0,0,0,0,64,{int(arrow.initial)},-1--1--1,,1|({_point(arrow.bend)})|"


def _name(structure: Structure, word: Word) -> str:
    label = structure.slots[word.id].label
    return label if re.fullmatch(r"[^\W\d][\w $']*", label) else '"' + label.replace('"', '\\"') + '"'


def _look(word: Word, flow: bool) -> str:
    if word.ghost:
        return f"8,2,0,3,-1,0,0,0,{SHADOW}"
    return "3,3,0,0,0,0,0,0" if word.is_stock else "40,3,0,0,-1,0,0,0" if flow else "8,3,0,0,0,0,0,0"


def _point(xy: tuple[float, float]) -> str:
    return f"{round(xy[0])},{round(xy[1])}"


def _handle(diagram: Diagram, pipe: Pipe) -> tuple[float, float]:
    """Half way between the edges of the valve and of the other end."""
    (x, y), (u, v) = diagram.valves[pipe.flow], pipe.end
    edge = 10.0 if pipe.stock is None else diagram.words[pipe.stock].half[0]
    way = 1 if x < u else -1
    return (x + 6 * way + u - edge * way) / 2, (y + v) / 2


def _number(structure: Structure, id: str) -> str:
    expression = structure.model.variables[id].equations[0].expression
    return f"{expression.value:g}" if isinstance(expression, Number) else "0"
