"""Small texts that stand for much: what would fill the memory or take for ever, and what is said instead."""

from collections.abc import Mapping

CONTROLS = "INITIAL TIME = 0 ~~|\nFINAL TIME = 10 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n"
HEAD = '<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">'
SPECS = "<sim_specs><start>0</start><stop>10</stop><dt>1</dt></sim_specs>"
TEA = 'schema = 1\n[model]\nfile = "tea.mdl"\n'


def _mdl(*entries: str) -> str:
    return "".join(f"{entry} ~~|\n" for entry in entries) + CONTROLS


def _xmile(inside: str) -> str:
    return f"{HEAD}{SPECS}{inside}</xmile>"


def _variables(inside: str) -> str:
    return f"<model><variables>{inside}</variables></model>"


def _doubled(last: str) -> str:
    """Constants of which each names two before it: followed way by way, 2^100 ways."""
    return _mdl("c0 = 1", "c1 = 2", *(f"c{k} = c{k - 1} / c{k - 2}" for k in range(2, 150)), last)


_ENTITIES = "".join(f'<!ENTITY b{k} "' + f"&b{k - 1};" * 10 + '">' for k in range(1, 12))

BOMBS: Mapping[str, tuple[str, str]] = {
    "ways_to_an_order.mdl": (_doubled("x = DELAY N(Time, 3, 0, c149 / c149)"), ""),
    "ways_to_a_time_step.mdl": (_doubled("y = 1").replace("FINAL TIME = 10", "FINAL TIME = c149 / c149 * 10"), ""),
    "ranges_in_ranges.mdl": (
        _mdl(
            "r0: a, b",
            "s0: a, b",
            *(f"{x}{k}: r{k - 1}, s{k - 1}" for k in range(1, 40) for x in "rs"),
            "x[r39] = 1",
        ),
        "",
    ),
    "ranges_too_deep.mdl": (
        _mdl("r0: a", *(f"r{k}: r{k - 1}, a{k}" for k in range(1, 400)), "x[r3] = 1"),
        "levels deep in others",
    ),
    "elements_of_all_ranges.mdl": (
        _mdl(*(f"r{k}: (a1-a9999)" for k in range(21)), "x[r1] = 1"),
        "the ranges have more than 200,000 elements together",
    ),
    "a_range_without_end.mdl": (_mdl("r: (a1-a1000000000)", "x[r] = 1"), "a numeric range may have 10000 elements at most"),
    "arrays_together.mdl": (
        _mdl("r: (a1-a1400)", "q <-> r", *(f"x{k}[r, q] = {k}" for k in range(25))),
        "numbers together; at most 20,000,000",
    ),
    "an_array.mdl": (_mdl("r: (a1-a9999)", "q <-> r", "x[r, q] = 1"), "at most 2000000 are allowed"),
    "macros_that_multiply.mdl": (
        "".join(
            f":MACRO: f{k}(x)\nf{k} = {f'f{k - 1}(x) + f{k - 1}(x)' if k else 'x'} ~~|\n:END OF MACRO:\n" for k in range(40)
        )
        + _mdl("y = f39(1)"),
        "more than 10000 calls",
    ),
    "macros_in_macros.mdl": (
        "".join(f":MACRO: f{k}(x)\nf{k} = {f'f{k - 1}(x)' if k else 'x'} ~~|\n:END OF MACRO:\n" for k in range(400))
        + _mdl("y = f399(1)"),
        "in too many levels",
    ),
    "a_macro_of_itself.mdl": (":MACRO: f(x)\nf = f(x) ~~|\n:END OF MACRO:\n" + _mdl("y = f(1)"), "macros that call themselves"),
    "steps_that_shrink.mdl": (
        _mdl("x = INTEG(1, 0)").replace("TIME STEP = 1", "TIME STEP = 1e-9 * (1 + Time)"),
        "lead to no end of it",
    ),
    "steps_by_the_billion.mdl": (
        _mdl("x = 1").replace("TIME STEP = 1", "TIME STEP = 1e-12").replace("SAVEPER = 1", "SAVEPER = 1e-12"),
        "more than 10,000,000 steps",
    ),
    "stocks_of_a_delay.mdl": (_mdl("x = DELAY N(Time, 100, 0, 1e9)"), "must be a number from 1 to 100"),
    "entries_of_nothing.mdl": ("|~" * 60_000 + "|", "entries; at most 50,000 are read"),
    "names_of_nothing.mdl": (_mdl(*(f"x{k} = nothing {k}" for k in range(500))), "which is not defined"),
    "brackets.mdl": (_mdl(f"x = {'(' * 5000}1{')' * 5000}"), "nested too deeply"),
    "powers.mdl": (_mdl(f"x = {'2^' * 2000}2"), "nested more than 150 levels deep"),
    "entities.xmile": (f"<!DOCTYPE x [{_ENTITIES}]>{_xmile('')}", "declares a DOCTYPE or entities"),
    "tags_in_tags.xmile": (_xmile("<group>" * 5000 + "</group>" * 5000), "is no XML"),
    "terms.xmile": (
        _xmile(_variables('<aux name="x"><eqn>' + "TIME * " * 3000 + "1</eqn></aux>")),
        "joins too many terms",
    ),
    "a_sum_without_end.xmile": (
        _xmile(_variables('<aux name="x"><eqn>' + "1+" * 20_000 + "1</eqn></aux>")),
        "joins too many terms",
    ),
    "elements_of_all_dimensions.xmile": (
        _xmile(
            "<dimensions>"
            + "".join(f'<dim name="d{k}" size="9999"/>' for k in range(40))
            + "</dimensions>"
            + _variables('<aux name="x"><eqn>1</eqn></aux>')
        ),
        "the dimensions have more than 200,000 elements together",
    ),
    "modules_that_multiply.xmile": (
        _xmile(
            _variables('<module name="m0"/>')
            + "".join(
                f'<model name="m{k}"><variables><module name="m{k + 1}"/><module name="m{k + 2}"/></variables></model>'
                for k in range(40)
            )
            + "".join(f'<model name="m{k}"><variables><aux name="x"><eqn>1</eqn></aux></variables></model>' for k in (40, 41))
        ),
        "more than 2,000 models",
    ),
    "a_module_in_itself.xmile": (
        _xmile(_variables('<module name="m"/>') + '<model name="m"><variables><module name="m"/></variables></model>'),
        "stands inside itself",
    ),
    "outflows.xmile": (
        _xmile(
            _variables(
                '<stock name="s"><eqn>1</eqn><non_negative/>'
                + "".join(f"<outflow>f{k}</outflow>" for k in range(300))
                + "</stock>"
                + "".join(f'<flow name="f{k}"><eqn>s / 2</eqn></flow>' for k in range(300))
            )
        ),
        "in more ways than can be followed",
    ),
    "lists_in_lists.toml": (TEA + "x = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
    "tables_in_tables.toml": (TEA + "[" + ".".join("a" * 5000) + "]", "nested too deeply"),
    "variants_that_use_variants.toml": (
        TEA
        + "[variants.v0]\n[variants.w0]\n"
        + "".join(f'[variants.{x}{k}]\nuse = ["v{k - 1}", "w{k - 1}"]\n' for k in range(1, 30) for x in "vw"),
        "more than 20 levels",
    ),
    "samples.toml": (
        f'{TEA}[sweep]\nmethod = "sobol"\nsamples = {10**18}\n[sweep.parameters]\n"cooling time" = {{ low = 1, high = 2 }}\n',
        "more than 1,000,000 samples",
    ),
    "steps.toml": (f'{TEA}[solver]\nmethod = "euler"\nstep = 1e-12\n', "more than 10,000,000 steps"),
    "a_file_without_end.toml": (f'extends = "/dev/zero"\n{TEA}', "no such file: '/dev/zero'"),
    "extends_itself.toml": (f'extends = ["extends_itself.toml"]\n{TEA}', "extends in a circle"),
}
"""By the name of the file: its text, and what the error says; nothing where the file is valid."""
