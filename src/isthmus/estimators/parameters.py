"""The parameters that every autoencoder has, written once."""

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import Self, cast

import numpy as np
import optax
from jaxtyping import Array
from sklearn.base import BaseEstimator

from isthmus.annotations import Settings
from isthmus.bounds import AbstractBound
from isthmus.corruption import AbstractCorruption
from isthmus.engine import Callback, HearsProgress, HearsStart
from isthmus.errors import SettingError, unknown
from isthmus.estimators.slots import MEMBERS
from isthmus.latents import AbstractLatent
from isthmus.likelihoods import AbstractLikelihood
from isthmus.penalties import AbstractPenalty
from isthmus.specifications import Spec
from isthmus.tables import Rules, Schema

NetworkSetting = str | Spec | Callable[..., Array] | None
"""A network: its name, specification, or a module of the user's own; None for none."""

Penalty = str | AbstractPenalty
PenaltySetting = Penalty | Sequence[Penalty] | None


@dataclass(eq=False, repr=False)
class Parameters(BaseEstimator):
    """The parameters of every autoencoder; `isthmus.Autoencoder` says what each means."""

    latent_dim: int = 2
    _: KW_ONLY
    encoder: NetworkSetting = "dense"  # a name, a specification, or any Equinox module
    hidden: str | Sequence[int] = "auto"
    activation: str = "gelu"
    decoder: NetworkSetting = "mirror"  # as the encoder, or None
    latent: str | AbstractLatent = "deterministic"
    likelihood: str | AbstractLikelihood = "auto"
    corruption: str | AbstractCorruption | None = None
    bound: str | AbstractBound = "elbo"
    penalties: PenaltySetting = "auto"
    schema: str | Rules | Schema = "auto"
    scaling: str = "auto"
    start: str = "auto"
    image_shape: tuple[int, ...] | None = None
    optimizer: str | optax.GradientTransformation = "adam"
    learning_rate: float | str = "auto"
    schedule: str | optax.Schedule = "warmup_cosine"
    epochs: int | str = "auto"
    batch_size: int | str = "auto"
    patience: int | str = "auto"
    validation_fraction: float = 0.1
    gradient_clip: float | None = None
    memory_limit: float = 2e9
    devices: int | str | None = None
    callbacks: Sequence[Callback | HearsProgress | HearsStart] = ()
    random_state: int | np.random.RandomState | None = None
    verbose: int = 0

    def set_params(self, **params: object) -> Self:
        """Set parameters; ``slot__name`` replaces the slot's specification by a changed one."""
        set_nested(self, params)
        return self


def set_nested(estimator: BaseEstimator, params: Settings) -> None:
    """Apply settings, the plain ones first, then those of the form ``slot__name=value``.

    A specification is frozen, so a changed one takes its place: estimators that share it do not
    see the change. A slot that holds a name gets the member of that name first.

    Raises
    ------
    SettingError
        If the estimator or the slot's member has no such parameter.
    """
    known = estimator.get_params(deep=False)
    for name in params:
        if name.partition("__")[0] not in known:
            raise SettingError(unknown(f"parameter of {type(estimator).__name__}", name, known))
    for name, value in sorted(params.items(), key=lambda item: "__" in item[0]):
        slot, _, field = name.partition("__")
        if not field:
            setattr(estimator, name, value)
            continue
        spec = getattr(estimator, slot, None)
        if isinstance(spec, str) and spec in MEMBERS.get(slot, {}):
            spec = MEMBERS[slot][spec]()
        if not isinstance(spec, Spec):
            raise SettingError(
                f"{name} cannot be set: {slot} is {spec!r}, which has no parameters."
            )
        setattr(estimator, slot, _changed(slot, spec, field, value))


def _changed(slot: str, spec: Spec, field: str, value: object) -> Spec:
    first, _, rest = field.partition("__")
    known = spec.get_params(deep=False)
    if first not in known:
        raise SettingError(unknown(f"parameter of {slot} {type(spec).__name__}", first, known))
    if rest:
        value = _changed(f"{slot}__{first}", cast(Spec, known[first]), rest, value)
    return replace(spec, **{first: value})
