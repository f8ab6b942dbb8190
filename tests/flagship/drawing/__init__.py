"""The flagship's diagrams and the pages of its sectors, made from the model file alone.

    sectors ──> sdrun.draw ──┬─> sketch: the views that Vensim shows, at the end of the .mdl
                             └─> picture (SVG) and page (Markdown), one for each sector

The groups of the model file are the sectors.  Nothing here is set by hand and nothing is random: the same equations give the
same bytes.  `python tests/flagship/test_views.py` writes all of it anew.
"""
