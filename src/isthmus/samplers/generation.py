"""From a fitted autoencoder and a sampler to new examples."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from isthmus.annotations import ExamplesLike, RandomState
from isthmus.checks import check_whole
from isthmus.errors import SettingError
from isthmus.estimators import inference
from isthmus.estimators.base import AbstractAutoencoder
from isthmus.estimators.inputs import examples_to_walk
from isthmus.estimators.stored import copy_of
from isthmus.latents import is_discrete
from isthmus.model import Model
from isthmus.records import Context, Draw
from isthmus.samplers.abstract import AbstractSampler
from isthmus.samplers.autoregressive import Autoregressive
from isthmus.samplers.density import GaussianMixture, KernelDensity, Normal
from isthmus.samplers.flow import MAF
from isthmus.samplers.prior import Prior
from isthmus.samplers.two_stage import TwoStage
from isthmus.specifications import member_of

MEMBERS: dict[str, type[AbstractSampler]] = {
    "prior": Prior,
    "normal": Normal,
    "mixture": GaussianMixture,
    "kernel_density": KernelDensity,
    "two_stage": TwoStage,
    "maf": MAF,
    "autoregressive": Autoregressive,
}
"""The samplers by the names that `fit` and the command line use."""


@dataclass(frozen=True)
class Generator:
    """What makes new examples: an autoencoder and a sampler of its codes, both fitted.

    Parameters
    ----------
    autoencoder
        A fitted estimator.
    sampler
        Fitted to its codes.
    """

    autoencoder: AbstractAutoencoder
    sampler: AbstractSampler

    def sample_codes(self, n: int = 1, random_state: RandomState = None) -> np.ndarray:
        """Return the codes (n, d) that `sample` decodes."""
        check_whole("The generator", "n", n, 1)
        return self.sampler.sample(n, random_state)

    def sample(self, n: int = 1, random_state: RandomState = None) -> np.ndarray:
        """Generate examples.

        Parameters
        ----------
        n
            How many, >= 1.
        random_state
            As everywhere in scikit-learn.

        Returns
        -------
        ndarray, shaped as the examples given to the autoencoder's fit
            Mean reconstructions of the codes, in the data's own units; of a table, rows drawn from
            the likelihood of each column.
        """
        return self.autoencoder.draw(self.sample_codes(n, random_state), random_state)


def fit(
    sampler: str | AbstractSampler,
    autoencoder: AbstractAutoencoder,
    X: ExamplesLike,
    *,
    random_state: RandomState = None,
) -> Generator:
    """Fit a sampler to the codes of examples.

    Parameters
    ----------
    sampler
        A name of `MEMBERS`, or a sampler; it is copied, not changed.
    autoencoder
        A fitted estimator.
    X : (n, D), (n, H, W) or (n, H, W, C)
        Examples in their own units, those that the autoencoder learned from for instance.
    random_state
        Decides the draws of stochastic codes, and the fit of a sampler that names no state itself.

    Returns
    -------
    Generator
        Its ``sample(n, random_state)`` gives decoded examples.

    Raises
    ------
    SettingError
        If the name is unknown, the autoencoder has no decoder, its latent no prior to sample, or
        its codes are of finitely many values where a continuum is modelled, or the other way round.
    DataError
        If the codes are too few, or of too few dimensions.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from isthmus import Autoencoder, samplers
    >>> X = load_digits().data
    >>> autoencoder = Autoencoder(2, hidden=(8,), epochs=1, random_state=0).fit(X)
    >>> samplers.fit("mixture", autoencoder, X, random_state=0).sample(5, random_state=0).shape
    (5, 64)
    """
    check_is_fitted(autoencoder)
    if autoencoder.target_kind == "condition":
        raise SettingError(
            "A sampler is fitted to the codes of one autoencoder, and this one, conditioned on "
            "labels, is one for each label: take what its given(label) returns, with the examples "
            "of that label."
        )
    autoencoder.need_decoder()
    sampler = member_of("sampler", sampler, MEMBERS, AbstractSampler, "isthmus.samplers")
    random = check_random_state(random_state)
    latent = autoencoder.model_.latent
    draw = _draw(autoencoder, X, random)
    own = copy_of(sampler)
    if own.get_params(deep=False).get("random_state", 0) is None:
        own.set_params(random_state=random.randint(2**31 - 1))
    in_symbols = own.reads == "symbols"
    given = latent.symbols(draw) if in_symbols and is_discrete(latent) else draw.z[0]
    return Generator(autoencoder, own.fit(np.asarray(given, np.float64), latent))


def draw_codes(
    autoencoder: AbstractAutoencoder, X: ExamplesLike, random_state: RandomState = None
) -> np.ndarray:
    """Return one code for each example, (n, d): drawn from its posterior where there is one.

    Together they are a sample of the aggregate posterior, which the posteriors' means are not.

    Parameters
    ----------
    autoencoder
        A fitted estimator.
    X : (n, D), (n, H, W) or (n, H, W, C)
        Examples in their own units.
    random_state
        As everywhere in scikit-learn.
    """
    return np.asarray(_draw(autoencoder, X, random_state).z[0], np.float64)


def _draw(autoencoder: AbstractAutoencoder, X: ExamplesLike, random_state: RandomState) -> Draw:
    check_is_fitted(autoencoder)
    model = autoencoder.model_
    h = inference.map_rows(_encoder_output, model, examples_to_walk(autoencoder, X))
    key = jax.random.key(check_random_state(random_state).randint(2**31 - 1))
    context = Context(key, jnp.ones(len(h)), jnp.asarray(jnp.inf), training=False)
    return model.latent(jnp.asarray(h), context, 1)[0]


def _encoder_output(model: Model, x: Array) -> Array:
    return model.encoder(model.seen(model.scaling(x)), None)[0]
