"""Compiled functions of modules that return before their result is there.

`equinox.filter_jit` waits for every result, in case an error was raised while it was computed.
Training raises none there, and the time is better spent on gathering the next block.
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import equinox as eqx
import jax
import numpy as np


def compile_run(
    run: Callable[[Any, Any], tuple[Any, Any]],
) -> Callable[[Any, Any], tuple[Any, Any]]:
    """Return ``run(given, state) -> (state, logs)`` compiled; a call consumes the state.

    Arrays are the program's arguments; all else in ``given`` and ``state`` is its structure, which
    a run leaves as it is. The logs are arrays alone.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> add = compile_run(lambda given, state: (state + given, {"sum": state + given}))
    >>> state, logs = add(jnp.ones(2), jnp.ones(2))
    >>> state.tolist(), logs["sum"].tolist()
    ([2.0, 2.0], [2.0, 2.0])
    """

    @partial(jax.jit, static_argnums=0, donate_argnums=2)
    def program(structure: Any, given: Any, state: Any) -> tuple[Any, Any]:
        leaves, treedef = structure
        static = jax.tree.unflatten(treedef, leaves)
        state, logs = run(*eqx.combine((given, state), static))
        return eqx.filter(state, eqx.is_array), logs

    @wraps(run)
    def call(given: Any, state: Any) -> tuple[Any, Any]:
        arrays, static = eqx.partition((given, state), _is_array)
        leaves, treedef = jax.tree.flatten(static)
        moved, logs = program((tuple(leaves), treedef), *arrays)
        return eqx.combine(moved, static[1]), logs

    return call


def _is_array(leaf: object) -> bool:
    return isinstance(leaf, jax.Array | np.ndarray | np.generic)
