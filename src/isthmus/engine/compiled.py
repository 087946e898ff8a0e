"""Compiled functions of modules that return before their result is there.

`equinox.filter_jit` waits for every result, in case an error was raised while it was computed.
Nothing here raises one, and the time is better spent on gathering the next block. It also takes a
model apart several times a call, which for a small block lasts as long as computing it.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import equinox as eqx
import jax
import joblib
import numpy as np

_Structure = tuple[Any, tuple[Any, ...]]
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


def compile_ahead(
    function: Callable[..., Any],
    consumes: int | None = None,
    options: dict[str, bool] | None = None,
) -> Callable[..., Any]:
    """Return ``function`` compiled; it returns arrays, whose computation may still be running.

    Arrays are the program's arguments; everything else is part of its structure.

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
    donated = () if consumes is None else (1 + consumes,)

    def program(structures: tuple[_Structure, ...], *arrays: list[Any]) -> Any:
        return function(*map(_join, arrays, structures))

    @cache  # made at the first call, since to ask the compiler is to start JAX
    def compiled() -> Callable[..., Any]:
        known = {name: value for name, value in (options or {}).items() if _is_known(name, value)}
        return jax.jit(
            program, static_argnums=0, donate_argnums=donated, compiler_options=known or None
        )

    @wraps(function)
    def call(*arguments: Any) -> Any:
        arrays, structures = zip(*map(_split, arguments), strict=True)
        return compiled()(structures, *arrays)

    return call


@cache
def _is_known(name: str, value: bool) -> bool:
    """Tell whether the compiler of this version of JAX has an option of that name."""
    try:
        jax.jit(lambda: 0, compiler_options={name: value})()
    except jax.errors.JaxRuntimeError:
        return False
    return True


def compile_run(
    run: Callable[[Any, Any], tuple[Any, Any]],
) -> Callable[[Any, Any], tuple[Any, Any]]:
    """Return ``run(inputs, state) -> (state, logs)`` compiled; a call consumes the state.

    As `compile_ahead`; leaves of the state that are not arrays stay as they are.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> add = compile_run(lambda inputs, state: (state + inputs, {"sum": state + inputs}))
    >>> state, logs = add(jnp.ones(2), jnp.ones(2))
    >>> state.tolist(), logs["sum"].tolist()
    ([2.0, 2.0], [2.0, 2.0])
    """

    def run_arrays(inputs: Any, state: Any) -> tuple[Any, Any]:
        state, logs = run(inputs, state)
        return eqx.filter(state, eqx.is_array), logs

    program = compile_ahead(run_arrays, consumes=1, options=LOOP_OPTIONS)

    @wraps(run)
    def call(inputs: Any, state: Any) -> tuple[Any, Any]:
        static = eqx.filter(state, is_array, inverse=True)
        moved, logs = program(inputs, state)
        return eqx.combine(moved, static), logs

    return call


def _split(tree: Any) -> tuple[list[Any], _Structure]:
    """Return a tree's leaves that are arrays, None for the others, and all else that it is."""
    leaves, treedef = jax.tree.flatten(tree)
    arrays = [leaf if is_array(leaf) else None for leaf in leaves]
    return arrays, (treedef, tuple(None if is_array(leaf) else leaf for leaf in leaves))


def _join(arrays: list[Any], structure: _Structure) -> Any:
    treedef, others = structure
    leaves = [o if a is None else a for a, o in zip(arrays, others, strict=True)]
    return jax.tree.unflatten(treedef, leaves)


def is_array(leaf: object) -> bool:
    """Tell whether a leaf is an argument of a program, rather than part of its structure."""
    return isinstance(leaf, jax.Array | np.ndarray | np.generic)
