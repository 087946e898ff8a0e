"""Discrete codes that are drawn: the Gumbel-softmax."""

from typing import ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from isthmus.checks import check_between, check_scale
from isthmus.errors import SettingError
from isthmus.latents.discrete import AbstractDiscrete
from isthmus.latents.rounding import straight_through
from isthmus.records import Context, Draw
from isthmus.specifications import Number


class Categorical(AbstractDiscrete):
    r"""Several variables of equally many classes each; prior: uniform.

    The encoder gives logits l of probabilities q. A draw is
    :math:`y = \mathrm{softmax}((\log q + g) / \tau)` with Gumbel noise g, and the code lines up
    the variables' entries, so that its size is variables times classes.

    - With ``straight_through`` the code is one-hot, the class of the greatest entry, exactly
      distributed as q, with the gradient of y. The divergence is in closed form,
      :math:`KL = \sum_v \sum_c q_{vc} \log(C q_{vc})`, nats an example.
    - Without it the code is y itself. Its log ratio is that of the densities of y under the logits
      and under equal ones, at the same temperature, and the divergence the mean over the draws.

    Parameters
    ----------
    classes
        C >= 2. The size of the code is a multiple of it.
    temperature
        tau > 0: small ones make draws nearly one-hot, and their gradients noisy.
    straight_through
        Whether codes are one-hot.

    References
    ----------
    Jang, Gu and Poole, Categorical reparameterization with Gumbel-softmax, ICLR 2017, equation 2
    and section 2.2 (straight-through); there relaxed codes too are charged the discrete divergence.
    Maddison, Mnih and Teh, The concrete distribution, ICLR 2017, equation 10 (the density).

    Examples
    --------
    >>> Categorical(classes=2).code(jnp.zeros((1, 4))).tolist()
    [[0.5, 0.5, 0.5, 0.5]]
    """

    stochastic: ClassVar[bool] = True
    classes: int = eqx.field(static=True, default=10)
    temperature: Number = 1.0
    straight_through: bool = eqx.field(static=True, default=True)

    def __check_init__(self) -> None:
        check_between("latent Categorical", "classes", self.classes, 2, np.inf)
        check_scale("latent Categorical", "temperature", self.temperature)

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return itself."""
        return self

    def width(self, latent_dim: int) -> int:
        """Return d, the number of variables times that of classes."""
        if latent_dim % self.classes:
            raise SettingError(
                f"latent Categorical has {self.classes} classes a variable, and latent_dim is "
                f"{latent_dim}: take a multiple of {self.classes}, or other classes."
            )
        return latent_dim

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return draws, their log ratios and the divergence from the uniform prior."""
        log_q = self._log_probabilities(h)  # (B, V, C)
        noise = jax.random.gumbel(context.key, (draws, *log_q.shape), h.dtype)
        log_y = jax.nn.log_softmax((log_q + noise) / self.temperature)
        z = jnp.exp(log_y)
        if self.straight_through:
            z = straight_through(jax.nn.one_hot(log_y.argmax(-1), self.classes), z)
            log_ratio = (z * log_q).sum((-2, -1))
            log_ratio += log_q.shape[1] * jnp.log(self.classes)
            kl = (jnp.exp(log_q) * (log_q + jnp.log(self.classes))).sum((-2, -1))
        else:
            log_ratio = self._relaxed_log_ratio(log_q, log_y)
            kl = log_ratio.mean(0)
        return Draw(
            z=z.reshape(draws, *h.shape),
            log_ratio=log_ratio,
            kl=kl,
            cost=jnp.zeros(len(h), h.dtype),
            statistics={"probabilities": jnp.exp(log_q)},
        ), self

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the probabilities."""
        return jnp.exp(self._log_probabilities(h)).reshape(h.shape)

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return codes drawn from equal probabilities: one-hot, or relaxed as in training."""
        noise = jax.random.gumbel(key, (n, latent_dim // self.classes, self.classes))
        if self.straight_through:
            return jax.nn.one_hot(noise.argmax(-1), self.classes).reshape(n, -1)
        return jax.nn.softmax(noise / self.temperature).reshape(n, -1)

    @property
    def relaxed(self) -> bool:
        """Whether codes are not one-hot."""
        return not self.straight_through

    def alphabet(self, count: int) -> tuple[int, ...]:
        """Return the number of classes, for each variable."""
        return (self.classes,) * count

    def symbols(self, draw: Draw) -> Int[Array, "B T"]:
        """Return the class drawn for each variable."""
        z = draw.z[0]
        return z.reshape(len(z), -1, self.classes).argmax(-1)

    def from_symbols(self, symbols: Int[Array, "n T"]) -> Float[Array, "n d"]:
        """Return one-hot codes."""
        return jax.nn.one_hot(symbols, self.classes).reshape(len(symbols), -1)

    def _log_probabilities(self, h: Float[Array, "B width"]) -> Float[Array, "B V C"]:
        return jax.nn.log_softmax(h.reshape(len(h), -1, self.classes))

    def _relaxed_log_ratio(
        self, log_q: Float[Array, "B V C"], log_y: Float[Array, "K B V C"]
    ) -> Float[Array, "K B"]:
        """Return the log ratio of the densities of y under q and under equal probabilities."""
        spread = -self.temperature * log_y
        normaliser = logsumexp(log_q + spread, axis=-1) - logsumexp(spread, axis=-1)
        return (log_q.sum(-1) - self.classes * normaliser).sum(-1)
