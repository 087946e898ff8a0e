"""What the members of all slots have in common: numbers that can be traced, and fixed arrays."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard, TypeVar

import equinox as eqx
import jax
import numpy as np
from jax.core import Tracer
from jaxtyping import Array, Float, Shaped

from isthmus.errors import SettingError, unknown

Member = TypeVar("Member")

Number = int | float | np.number | Float[Array, ""]
"""A hyperparameter: a plain number where it is written, a traced scalar inside the program."""


class Spec(eqx.Module):
    """A member of a slot, written down: frozen, comparable, a scikit-learn parameter holder.

    Its plain numbers are hyperparameters: inside the compiled program they are traced, so that
    another value needs no new program and ``jax.vmap`` reaches them. Its arrays are parameters,
    unless they are wrapped in `Fixed`. A number of NumPy, or an array without axes, is a number:
    it is stored as Python's, as are the numbers of a sequence that is structure, such as widths.
    """

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if is_bare_number(value):
                object.__setattr__(self, field.name, value.item())
            elif field.metadata.get("static") and type(value) in (np.ndarray, tuple, list):
                object.__setattr__(self, field.name, _plain(value))

    def get_params(self, deep: bool = True) -> dict[str, object]:
        """Return the fields by name, as scikit-learn's nested parameters want them."""
        params: dict[str, object] = {}
        for field in dataclasses.fields(self):
            name, value = field.name, getattr(self, field.name)
            params[name] = value
            if deep and isinstance(value, Spec):
                params.update({f"{name}__{key}": v for key, v in value.get_params().items()})
        return params


def _plain(values: Any) -> Any:
    """Return an array as a tuple, and any sequence with its numbers as Python's."""
    if isinstance(values, np.ndarray):
        return tuple(values.tolist())
    if not any(is_bare_number(one) for one in values):
        return values  # the same object, as scikit-learn's clone expects
    return type(values)([one.item() if is_bare_number(one) else one for one in values])


def is_bare_number(value: object) -> TypeGuard[np.generic | jax.Array]:
    """Return whether this is a number of NumPy or JAX: known, and without axes.

    >>> is_bare_number(np.float64(0.5)), is_bare_number(np.zeros(1)), is_bare_number(0.5)
    (True, False, False)
    """
    if isinstance(value, Tracer):
        return False
    is_array = isinstance(value, np.ndarray | jax.Array)
    return (isinstance(value, np.generic) or (is_array and value.ndim == 0)) and (
        value.dtype.kind in "buif"
    )


class Fixed(eqx.Module):
    """An array of the model that no optimiser moves: a running statistic, a mean."""

    value: Shaped[Array, "..."]


class NotInFile(eqx.Module):
    """Stands for a setting of the user's own that a model file does not hold.

    Examples
    --------
    >>> NotInFile("GradientTransformation")
    <GradientTransformation of your own, which the model file does not hold>
    """

    kind: str = eqx.field(static=True)

    def __repr__(self) -> str:
        return f"<{self.kind} of your own, which the model file does not hold>"


def member_of(
    what: str,
    value: object,
    members: Mapping[str, Callable[[], Member]],
    kind: type[Member],
    where: str,
) -> Member:
    """Return the member that a name stands for, or the value itself where it is one already.

    Parameters
    ----------
    what
        What is chosen, for the sentence of a mistake.
    value
        A name, or a member.
    members
        What makes the members, by name.
    kind
        The class of them all.
    where
        The module where a user finds them.

    Raises
    ------
    SettingError
        If the name is unknown (the nearest one is suggested) or the value is no member.
    """
    if isinstance(value, str):
        if value not in members:
            raise SettingError(unknown(f"{what} called", value, members))
        return members[value]()
    if not isinstance(value, kind):
        raise SettingError(
            f"{what} is {value!r}; it must be a name ({', '.join(members)}) or a member of {where}."
        )
    return value
