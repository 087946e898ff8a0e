"""Units that are never on any more, brought back."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from isthmus.checks import check_between, check_whole
from isthmus.errors import SettingError
from isthmus.penalties.abstract import AbstractPenalty
from isthmus.records import Pass
from isthmus.specifications import Number


class AuxK(AbstractPenalty):
    r"""Dead units of a top-k code learn to say what the living ones leave unsaid.

    .. math:: w \left( c(x, \mathrm{sg}[\hat x] + \hat e) - c_\min(x) \right), \quad
              \hat e = D(\mathrm{sg}[z] + z') - D(\mathrm{sg}[z])

    with c the likelihood's cost, and z' the greatest entries of the encoder's output among the dead
    units. Under a linear decoder and a Gaussian likelihood of scale 1 this is
    :math:`\tfrac{w}{2} \lVert e - W z' \rVert^2` for the residual :math:`e = \mathrm{sg}[x -
    \hat x]`. It costs nothing while no unit is dead. The latent must be a `TopK` or a `BatchTopK`,
    and the decoder is run again as it runs after training.

    Parameters
    ----------
    weight
        w >= 0, nats a nat.
    k
        Dead units that are switched on for an example, >= 1: all where fewer are dead.
    patience
        Epochs without being on after which a unit is dead, >= 0.

    Raises
    ------
    SettingError
        When it is called, if the latent does not remember when its units were on, or there is no
        decoder.

    References
    ----------
    Gao et al., Scaling and evaluating sparse autoencoders, 2024, appendix A.2; the weight is
    theirs. There the decoder is linear, and a unit is dead after ten million examples. There codes
    are rectified, here they are not, and a dead unit may for a while be used below zero: one whose
    bias is far below the others' comes back slowly.

    Examples
    --------
    >>> AuxK().weight
    0.03125
    """

    weight: Number = 1 / 32
    k: int = eqx.field(static=True, default=32)
    patience: Number = 1.0

    def __check_init__(self) -> None:
        check_between("penalty AuxK", "weight", self.weight, 0, np.inf)
        check_whole("penalty AuxK", "k", self.k, 1)
        check_between("penalty AuxK", "patience", self.patience, 0, np.inf)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted cost above its floor of what dead units add to the output."""
        memory = getattr(p.model.latent, "last_on", None)
        if memory is None or p.x_hat is None:
            raise SettingError(
                "penalty AuxK needs a top-k code and a decoder, and the latent is "
                f"{type(p.model.latent).__name__}: use latent='top_k' or 'batch_top_k'."
            )
        dead = p.context.epoch - memory.value > self.patience  # (d,)
        living = jax.lax.stop_gradient(p.draw.z[0])
        revived = living + self.revived(p.h, dead)
        added = p.model.decode(revived) - p.model.decode(living)
        x_hat = jax.lax.stop_gradient(p.x_hat[0]) + added
        cost = p.model.likelihood(x_hat[None], p.x)[0] - p.model.likelihood.floor(p.x)
        return self.weight * jnp.where(dead.any(), cost, 0)

    def revived(self, h: Float[Array, "B d"], dead: Array) -> Float[Array, "B d"]:
        """Return the greatest entries among the dead units, zeros elsewhere."""
        _, places = jax.lax.top_k(jnp.where(dead, h, -jnp.inf), min(self.k, h.shape[1]))
        chosen = jnp.put_along_axis(jnp.zeros_like(h), places, 1, axis=-1, inplace=False)
        return jnp.where(dead, chosen * h, 0)
