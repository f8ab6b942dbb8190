"""Files made from files: tokens, lines, brackets, numbers, units and subscripts dropped, doubled, swapped and put elsewhere.

All choices are those of a `random.Random`, so that libFuzzer's seed, Hypothesis's and ours lead through the same code.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from random import Random

TOKEN = re.compile(r'"[^"\n]*"|\'[^\'\n]*\'|</?[\w:]+|:[A-Z ]+:|[A-Za-z_]\w*|[0-9.]+(?:[eE][+-]?\d+)?|\s+|.', re.DOTALL)

PIECE = {
    ".mdl": re.compile(r"[^|]*\|\s*|[^|]+"),
    ".xmile": re.compile(r"[^\n]*\n|[^\n]+"),
    ".toml": re.compile(r"[^\n]*\n|[^\n]+"),
}
"""What a file is made of: entries of a Vensim model, lines of the others."""

NUMBERS = (
    "0 -1 1 2 0.1 1e999 -1e999 1e308 1e-320 5e-324 1e12 1e18 1e-12 99999999999999999999 2147483648 4294967297 00 1. .5 1e "
    "0x10 1_000 nan inf -inf :NA: 1e400 3.5 100000 -0.0 1e-300 10001"
).split()

WORDS: Mapping[str, Sequence[str]] = {
    ".mdl": (
        "~ | ~~| := == = : , ; -> <-> { } ( ) [ ] ! ' \" + - * / ^ < > <= >= <> \\ \\\n :AND: :OR: :NOT: :EXCEPT: :NA: "
        ":MACRO: :END_OF_MACRO: :INTERPOLATE: :RAW: :THE_CONDITION: INTEG SMOOTH SMOOTH3 SMOOTHI DELAY1 DELAY3I DELAY_FIXED "
        "DELAY_N SMOOTH_N DELAY_MATERIAL DELAY_CONVEYOR SAMPLE_IF_TRUE TREND FORECAST NPV INITIAL ACTIVE_INITIAL IF_THEN_ELSE "
        "WITH_LOOKUP LOOKUP_FORWARD LOOKUP_INVERT LOOKUP_AREA LOOKUP_SLOPE VECTOR_LOOKUP PULSE PULSE_TRAIN STEP RAMP "
        "SUM PROD VMIN VMAX MODULO QUANTUM ELMCOUNT VECTOR_SELECT VECTOR_ELM_MAP VECTOR_SORT_ORDER VECTOR_RANK "
        "ALLOCATE_AVAILABLE ALLOCATE_BY_PRIORITY INVERT_MATRIX "
        "RANDOM_UNIFORM RANDOM_NORMAL GET_DIRECT_DATA GET_XLS_CONSTANTS GET_DIRECT_LOOKUPS GET_DIRECT_SUBSCRIPT GAME "
        "A_FUNCTION_OF TABBED_ARRAY GET_DATA_BETWEEN_TIMES GET_TIME_VALUE REINITIAL SIMULTANEOUS "
        "XIDZ ZIDZ Time TIME_STEP SAVEPER FINAL_TIME "
        "INITIAL_TIME (a1-a3) (1-99999) [0,1,?] ((0,0),(1,1)) '../x.csv' '/etc/passwd' '?data' \\\\\\---///_Sketch $ @ é "
        '# \u2028 __import__("os").mkdir("executed") {UTF-16}'
    ).split(" "),
    ".xmile": (
        "<aux <stock <flow <gf <module <model <macro <dim <elem <array <dimensions <sim_specs <eqn> </eqn> <non_negative/> "
        "<inflow> <outflow> <connect <parm> <element <ypts> <xpts> <xscale <dt> <start> <stop> <init_eqn> <conveyor/> <units> "
        '<format <group <doc> <behavior> <uses_arrays/> <!-- --> <![CDATA[ ]]> &amp; &lt; &x; <!DOCTYPE /> > </ " = name= '
        "size= subscript= to= from= access= dimensions= type= min= max= ( ) [ ] , . : * @1 @2 ' + - * / // ^ MOD AND OR NOT "
        "IF THEN ELSE TIME DT STARTTIME STOPTIME SMTH1 SMTH3 SMTHN DELAY DELAY1 DELAY3 DELAYN TREND FORCST NPV PREVIOUS INIT "
        "HISTORY SELF SUM MEAN MIN MAX RANK SIZE STDDEV PROD COUNTER LOOKUP LOOKUPINV STEP PULSE RAMP RANDOM NORMAL POISSON "
        "SAFEDIV INTERPOLATE ROOTN ENDVAL IRR { } ; { a.b .a a.b.c $ # é \u2028 __import__('os').mkdir('executed')"
    ).split(" "),
    ".toml": (
        "= [ ] [[ ]] { } , . # \" ' \"\"\" ''' true false 1979-05-27 07:32:00 [time] [solver] [model] [parameters] [initial] "
        "[subscripts] [[events]] [sweep] [sweep.parameters] [sweep.metrics] [variants.x] [output] [scenario] extends schema "
        "file theory data start stop unit save_every method step rtol atol max_step engine value at until target label low "
        "high dist mode sd mean choices samples seed variable indicator column actor formats "
        'precision use title "*" "grid" "list" '
        '"sobol" "lhs" "random" "halton" "uniform" "normal" "lognormal" "triangular" "theory" "model.theory" "../x.toml" '
        '"/etc/passwd" "/dev/zero" "self.toml" "euler" "rk4" "LSODA" "llvm" "numpy" "\\u0000" "\\u202e" é \n "wages.csv"'
    ).split(" "),
}
"""What could stand in such a file; blanks of names are underscores here."""

BRACKETS = ("()", "[]", "{}", '""', "''", "<>", "||", "~~")

MOST_REPEATED = 3000


def mutated(content: bytes, suffix: str, random: Random, others: Sequence[bytes] = ()) -> bytes:
    """`content` with one to six mutations; `others` are files of its kind, from which pieces may come."""
    suffix = ".xmile" if suffix == ".stmx" else suffix
    text = content.decode(errors="surrogateescape")
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4, 6))):
        text = _once(text, suffix, random, others)
    found = text.encode(errors="surrogateescape")
    return random.choice(BYTES)(found, random) if random.random() < 0.03 else found


def _once(text: str, suffix: str, random: Random, others: Sequence[bytes]) -> str:
    pattern = PIECE[suffix] if random.random() < 0.3 else TOKEN
    parts = pattern.findall(text)
    if not parts:
        return random.choice(WORDS[suffix])
    if pattern is not TOKEN and others and random.random() < 0.25:
        donor = random.choice(others).decode(errors="replace")
        parts.insert(random.randrange(len(parts) + 1), random.choice(pattern.findall(donor) or [""]))
        return "".join(parts)
    if pattern is TOKEN and random.random() < 0.4:
        return "".join(random.choice((_number, _word, _word))(parts, suffix, random))
    return "".join(random.choice(REARRANGEMENTS)(parts, random))


def _number(parts: list[str], _suffix: str, random: Random) -> list[str]:
    places = [place for place, part in enumerate(parts) if part[0].isdigit()] or range(len(parts))
    parts[random.choice(places)] = random.choice(NUMBERS)
    return parts


def _word(parts: list[str], suffix: str, random: Random) -> list[str]:
    word = random.choice(WORDS[suffix])
    place = random.randrange(len(parts))
    parts[place : place + random.randrange(2)] = [word if suffix != ".mdl" else word.replace("_", " ")]
    return parts


def _dropped(parts: list[str], random: Random) -> list[str]:
    place = random.randrange(len(parts))
    del parts[place : place + random.choice((1, 1, 2, 5))]
    return parts


def _doubled(parts: list[str], random: Random) -> list[str]:
    place = random.randrange(len(parts))
    parts.insert(random.choice((place, random.randrange(len(parts)))), parts[place])
    return parts


def _swapped(parts: list[str], random: Random) -> list[str]:
    first, second = random.randrange(len(parts)), random.randrange(len(parts))
    parts[first], parts[second] = parts[second], parts[first]
    return parts


def _replaced(parts: list[str], random: Random) -> list[str]:
    parts[random.randrange(len(parts))] = random.choice(parts)
    return parts


def _bracketed(parts: list[str], random: Random) -> list[str]:
    first, second = sorted((random.randrange(len(parts)), random.randrange(len(parts))))
    opening, closing = random.choice(BRACKETS)
    parts.insert(min(second, first + random.randrange(1, 9)), closing)
    parts.insert(first, opening)
    return parts


def _repeated(parts: list[str], random: Random) -> list[str]:
    place, width = random.randrange(len(parts)), random.choice((1, 1, 2, 3))
    often = random.choice((2, 3, 8, 40, 300, MOST_REPEATED)) if random.random() < 0.3 else 2
    piece = parts[place : place + width]
    parts[place : place + width] = piece * min(often, max(2, 20_000 // (1 + sum(map(len, piece)))))
    return parts


def _cut(parts: list[str], random: Random) -> list[str]:
    return parts[: random.randrange(len(parts))] if random.random() < 0.3 else parts[random.randrange(min(len(parts), 20)) :]


REARRANGEMENTS: tuple[Callable[[list[str], Random], list[str]], ...] = (
    *(_dropped,) * 3,
    *(_doubled,) * 2,
    *(_swapped,) * 3,
    *(_replaced,) * 4,
    *(_bracketed,) * 2,
    _repeated,
    _cut,
)


def _flipped(content: bytes, random: Random) -> bytes:
    if not content:
        return b"\0"
    place = random.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << random.randrange(8)]) + content[place + 1 :]


def _encoded(content: bytes, random: Random) -> bytes:
    text = content.decode(errors="replace")
    return text.encode(random.choice(("utf-16", "utf-8-sig", "latin-1", "utf-32")), errors="replace")


def _ended(content: bytes, random: Random) -> bytes:
    return content.replace(b"\n", random.choice((b"\r\n", b"\r", b"\x0b", b"\0", b"\x85")))


BYTES: tuple[Callable[[bytes, Random], bytes], ...] = (_flipped, _encoded, _ended)
