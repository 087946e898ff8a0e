"""What a fitted model computes, as pure functions: for ``jax.jit``, ``jax.grad``, ``jax.vmap``.

An estimator's methods take and return NumPy's arrays and cannot be differentiated. These functions
compute the same of its ``model_``, in the data's own units. The model is a pytree: an argument to
be differentiated by, or a constant that is closed over.
"""

from collections.abc import Callable

from jaxtyping import Array

from isthmus.model import Model

__all__ = ["decode", "encode", "reconstruct"]


def encode(model: Model, x: Array) -> Array:
    """Return the codes of examples; of a stochastic latent, the posterior means.

    Parameters
    ----------
    model
        ``estimator.model_``; one that is conditioned on labels under some: ``model.given(labels)``.
    x : (..., D)
        Examples in their own units, flat; with any number of axes before the last, or none.

    Returns
    -------
    Array (..., d)
        Codes, float32.

    Examples
    --------
    >>> import jax
    >>> import jax.numpy as jnp
    >>> from sklearn.datasets import load_digits
    >>> from isthmus import Autoencoder
    >>> X = jnp.asarray(load_digits().data[:100], jnp.float32)
    >>> model = Autoencoder(2, hidden=(16,), epochs=2, random_state=0).fit(X).model_
    >>> jax.jit(encode)(model, X).shape, encode(model, X[0]).shape
    ((100, 2), (2,))
    >>> jax.jacobian(encode, argnums=1)(model, X[0]).shape
    (2, 64)
    """
    return _over_rows(lambda rows: model.code(model.scaling(rows)), x)


def decode(model: Model, z: Array) -> Array:
    """Return the mean reconstructions (..., D) of codes (..., d), in the data's own units.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from sklearn.datasets import load_digits
    >>> from isthmus import Autoencoder
    >>> X = load_digits().data[:100]
    >>> model = Autoencoder(2, hidden=(16,), epochs=2, random_state=0).fit(X).model_
    >>> decode(model, jnp.zeros((5, 2))).shape
    (5, 64)
    """
    return _over_rows(
        lambda rows: model.scaling.inverse(model.likelihood.mean(model.decode(rows))), z
    )


def reconstruct(model: Model, x: Array) -> Array:
    """Return the mean reconstructions (..., D) of examples (..., D), in their own units.

    Examples
    --------
    >>> import jax
    >>> import jax.numpy as jnp
    >>> from sklearn.datasets import load_digits
    >>> from isthmus import Autoencoder
    >>> X = jnp.asarray(load_digits().data[:100], jnp.float32)
    >>> model = Autoencoder(2, hidden=(16,), epochs=2, random_state=0).fit(X).model_
    >>> error = jax.grad(lambda x: ((reconstruct(model, x) - x) ** 2).sum())
    >>> jax.vmap(error)(X).shape
    (100, 64)
    """
    return _over_rows(lambda rows: model.scaling.inverse(model.reconstruct(model.scaling(rows))), x)


def _over_rows(function: Callable[[Array], Array], x: Array) -> Array:
    """Apply a function of rows (n, D) to an array (..., D)."""
    out = function(x.reshape(-1, x.shape[-1]))
    return out.reshape(*x.shape[:-1], out.shape[-1])
