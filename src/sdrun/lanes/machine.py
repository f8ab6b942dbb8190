"""IR → functions that can be called; the only importer of llvmlite.

What is compiled stays in this process: a file of machine code that somebody else could write to is never read.
"""

import ctypes
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sdrun.errors import Problem, ScenarioError
from sdrun.lanes.elementary import definitions
from sdrun.lanes.text import Module, linked

OLDEST = (0, 45)
"""Of llvmlite: the first with LLVM 20, whose spelling of IR `text` writes."""

_LLVM = threading.Lock()
"""LLVM compiles one module at a time."""


def missing() -> str | None:
    """Why there is no machine code to be had, or None."""
    try:
        import llvmlite
    except ImportError:
        return "llvmlite is not installed"
    found = tuple(int(part) for part in llvmlite.__version__.split(".")[:2])
    return None if found >= OLDEST else f"llvmlite {llvmlite.__version__} is too old"


@dataclass(frozen=True, slots=True)
class Machine:
    """Compiled functions; it must live as long as they are used."""

    engine: Any = field(repr=False)

    def function(self, name: str, pointers: int) -> Any:
        """A function of so many addresses; while it runs other threads run too."""
        return ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * pointers)(self.engine.get_function_address(name))


def check() -> None:
    """Raise a ScenarioError where there is no machine code to be had."""
    if why := missing():
        what = f"the engine llvm cannot be used: {why}"
        raise ScenarioError(Problem(what=what, help='pip install "llvmlite>=0.45", or engine = "numpy"'))


def compiled(*modules: Module, thorough: bool = False) -> Machine:
    """The functions of all modules, and of the elementary functions that they call, for this very processor.

    `thorough` compiles three times as long; what fits into registers then stays there.  Raises ScenarioError where llvmlite is
    missing.
    """
    check()
    calls = set[str]().union(*(module.calls for module in modules))
    return _compiled(linked(*modules, definitions(calls, modules[0].width)), thorough)


@lru_cache(maxsize=32)
def _compiled(text: str, thorough: bool) -> Machine:
    import llvmlite.binding as llvm

    with _LLVM:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        module = llvm.parse_assembly(text)
        module.verify()
        target = llvm.Target.from_default_triple().create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2
        )
        builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(2))
        passes = builder.getModulePassManager() if thorough else llvm.create_new_module_pass_manager()
        for name in () if thorough else PASSES:
            getattr(passes, f"add_{name}_pass")()
        passes.run(module, builder)
        engine = llvm.create_mcjit_compiler(module, target)
        engine.finalize_object()
    return Machine(engine)


PASSES = ("sroa", "simplify_cfg", "instruction_combine")
"""Of LLVM's own: local variables into registers, little else.

The whole of -O2 takes three times as long to compile the flagship, and the result is 7 % faster: vectors and loops are written
as they should be.  Where a model is small it is worth its time.
"""
