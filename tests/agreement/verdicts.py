"""Why PySD and pysimlin differ from sdrun on models of our own: what was found out of each difference.

(engine, model, columns, a regular expression) -> the verdict.  `test_verdicts.py` holds them to what is found.
"""

FIRST_ORDER = "pysimlin takes DELAY FIXED for a first-order delay; what goes in comes out after the delay time, unchanged"
THROUGH_FIRST_ORDER = f"rests on a DELAY FIXED: {FIRST_ORDER}"
IN_A_CIRCLE = "pysimlin's DELAY FIXED stays at its initial value where it feeds back upon itself"
WIDTH = "pysimlin's curves are twice as wide: it shares where priorities are further apart than the width, the manual's limit"
TRUNCATED = "PySD cuts what a smooth keeps to whole numbers where its initial value has no decimal point"
WHOLE_ARRAY = "pysimlin ranks all elements of the array; Vensim along the last subscript alone"
ACTIONS = "pysimlin numbers the actions of VECTOR SELECT otherwise than Vensim's manual, and never weighs"
NOT_HELD = "pysimlin reads `non_negative` and lets the stock fall below zero, or the flow run backwards, all the same"
LOST = "PySD cuts a non-negative stock off at zero but lets its outflow run on: what is not there flows on"
NUMBERED = "pysimlin does not take `2, 2` for the second region's second product: it has no value"
BELOW_ZERO = "pysimlin's MODULO and INTEGER round down; Vensim's cut off towards zero"

AS_A_NUMBER = "pysimlin gives Vensim's number for :NA:, -2^109; here it is NaN"

VERDICTS: dict[tuple[str, str, str], str] = {
    ("pysimlin", "models/joint.mdl", r"by_priority\[.*"): WIDTH,
    ("pysimlin", "models/logic.mdl", "f"): BELOW_ZERO,
    ("pysimlin", "models/memory.mdl", r"late|later\[.*|chained"): FIRST_ORDER,
    ("pysimlin", "models/memory.mdl", "ordered|arrived"): THROUGH_FIRST_ORDER,
    ("pysimlin", "models/vectors.mdl", r"first_(up|down)\[.*"): WHOLE_ARRAY,
    ("pysimlin", "models/vectors.mdl", r"(total|product|lowest|highest)\[.*"): ACTIONS,
    ("pysimlin", "models/vectors.mdl", r"stock\[.*"): f"rests on `total`: {ACTIONS}",
    ("pysimlin", "vensim/allocate_available.mdl", r"fair\[.*"): "of two with one profile each gets its part of what is there, "
    "by its request, whatever the curve; pysimlin gives more to the smaller request",
    ("pysimlin", "vensim/allocate_by_priority.mdl", r"half\[.*"): WIDTH,
    ("pysimlin", "vensim/delay_fixed.mdl", r"delayed\[.*|rounded|stretched|apart\[north\]"): FIRST_ORDER,
    ("pysimlin", "vensim/delay_fixed.mdl", "none_at_all"): f"a delay of 0 lasts one step; {FIRST_ORDER}, and divides by 0",
    ("pysimlin", "vensim/delay_fixed.mdl", "echo"): IN_A_CIRCLE,
    ("pysimlin", "vensim/delay_material.mdl", r"sent_before\[.*"): FIRST_ORDER,
    ("pysimlin", "vensim/delay_orders.mdl", "changing"): "pysimlin divides every stage of DELAY N by the delay time of now; in "
    "Vensim's what is on its way keeps its pace",
    ("pysimlin", "vensim/delay_orders.mdl", "pace_2"): FIRST_ORDER,
    ("pysimlin", "vensim/delay_orders.mdl", "stage_3"): THROUGH_FIRST_ORDER,
    (
        "PySD",
        "vensim/external.mdl",
        "raw",
    ): "a raw point between two steps holds for the step that meets it; PySD never meets it",
    ("PySD", "vensim/missing.mdl", "known|is_there|filled|carried"): "PySD's :NA: is NaN, which equals nothing, not even :NA:",
    ("pysimlin", "vensim/missing.mdl", "reading"): AS_A_NUMBER,
    ("pysimlin", "vensim/missing_arrays.mdl", r"(one|matrix|claim)(\[.*)?"): AS_A_NUMBER,
    (
        "pysimlin",
        "vensim/missing_arrays.mdl",
        r"by_(priority|market)\[.*",
    ): f"what rests on a missing value is missing; {AS_A_NUMBER}",
    ("pysimlin", "vensim/npv.mdl", "now"): "Vensim multiplies the initial value by the factor too; pysimlin does not",
    ("pysimlin", "vensim/sample_if_true.mdl", "steps|last_steps"): IN_A_CIRCLE,
    ("pysimlin", "vensim/signs.mdl", "whole|left"): BELOW_ZERO,
    ("PySD", "vensim/smooth_integer.mdl", "smoothed|third"): TRUNCATED,
    ("PySD", "vensim/smooth_integer.mdl", "through_active|start"): f"rests on `smoothed`: {TRUNCATED}",
    ("PySD", "vensim/switches.mdl", "shortest"): "a pulse of no width lasts one TIME STEP; PySD has none",
    ("pysimlin", "vensim/vector_order.mdl", r"rank(_down)?\[.*"): WHOLE_ARRAY,
    ("pysimlin", "vensim/vector_select.mdl", r"weighted\[x\]|product|lowest|highest_weighted|average|power|in_turn"): ACTIONS,
    (
        "pysimlin",
        "vensim/vector_select.mdl",
        "twice",
    ): "over both subscripts each element counts for each of the other; pysimlin "
    "pairs them one by one and stops at the shorter",
    ("pysimlin", "xmile/arrays.xmile", r"price\[south,salad\]"): NUMBERED,
    (
        "pysimlin",
        "xmile/arrays.xmile",
        r"(revenue|turned|by_region|by_product)\[.*|total|weighted",
    ): f"rests on `price`: {NUMBERED}",
    (
        "pysimlin",
        "xmile/behaviour.xmile",
        "by_the_file|leaving",
    ): "pysimlin passes over `behavior`, which makes all stocks and flows of the file non-negative",
    ("PySD", "xmile/functions.xmile", "int"): "the standard's INT is the next whole number below; PySD cuts off towards zero",
    (
        "PySD",
        "xmile/functions.xmile",
        "from_seven",
    ): "PySD passes over `init_eqn`, which says what an auxiliary is at the start",
    ("PySD", "xmile/held_arrays.xmile", r"(sold|taken)\[.*"): LOST,
    ("pysimlin", "xmile/held_arrays.xmile", r"(store|sold|taken)\[.*"): NOT_HELD,
    ("pysimlin", "xmile/held_arrays.xmile", r"box\[.*"): "pysimlin passes over `multiplier`: a flow's unit is two of the box's",
    (
        "pysimlin",
        "xmile/indices.xmile",
        r"outside|next\[c\]",
    ): "the standard gives 0 where an index is out of range; pysimlin NaN",
    ("PySD", "xmile/non_negative.xmile", ".*"): LOST,
    ("pysimlin", "xmile/non_negative.xmile", ".*"): NOT_HELD,
    (
        "PySD",
        "xmile/specifications.xmile",
        "saveper|time saved",
    ): "PySD saves every step: it passes over Stella's `save_interval`",
    ("PySD", "xmile/tables.xmile", "inline"): "the table is discrete, a stair; PySD interpolates",
    (
        "PySD",
        "xmile/tables.xmile",
        r"alike\[.*",
    ): "a variable with a table is what the table has at its equation; PySD gives the equation",
    (
        "pysimlin",
        "xmile/tables.xmile",
        "by_name",
    ): "pysimlin passes over a table that is called by its name, and gives the equation",
    ("pysimlin", "xmile/tables.xmile", r"by_region\[south\]"): "pysimlin passes over `extrapolate` of an element's table",
}
