"""Priors of normal latents: standard normal, learned mixture, mixture of posteriors, flow.

A prior is part of a latent, ``Gaussian(prior=Mixture())``, which takes its name too,
``Gaussian("mixture")``.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.checks import check_whole
from isthmus.data.source import Examples
from isthmus.errors import SettingError
from isthmus.latents.masked import MADE, check_hidden
from isthmus.networks.layers import zeros
from isthmus.specifications import Spec, member_of

LOG_2_PI = float(np.log(2 * np.pi))

Posteriors = Callable[[Array], tuple[Array, Array]]
"""From scaled examples (C, D) to means and log variances of their posteriors, both (C, d)."""


class AbstractPrior(Spec):
    """A distribution of codes, with a density."""

    @abstractmethod
    def create(self, latent_dim: int, rng: np.random.Generator) -> "AbstractPrior":
        """Return this prior with its parameters drawn; itself where it has none."""

    def started(self, examples: Examples, rng: np.random.Generator) -> "AbstractPrior":
        """Return this prior with what starts from scaled training examples (n, D): itself."""
        return self

    def attach(self, posteriors: Posteriors) -> "AbstractPrior":
        """Return this prior for one pass, attached to the model's posteriors: itself."""
        return self

    @abstractmethod
    def log_density(self, z: Float[Array, "*shape d"]) -> Float[Array, "*shape"]:
        """Return log p(z), nats."""

    def cross_entropy(
        self, mean: Float[Array, "B d"], variance: Float[Array, "B d"]
    ) -> Float[Array, "B d"] | None:
        """Return -E log p of a normal code, a dimension each, nats; None: no closed form."""
        return None

    @abstractmethod
    def sample(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return n codes."""


class StandardNormal(AbstractPrior):
    """Independent dimensions of mean zero and variance one.

    Examples
    --------
    >>> round(float(StandardNormal().log_density(jnp.zeros(2))), 3)  # -log(2 pi)
    -1.838
    """

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return itself."""
        return self

    def log_density(self, z: Float[Array, "*shape d"]) -> Float[Array, "*shape"]:
        """Return log p(z), nats."""
        return -((z**2 + LOG_2_PI) / 2).sum(-1)

    def cross_entropy(
        self, mean: Float[Array, "B d"], variance: Float[Array, "B d"]
    ) -> Float[Array, "B d"]:
        """Return -E log p of any code with these means and variances, a dimension each, nats."""
        return (mean**2 + variance + LOG_2_PI) / 2

    def sample(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return standard normal codes."""
        return jax.random.normal(key, (n, latent_dim))


class Mixture(AbstractPrior):
    r"""A learned mixture of diagonal normals.

    .. math:: p(z) = \sum_c \pi_c \, N(z; \mu_c, \mathrm{diag} \, \sigma_c^2)

    with the softmax of the logits for :math:`\pi`. The components start alike but for their means,
    so that codes of the whole have mean zero and variance one on average.

    Parameters
    ----------
    components
        C >= 1.
    mean, log_variance : (C, d)
        Made by `create`.
    logits : (C,)
        Made by `create`.

    References
    ----------
    Tomczak and Welling, VAE with a VampPrior, AISTATS 2018, compare with it as MoG, whose
    components all weigh the same.

    Examples
    --------
    >>> Mixture(components=4).create(2, np.random.default_rng(0)).mean.shape
    (4, 2)
    """

    components: int = eqx.field(static=True, default=10)
    mean: Float[Array, "C d"] | None = None
    log_variance: Float[Array, "C d"] | None = None
    logits: Float[Array, " C"] | None = None

    def __check_init__(self) -> None:
        check_whole("prior Mixture", "components", self.components, 1)

    def create(self, latent_dim: int, rng: np.random.Generator) -> "Mixture":
        """Return this mixture with its components drawn."""
        shape = (self.components, latent_dim)
        mean = 0.5**0.5 * rng.standard_normal(shape, np.float32)
        return type(self)(
            self.components,
            jnp.asarray(mean, jnp.float32),
            jnp.asarray(np.full(shape, np.log(0.5), np.float32)),
            zeros(self.components),
        )

    def log_density(self, z: Float[Array, "*shape d"]) -> Float[Array, "*shape"]:
        """Return log p(z), nats."""
        assert self.mean is not None
        assert self.log_variance is not None
        assert self.logits is not None
        deviations = (z[..., None, :] - self.mean) ** 2 * jnp.exp(-self.log_variance)
        each = -((deviations + self.log_variance + LOG_2_PI) / 2).sum(-1)
        return jax.nn.logsumexp(each + jax.nn.log_softmax(self.logits), axis=-1)

    def sample(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return codes, each of a component drawn."""
        assert self.mean is not None
        assert self.log_variance is not None
        assert self.logits is not None
        component_key, noise_key = jax.random.split(key)
        c = jax.random.categorical(component_key, self.logits, shape=(n,))
        noise = jax.random.normal(noise_key, (n, latent_dim))
        return self.mean[c] + jnp.exp(self.log_variance[c] / 2) * noise


class VampPrior(AbstractPrior):
    r"""The mixture of the model's own posteriors at learned pseudo-inputs.

    .. math:: p(z) = \frac1C \sum_c q(z | u_c)

    The encoder runs on the pseudo-inputs :math:`u_c`, in the scaled space, as it does after
    training. They start at training examples, slightly moved. The latent is `Gaussian`.

    Parameters
    ----------
    components
        Pseudo-inputs C >= 1.
    pseudo_inputs : (C, D)
        Made by `started`.

    Raises
    ------
    SettingError
        Without a latent that attaches it to the encoder, see `attach`.

    References
    ----------
    Tomczak and Welling, VAE with a VampPrior, AISTATS 2018. The default is theirs for MNIST. There
    pseudo-inputs are clipped to the range of the data, here they are free.

    Examples
    --------
    >>> prior = VampPrior(components=2).started(np.eye(5), np.random.default_rng(0))
    >>> prior.attach(lambda x: (x[:, :2], jnp.zeros((2, 2)))).log_density(jnp.zeros(2)).shape
    ()
    """

    components: int = eqx.field(static=True, default=500)
    pseudo_inputs: Float[Array, "C D"] | None = None

    def __check_init__(self) -> None:
        check_whole("prior VampPrior", "components", self.components, 1)

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return itself: pseudo-inputs are made of examples, not of codes."""
        return self

    def started(self, examples: Examples, rng: np.random.Generator) -> "VampPrior":
        """Return this prior with pseudo-inputs close to training examples."""
        again = len(examples) < self.components
        chosen = examples[rng.choice(len(examples), self.components, replace=again)]
        # equal pseudo-inputs would have equal gradients and stay equal for ever
        moved = chosen + 0.01 * rng.standard_normal(chosen.shape, np.float32)
        return type(self)(self.components, jnp.asarray(moved, jnp.float32))

    def attach(self, posteriors: Posteriors) -> Mixture:
        """Return the mixture of the posteriors at the pseudo-inputs."""
        if self.pseudo_inputs is None:
            raise self._alone()
        mean, log_variance = posteriors(self.pseudo_inputs)
        return Mixture(self.components, mean, log_variance, jnp.zeros(self.components))

    def log_density(self, z: Float[Array, "*shape d"]) -> Float[Array, "*shape"]:
        """Raise: alone it has no posteriors."""
        raise self._alone()

    def sample(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Raise: alone it has no posteriors."""
        raise self._alone()

    def _alone(self) -> SettingError:
        return SettingError(
            "prior VampPrior is made of the posteriors at training examples, by which the latent "
            "must be bound to its encoder: use latent=Gaussian(prior=VampPrior()) in an estimator."
        )


class MAF(AbstractPrior):
    r"""A masked autoregressive flow: a learned density whose every factor is normal.

    Each layer turns codes into :math:`u_i = (z_i - m_i(z_{<i})) \exp(-s_i(z_{<i}))`, with m and s
    from one `MADE`; the next takes u in inverse order, and the last one's is standard normal:

    .. math:: \log p(z) = \log N(u; 0, I) - \sum_{\text{layers}} \sum_i s_i

    It starts as the standard normal prior. The density takes one pass, a sample d passes a layer.

    Parameters
    ----------
    layers
        >= 1.
    hidden
        Widths of the hidden layers of each network.
    networks
        Made by `create`.

    References
    ----------
    Papamakarios, Pavlakou and Murray, Masked autoregressive flow for density estimation, NIPS
    2017; as a prior: Chen et al., Variational lossy autoencoder, ICLR 2017, section 3.2. Their
    batch normalisation between layers is left out. The default depth is that of Papamakarios's
    MAF (5), the width is not from a paper.

    Examples
    --------
    >>> prior = MAF(layers=2).create(2, np.random.default_rng(0))
    >>> round(float(prior.log_density(jnp.zeros(2))), 3)  # -log(2 pi)
    -1.838
    """

    layers: int = eqx.field(static=True, default=5)
    hidden: tuple[int, ...] = eqx.field(static=True, default=(64,))
    networks: tuple[MADE, ...] | None = None

    def __check_init__(self) -> None:
        check_whole("prior MAF", "layers", self.layers, 1)
        check_hidden("prior MAF", self.hidden)

    def create(self, latent_dim: int, rng: np.random.Generator) -> "MAF":
        """Return this prior with its networks drawn."""
        networks = tuple(
            MADE.create(rng, latent_dim, hidden=self.hidden, heads=2) for _ in range(self.layers)
        )
        return type(self)(self.layers, self.hidden, networks)

    def whiten(
        self, z: Float[Array, "*shape d"]
    ) -> tuple[Float[Array, "*shape d"], Float[Array, "*shape"]]:
        """Return the last layer's u, and log |det du/dz|."""
        assert self.networks is not None
        log_determinant = jnp.zeros(z.shape[:-1], z.dtype)
        for network in self.networks:
            shift, log_scale = network(z)
            z = ((z - shift) * jnp.exp(-log_scale))[..., ::-1]
            log_determinant -= log_scale.sum(-1)
        return z, log_determinant

    def log_density(self, z: Float[Array, "*shape d"]) -> Float[Array, "*shape"]:
        """Return log p(z), nats."""
        u, log_determinant = self.whiten(z)
        return StandardNormal().log_density(u) + log_determinant

    def sample(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return codes, by the layers' inverses."""
        assert self.networks is not None
        z = jax.random.normal(key, (n, latent_dim))
        for network in reversed(self.networks):
            z = _inverse(network, z[..., ::-1])
        return z


def _inverse(network: MADE, u: Float[Array, "n d"]) -> Float[Array, "n d"]:
    """Return the z of which a layer made u: each round makes one more dimension right."""

    def improve(_: Array, z: Array) -> Array:
        shift, log_scale = network(z)
        return shift + u * jnp.exp(log_scale)

    return jax.lax.fori_loop(0, u.shape[-1], improve, jnp.zeros_like(u))


PRIORS: dict[str, type[AbstractPrior]] = {
    "standard_normal": StandardNormal,
    "mixture": Mixture,
    "vamp": VampPrior,
    "maf": MAF,
}
"""The priors by name."""


def as_prior(value: Spec | str) -> AbstractPrior:
    """Return the prior of that name, or the prior itself.

    Raises
    ------
    SettingError
        If there is none of that name, or the value is no prior.

    Examples
    --------
    >>> as_prior("mixture").components
    10
    """
    return member_of("prior", value, PRIORS, AbstractPrior, "isthmus.latents")
