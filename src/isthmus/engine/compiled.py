"""Compiled functions of modules that return before their result is there.

`equinox.filter_jit` waits for every result, in case an error was raised while it was computed.
Nothing here raises one, and the time is better spent on gathering the next block. It also takes a
model apart several times a call, which for a small block lasts as long as computing it.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cache, partial, wraps
from typing import Any, ParamSpec, TypeGuard, TypeVar, cast

import equinox as eqx
import jax
import joblib
import numpy as np

from isthmus.annotations import PyTree
from isthmus.errors import SettingError

MOST_PROGRAMS = 128
"""Compiled programs that are kept; the one that was used least recently is let go. A fit of a new
shape takes about six, each about 50 of the 65,530 memory maps that Linux allows a process, and
4 MB."""

PROGRAMS_A_TERM = 512
"""Number of compiled programs after which JAX's own caches are cleared, also of what was traced for
programs that are gone: 5 MB a fit. What is still in use is compiled once more."""

P = ParamSpec("P")
Result = TypeVar("Result")
Inputs = TypeVar("Inputs")
State = TypeVar("State")
Logs = TypeVar("Logs")

Leaf = jax.Array | np.ndarray | np.generic
Arrays = list[Leaf | None]
"""The arrays among the leaves of a tree, None for each other leaf."""

_Structure = tuple[Hashable, tuple[Hashable, ...]]
"""How a tree is built, and its leaves that are no arrays: hashable."""


LOOP_OPTIONS = {"xla_cpu_copy_insertion_use_region_analysis": True}
"""Compiler options for a loop of steps: without them XLA copies every weight in every step."""


def programs_at_once() -> int:
    """Return how many small programs are best run at once, each in a thread of its own.

    One per processor core, because a small program makes poor use of several; one on an
    accelerator.

    Examples
    --------
    >>> programs_at_once() >= 1
    True
    """
    return joblib.cpu_count() if jax.default_backend() == "cpu" else 1


class _Program:
    """A function compiled for trees of one structure, whose arrays have one shape and type each."""

    def __init__(
        self,
        function: Callable[..., PyTree],
        structures: tuple[_Structure, ...],
        consumes: int | None,
        options: dict[str, bool] | None,
    ):
        rest: list[PyTree] = []  # no part of this object, which would be a cycle
        self._rest = rest

        def run(*arrays: Arrays) -> PyTree:
            out, others = eqx.partition(function(*map(_join, arrays, structures)), eqx.is_array)
            rest[:] = [others]
            return out

        known = {name: value for name, value in (options or {}).items() if _is_known(name, value)}
        donated = () if consumes is None else (consumes,)
        self._run = jax.jit(run, donate_argnums=donated, compiler_options=known or None)

    def __call__(self, arrays: tuple[Arrays, ...]) -> PyTree:
        out = self._run(*arrays)
        return eqx.combine(out, self._rest[0])

    def let_go(self) -> None:
        """Give back the memory that the compiled code takes."""
        self._run.clear_cache()  # pyright: ignore[reportAttributeAccessIssue]


class _Programs:
    """The compiled programs of this process, the least recently used first; threads share them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, _Program] = OrderedDict()
        self.made = 0
        """Number of programs that were compiled; JAX has started once there is one."""

    def get(self, key: Hashable, make: Callable[[], _Program]) -> _Program:
        """Return the program of a key, made if it is not here; let go of one if they are many."""
        with self._lock:
            program = self._known.get(key)
            is_new = program is None
            if program is None:
                program = self._known[key] = make()
            self._known.move_to_end(key)
            over = len(self._known) - MOST_PROGRAMS
            old = [self._known.popitem(last=False)[1] for _ in range(over)]
            self.made += is_new
            term_ends = is_new and self.made % PROGRAMS_A_TERM == 0
        for one in old:
            one.let_go()
        if term_ends:
            jax.clear_caches()
        return program


programs = _Programs()
"""Of every function that `compile_ahead` compiles."""


def compile_ahead(
    function: Callable[P, Result],
    consumes: int | None = None,
    options: dict[str, bool] | None = None,
) -> Callable[P, Result]:
    """Return ``function`` compiled; the arrays that it returns are maybe still computed.

    Arrays are the program's arguments; all else that it is given is its structure. What it returns
    that is no array must be a function of the structure alone.

    Parameters
    ----------
    function
        Of modules, arrays and plain values.
    consumes
        Which argument's arrays a call may overwrite; None for none.
    options
        Compiler options; the ones that this compiler does not know are left out.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> compile_ahead(lambda name, x: {name: x + 1})("sum", jnp.ones(2))["sum"].tolist()
    [2.0, 2.0]
    """

    @wraps(function)
    def call(*given: PyTree) -> PyTree:
        refuse_forked()
        arrays, structures = zip(*map(_split, given), strict=True)
        key = (call, structures, tuple(map(_shapes, arrays)))
        made = partial(_Program, function, structures, consumes, options)
        return programs.get(key, made)(arrays)

    return cast(Callable[P, Result], call)  # arguments by position alone


_forked = threading.Event()
"""Set in a process that was forked from one whose JAX had started."""


def refuse_forked() -> None:
    """Raise `SettingError` in a process that was forked after JAX started in its parent.

    Its threads were not copied, and what waits for them waits forever.
    """
    if _forked.is_set():
        raise SettingError(
            "This process was forked from one in which JAX runs, whose threads it lacks: start it "
            "by multiprocessing's 'spawn' or 'forkserver', or through joblib."
        )


def _after_fork() -> None:
    if programs.made:
        _forked.set()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@cache
def _is_known(name: str, value: bool) -> bool:
    """Tell whether the compiler of this version of JAX has an option of that name."""
    try:
        jax.jit(lambda: 0, compiler_options={name: value})()
    except jax.errors.JaxRuntimeError:
        return False
    return True


def compile_run(
    run: Callable[[Inputs, State], tuple[State, Logs]],
) -> Callable[[Inputs, State], tuple[State, Logs]]:
    """Return ``run(inputs, state) -> (state, logs)`` compiled; a call consumes the state.

    As `compile_ahead`, with the options of a loop of steps.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> add = compile_run(lambda inputs, state: (state + inputs, {"sum": state + inputs}))
    >>> state, logs = add(jnp.ones(2), jnp.ones(2))
    >>> state.tolist(), logs["sum"].tolist()
    ([2.0, 2.0], [2.0, 2.0])
    """
    return compile_ahead(run, consumes=1, options=LOOP_OPTIONS)


def _split(tree: PyTree) -> tuple[Arrays, _Structure]:
    """Return a tree's leaves that are arrays, None for the others, and all else that it is."""
    leaves, treedef = jax.tree.flatten(tree)
    arrays = [leaf if is_array(leaf) else None for leaf in leaves]
    return arrays, (treedef, tuple(None if is_array(leaf) else leaf for leaf in leaves))


def _join(arrays: Arrays, structure: _Structure) -> PyTree:
    treedef, others = structure
    leaves = [o if a is None else a for a, o in zip(arrays, others, strict=True)]
    return jax.tree.unflatten(cast(Any, treedef), leaves)


def _shapes(arrays: Arrays) -> tuple[Hashable, ...]:
    return tuple(None if array is None else (array.shape, array.dtype) for array in arrays)


def is_array(leaf: object) -> TypeGuard[Leaf]:
    """Tell whether a leaf is an argument of a program, rather than part of its structure."""
    return isinstance(leaf, jax.Array | np.ndarray | np.generic)
