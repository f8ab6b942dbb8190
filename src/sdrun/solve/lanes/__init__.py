"""The engine `llvm`: systems as machine code.

engine       many samples side by side: Euler, Runge-Kutta, Dormand-Prince with a step per lane
accelerated  a system whose functions are machine code, for SciPy's methods
walk, dormand_prince, entries    the drivers, in IR
model        all of it compiled for one system          blocks, breaks    arrays in and out
"""
