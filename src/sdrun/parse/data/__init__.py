"""Data files of a model: GET XLS ... and GET DIRECT ..., and values of data variables that a scenario gives.

    name ── files ──> path, bytes ── open: excel | sheets ──> Sheet ── series, external ──> Number, Array, Table, elements
                                                                └── datasets ──> Table of a variable without an equation

Contract: only files in the model's own folder or below are opened (links are followed and judged by where they lead), and those
that the scenario gives; never more than `files.MOST` bytes, unpacked `excel.UNPACKED`.  Formulas are not calculated.  What is
wrong is a `ModelError` that names the file, the sheet, the cell, and the nearest valid choice.

To add a kind of file: a function `(path, content) -> Book`, and its row in `open.BOOKS`.
"""
