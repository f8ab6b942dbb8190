"""Machine code in which W samples stand side by side: LLVM IR as text, and what turns it into functions.

    text        a module, its functions and loops; `Lane`, a vector that behaves as a NumPy array does
    elementary  exp, log, power ... of vectors
    machine     text -> functions that can be called; the only importer of llvmlite

It knows no model: `compile` writes the functions of a model with it, `solve` those that integrate them.
"""
