"""Compiled functions of modules that return before their result is there.

`equinox.filter_jit` waits for every result, in case an error was raised while it was computed.
Nothing here raises one, and the time is better spent on gathering the next block. It also takes a
model apart several times a call, which for a small block lasts as long as computing it.
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import equinox as eqx
import jax
import numpy as np

_Structure = tuple[Any, tuple[Any, ...]]
"""How a tree is built, and its leaves that are no arrays: hashable."""


def compile_ahead(function: Callable[..., Any], consumes: int | None = None) -> Callable[..., Any]:
    """Return ``function`` compiled; what it returns are arrays alone, maybe still computed.

    Arrays are the program's arguments; all else that it is given is its structure.

    Parameters
    ----------
    function
        Of modules, arrays and plain values.
    consumes
        Which argument's arrays a call may overwrite; None for none.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> compile_ahead(lambda name, x: {name: x + 1})("sum", jnp.ones(2))["sum"].tolist()
    [2.0, 2.0]
    """
    donated = () if consumes is None else (1 + consumes,)

    @partial(jax.jit, static_argnums=0, donate_argnums=donated)
    def program(structures: tuple[_Structure, ...], *arrays: list[Any]) -> Any:
        return function(*map(_join, arrays, structures))

    @wraps(function)
    def call(*given: Any) -> Any:
        arrays, structures = zip(*map(_split, given), strict=True)
        return program(structures, *arrays)

    return call


def compile_run(
    run: Callable[[Any, Any], tuple[Any, Any]],
) -> Callable[[Any, Any], tuple[Any, Any]]:
    """Return ``run(given, state) -> (state, logs)`` compiled; a call consumes the state.

    As `compile_ahead`; what is no array in the state a run leaves as it is.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> add = compile_run(lambda given, state: (state + given, {"sum": state + given}))
    >>> state, logs = add(jnp.ones(2), jnp.ones(2))
    >>> state.tolist(), logs["sum"].tolist()
    ([2.0, 2.0], [2.0, 2.0])
    """

    def run_arrays(given: Any, state: Any) -> tuple[Any, Any]:
        state, logs = run(given, state)
        return eqx.filter(state, eqx.is_array), logs

    program = compile_ahead(run_arrays, consumes=1)

    @wraps(run)
    def call(given: Any, state: Any) -> tuple[Any, Any]:
        static = eqx.filter(state, _is_array, inverse=True)
        moved, logs = program(given, state)
        return eqx.combine(moved, static), logs

    return call


def _split(tree: Any) -> tuple[list[Any], _Structure]:
    """Return a tree's leaves that are arrays, None for the others, and all else that it is."""
    leaves, treedef = jax.tree.flatten(tree)
    arrays = [leaf if _is_array(leaf) else None for leaf in leaves]
    return arrays, (treedef, tuple(None if _is_array(leaf) else leaf for leaf in leaves))


def _join(arrays: list[Any], structure: _Structure) -> Any:
    treedef, others = structure
    leaves = [o if a is None else a for a, o in zip(arrays, others, strict=True)]
    return jax.tree.unflatten(treedef, leaves)


def _is_array(leaf: object) -> bool:
    return isinstance(leaf, jax.Array | np.ndarray | np.generic)
