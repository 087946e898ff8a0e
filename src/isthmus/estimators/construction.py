"""From settings and data to a model: widths, likelihood and start chosen where they are "auto"."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from isthmus.annotations import Index, PyTree
from isthmus.corruption import AbstractCorruption
from isthmus.data.source import Computed, Examples, blocks
from isthmus.errors import SettingError, unknown
from isthmus.estimators.automatic import automatic_widths, chosen_penalties
from isthmus.estimators.learner import AbstractLearner
from isthmus.estimators.parameters import NetworkSetting
from isthmus.estimators.pca_start import pca_of, start_from_pca, starts_from_pca
from isthmus.estimators.slots import LikelihoodSetting, member
from isthmus.evaluation.pca import PCABaseline
from isthmus.heads import AbstractHead
from isthmus.latents import AbstractLatent
from isthmus.likelihoods import AbstractLikelihood, Bernoulli, Gaussian
from isthmus.model import Model
from isthmus.networks import MEMBERS as NETWORKS
from isthmus.networks import (
    AbstractNetwork,
    Chain,
    PerExample,
    mirror,
    start_at_zero,
    tie,
)
from isthmus.networks.dense import check_widths
from isthmus.scaling import Choice
from isthmus.specifications import Spec

CODES_LOOKED_AT = 1_000
"""Number of examples whose codes penalties over pairs look at before training."""


def build_model(
    settings: AbstractLearner,
    likelihood: LikelihoodSetting,
    scaled_sample: Examples,
    n: int,
    choice: Choice,
    image_shape: tuple[int, int, int] | None,
    heads: Callable[[np.random.Generator], tuple[AbstractHead, ...]],
    rng: np.random.Generator,
) -> Model:
    """Fill every slot.

    Parameters
    ----------
    settings
        The estimator.
    likelihood
        A member, resolved, or ``"auto"``.
    scaled_sample : (m, D)
        Some training examples, scaled where they are indexed, NaN where entries are missing: what
        the start from PCA and a latent that looks at examples are made of.
    n
        Number of training examples in all.
    choice
        The scaling, chosen.
    image_shape
        (H, W, C) of the examples, or None.
    heads
        Draws the heads.
    rng
        Randomness of the initial weights.
    """
    features = scaled_sample.shape[1]
    latent: AbstractLatent = member("latent", settings.latent)
    likelihood = choose_likelihood(likelihood, choice.kind, latent)
    as_scaled, scaled_sample = _seen(likelihood, scaled_sample)
    spec = encoder_spec(settings, features, n, image_shape)
    size = int(settings.latent_dim)  # NumPy's numbers would be arrays to JAX
    width = latent.width(size)
    encoder = _build(spec, features, width, image_shape, rng)
    decoder = _build_decoder(settings, encoder, features, n, image_shape, rng)
    if likelihood.starts_at_zero and decoder is not None and decoder.ends_bare:
        decoder = start_at_zero(decoder)
    penalties = chosen_penalties(settings.penalties, n, scaled_sample, likelihood, latent)
    model = Model(
        scaling=choice.scaling,
        corruption=_corruption(settings, image_shape),
        encoder=encoder,
        latent=latent.create(size, rng).started(scaled_sample, rng),
        decoder=decoder,
        likelihood=likelihood.create(features),
        bound=member("bound", settings.bound),
        penalties=tuple(penalty.create(features, size, rng, image_shape) for penalty in penalties),
        heads=heads(rng),
        latent_dim=size,
    )
    model, pca = _started(settings, model, scaled_sample)
    whole = as_scaled and len(scaled_sample) == n
    settings.pca_ = pca if whole else None  # a report compares with it
    return _with_penalties_of_codes(model, scaled_sample)


def _corruption(
    settings: AbstractLearner, image_shape: tuple[int, int, int] | None
) -> AbstractCorruption | None:
    if settings.corruption is None:
        return None
    return member("corruption", settings.corruption).create(image_shape)


def _started(
    settings: AbstractLearner, model: Model, scaled_sample: Examples
) -> tuple[Model, PCABaseline | None]:
    """Return the model as training starts from it, and the PCA that it starts from, if any."""
    if not starts_from_pca(settings, model):
        return model, None
    pca = pca_of(scaled_sample, model.latent_dim)
    return start_from_pca(model, pca), pca


def _with_penalties_of_codes(model: Model, scaled_sample: Examples) -> Model:
    """Return the model whose penalties are checked, and know the codes before training."""
    for one in model.penalties:
        if one.needs_head and not model.heads:
            raise SettingError(
                f"penalty {type(one).__name__} is about what a head says, and this autoencoder has "
                "none: fit an AutoencoderClassifier or an AutoencoderRegressor."
            )
    if model.pairs is None:
        return model
    asked = [one.paired for one in model.penalties if one.paired is not None]
    for other in asked[1:]:
        if repr(other) != repr(asked[0]):
            raise SettingError(
                f"penalties ask for different pairs, {asked[0]} and {other}, and an example has "
                "one second view: give them the same."
            )
    codes = np.asarray(model.code(jnp.asarray(scaled_sample[:CODES_LOOKED_AT])))
    return replace(model, penalties=tuple(one.initialised(codes) for one in model.penalties))


def choose_likelihood(
    setting: LikelihoodSetting, scaling: str, latent: AbstractLatent
) -> AbstractLikelihood:
    """Return the likelihood of a setting; ``"auto"`` fits it to the scaling and the latent.

    Bits are Bernoulli. Values within [0, 1] are Gaussian under a plain code, where squared error is
    what PCA minimises too, and Bernoulli under a drawn one, where a Gaussian of unit variance would
    weigh a pixel so little that the divergence drowns it. Everything else is Gaussian.

    Examples
    --------
    >>> from isthmus.latents import Deterministic
    >>> type(choose_likelihood("auto", "pixels", Deterministic())).__name__
    'Gaussian'
    """
    if setting != "auto":
        return member("likelihood", setting).chosen(
            lambda name: choose_likelihood(name, scaling, latent)
        )
    within_unit = scaling in ("unit", "pixels", "range", "minmax")
    if scaling == "binary" or (within_unit and latent.stochastic):
        return Bernoulli()
    return Gaussian()


def resolved_likelihood(setting: LikelihoodSetting, x: np.ndarray) -> LikelihoodSetting:
    """Return the likelihood of a setting with what it takes from the examples decided.

    Parameters
    ----------
    setting
        A name, a member, or ``"auto"``, which goes by the scaling and so stays.
    x : (n, D)
        Training examples in their own units.
    """
    if setting in (None, "auto"):
        return "auto"
    known = member("likelihood", setting).chosen(
        lambda name: name if name == "auto" else member("likelihood", name)
    )
    return known.resolved(x)


def check_domain(likelihood: AbstractLikelihood, scaled: Examples) -> None:
    """Raise `SettingError` if scaled examples (n, D) lie outside what a likelihood can model."""
    limits = likelihood.domain()
    if not any(np.isfinite(limit).any() for limit in limits):
        return
    known = without_missing(scaled) if likelihood.masked else scaled  # 0 is within
    lows, highs = zip(*((x.min(axis=0), x.max(axis=0)) for _, x in blocks(known)), strict=True)
    least, most = np.min(lows, axis=0), np.max(highs, axis=0)
    low, high = (np.broadcast_to(limit, least.shape) for limit in limits)
    wrong = (least < low) | (most > high)
    if not wrong.any():
        return
    j = int(wrong.argmax())
    same = (low == low[j]) & (high == high[j])
    bounded = np.isfinite(high[j])
    remedy = "scaling='minmax'" if bounded else "scaling='none', if the data are counts,"
    raise SettingError(
        f"likelihood {type(likelihood).__name__} needs values within [{low[j]:g}, {high[j]:g}]"
        f"{'' if same.all() else f' in column {j}, counted from 0'}, and the scaled data has "
        f"[{least[same].min():g}, {most[same].max():g}]: use {remedy} or another likelihood."
    )


def scaling_for(setting: str, likelihood: LikelihoodSetting) -> str:
    """Return the scaling of a setting; ``"auto"`` leaves counts, as their likelihood needs them.

    Examples
    --------
    >>> scaling_for("auto", "poisson"), scaling_for("auto", "auto")
    ('none', 'auto')
    """
    if setting != "auto" or likelihood in (None, "auto"):
        return setting
    return "none" if member("likelihood", likelihood).models_counts else setting


def encoder_spec(
    settings: AbstractLearner, features: int, n: int, image_shape: tuple[int, int, int] | None
) -> NetworkSetting:
    """Return the encoder's specification with nothing left to choose, or the user's own module."""
    spec = settings.encoder
    if isinstance(spec, str):
        if spec not in NETWORKS:
            raise SettingError(unknown("encoder called", spec, NETWORKS))
        spec = NETWORKS[spec](activation=settings.activation)
        if settings.hidden != "auto":
            spec = replace(spec, hidden=_as_widths(settings.hidden))
    elif settings.hidden != "auto":
        raise SettingError(
            f"hidden is {settings.hidden!r}, but the encoder is given whole: write the widths "
            "into it."
        )
    if isinstance(spec, Spec) and getattr(spec, "hidden", None) == "auto":
        spec = replace(spec, hidden=automatic_widths(features, n))
    return spec


def _as_widths(hidden: str | Sequence[int]) -> str | tuple[int, ...]:
    widths = hidden if isinstance(hidden, str) else tuple(np.atleast_1d(hidden).tolist())
    check_widths("hidden", widths)
    return widths


def _build(
    spec: NetworkSetting,
    in_features: int,
    out_features: int,
    image_shape: tuple[int, int, int] | None,
    rng: np.random.Generator,
) -> AbstractNetwork:
    if isinstance(spec, AbstractNetwork):
        return _fitting(spec, type(spec), in_features, out_features)
    if isinstance(spec, Spec):
        return spec.build(in_features, out_features, rng=rng, image_shape=image_shape)  # pyright: ignore[reportAttributeAccessIssue]
    if callable(spec):
        module: Any = spec
        _refuse_stateful(module)
        network = PerExample(module, keyed="key" in inspect.signature(spec).parameters)
        return _fitting(network, type(spec), in_features, out_features)
    raise SettingError(
        f"encoder or decoder is {spec!r}; it must be a name, a specification such as "
        "isthmus.networks.Dense(hidden=(128, 64)), or an Equinox module."
    )


def _refuse_stateful(module: PyTree) -> None:
    """Raise `SettingError` for a module that returns another state with every call."""
    parts = jax.tree.leaves(module, is_leaf=lambda node: isinstance(node, eqx.nn.StateIndex))
    if any(isinstance(part, eqx.nn.StateIndex) for part in parts):
        raise SettingError(
            f"{type(module).__name__} holds a state that Equinox hands through every call, such as "
            "BatchNorm's, and a network here is a function of the example: leave it out, or take "
            "isthmus.networks.Dense(batch_norm=True)."
        )


def _fitting(
    network: AbstractNetwork, own: type, in_features: int, out_features: int
) -> AbstractNetwork:
    """Return a network that the user gave, if it maps examples of the one size to the other."""
    example = jax.ShapeDtypeStruct((1, in_features), jnp.float32)
    try:
        shape = jax.eval_shape(lambda x: network(x, None)[0], example).shape
    except (TypeError, ValueError) as error:
        raise SettingError(
            f"{own.__name__} cannot take {in_features} values, as it must here: "
            f"{str(error).splitlines()[0]}"
        ) from error
    if shape != (1, out_features):
        raise SettingError(
            f"{own.__name__} turns {in_features} values into {shape[1]}, and {out_features} are "
            "needed: change it, or latent_dim."
        )
    return network


def _build_decoder(
    settings: AbstractLearner,
    encoder: AbstractNetwork,
    features: int,
    n: int,
    image_shape: tuple[int, int, int] | None,
    rng: np.random.Generator,
) -> AbstractNetwork | None:
    spec = settings.decoder
    if spec is None:
        return None
    if isinstance(spec, str):
        if spec not in ("mirror", "tied"):
            raise SettingError(unknown("decoder called", spec, ["mirror", "tied"]))
        if not isinstance(encoder, Chain):
            raise SettingError(
                f"decoder is {spec!r}, but an encoder of your own has no known inverse order: give "
                "the decoder too."
            )
        return tie(encoder) if spec == "tied" else mirror(encoder, int(settings.latent_dim), rng)
    if isinstance(spec, Spec) and getattr(spec, "hidden", None) == "auto":
        spec = replace(spec, hidden=automatic_widths(features, n)[::-1])
    return _build(spec, int(settings.latent_dim), features, image_shape, rng)


def without_missing(examples: Examples) -> Examples:
    """Return examples with zeros where an entry is missing."""
    return Computed(lambda rows: np.nan_to_num(examples[rows], nan=0.0), examples.shape)


def _seen(likelihood: AbstractLikelihood, examples: Examples) -> tuple[bool, Examples]:
    """Return whether the encoder sees examples as they are scaled, and as it sees them."""
    if likelihood.masked:
        examples = without_missing(examples)

    def rows(index: Index) -> np.ndarray:
        return np.asarray(likelihood.seen(jnp.asarray(examples[index], jnp.float32)))

    whole = type(likelihood).seen is AbstractLikelihood.seen
    return whole, examples if whole else Computed(rows, examples.shape)
