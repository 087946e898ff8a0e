"""What "auto" means for the sizes of a fit; `docs/defaults.md` has the measurements behind it."""

import math
from typing import NamedTuple

import numpy as np
import optax

from isthmus.checks import LARGEST
from isthmus.data.source import Examples
from isthmus.errors import SettingError
from isthmus.estimators.parameters import Parameters, PenaltySetting
from isthmus.estimators.slots import penalty_members
from isthmus.latents import AbstractLatent
from isthmus.likelihoods import AbstractLikelihood
from isthmus.model import Model
from isthmus.networks.chain import has_linear_path
from isthmus.penalties import AbstractPenalty, WeightDecay

STEPS = 20_000
"""Approximate number of steps that are planned, unless training stops early."""

SMALL = 1_000
"""With fewer examples than this, batches are smaller, and no held-out part decides when to stop."""

FEW = 10_000
"""With fewer examples than this, weights are decayed."""

STEEP, SAFE = 3e-3, 1e-3
"""Learning rates of Adam: for a fit that begins gently, and for any other."""

DECAY = 3.0
"""How strongly, in nats a squared weight over all of them, for features of unit variance."""


class Plan(NamedTuple):
    """The sizes of a fit with nothing left to choose."""

    batch_size: int
    epochs: int
    patience: int


def plan(settings: Parameters, n: int, *, validated: bool = True) -> Plan:
    """Return the sizes of a fit to ``n`` examples: those that were set, and "auto" for the rest.

    Where a part of the loss is not ``validated``, "auto" does not stop early: the rest of the loss
    would choose the epoch.
    """

    def chosen(name: str, automatic: int) -> int:
        value = getattr(settings, name)
        return automatic if value == "auto" else int(value)

    batch_size = min(chosen("batch_size", automatic_batch_size(n)), n)
    steps = -(-n // batch_size)
    epochs = chosen("epochs", automatic_epochs(steps))
    if epochs * steps > LARGEST:
        raise SettingError(
            f"epochs is {epochs}, which makes {epochs * steps} steps of {batch_size} examples; at "
            f"most {LARGEST} steps are counted."
        )
    return Plan(
        batch_size,
        epochs,
        chosen("patience", automatic_patience(n, steps) if validated else 0),
    )


def chosen_learning_rate(
    setting: float | str, schedule: str | optax.Schedule, model: Model
) -> float | str:
    """Return the learning rate of a setting; ``"auto"`` dares more where a fit begins gently.

    That is after a warm-up, from PCA with the parallel network at zero.

    Examples
    --------
    >>> chosen_learning_rate(0.01, "cosine", None)
    0.01
    """
    if setting != "auto":
        return setting
    gentle = schedule == "warmup_cosine" and has_linear_path(model.encoder)
    return STEEP if gentle else SAFE


def chosen_penalties(
    setting: PenaltySetting,
    n: int,
    scaled: Examples,
    likelihood: AbstractLikelihood,
    latent: AbstractLatent,
) -> tuple[AbstractPenalty, ...]:
    """Return the penalties of a setting; ``"auto"`` decays the weights of a fit to few examples.

    A squared weight then costs 3 v / n nats an example: a normal prior on every weight, which
    matters to a hundred examples and vanishes for many. v is the variance of a feature of the
    ``scaled`` examples (m, D), as the encoder sees them, on average. Only a likelihood that charges
    squared errors in the units of the data has more to say about features of a larger variance;
    under any other, which measures in units of its own, a feature counts as one at most.

    Codes that are stochastic get no decay, since their bound charges a divergence already: decay
    made it worse by up to 9% on tables of counts, and better by at most 1% anywhere
    (`benchmarks/decay.py`).

    Examples
    --------
    >>> import numpy as np
    >>> from isthmus.likelihoods import Gaussian, LearnedGaussian
    >>> scaled = np.array([[-2.0, 2.0], [2.0, -2.0]])
    >>> from isthmus.latents import Deterministic
    >>> chosen_penalties("auto", 200, scaled, Gaussian(), Deterministic())
    (WeightDecay(weight=0.06),)
    >>> chosen_penalties("auto", 200, scaled, LearnedGaussian(), Deterministic())
    (WeightDecay(weight=0.015),)
    >>> chosen_penalties("auto", 60_000, scaled, Gaussian(), Deterministic())
    ()
    """
    if not (isinstance(setting, str) and setting == "auto"):
        return penalty_members(setting)
    if n >= FEW or latent.stochastic:
        return ()
    variances = scaled[:].var(axis=0)
    if not likelihood.squared_error:
        variances = np.minimum(variances, 1.0)
    return (WeightDecay(DECAY * float(variances.mean()) / n),)


def automatic_widths(features: int, n: int) -> tuple[int, ...]:
    """Return the hidden widths for ``n`` examples of ``features``: more of either, wider.

    Few examples get one narrow layer, which has little to overfit with.

    Examples
    --------
    >>> automatic_widths(784, 54_000), automatic_widths(64, 1_300), automatic_widths(13, 130)
    ((512, 256), (128, 64), (32,))
    """
    by_examples = 2 ** round(math.log2(max(n / 8, 1)))
    by_features = 2 ** math.ceil(math.log2(16 * features))
    first = max(32, min(by_examples, by_features, 512))
    return (first, first // 2) if first > 64 else (first,)


def automatic_batch_size(n: int) -> int:
    """Return the batch size for ``n`` examples: small batches find better minima in small data.

    Examples
    --------
    >>> automatic_batch_size(500), automatic_batch_size(60_000)
    (32, 64)
    """
    return 32 if n < SMALL else 64


def automatic_epochs(steps_per_epoch: int) -> int:
    """Return the number of epochs that makes about 20,000 steps, from 20 to 200.

    Examples
    --------
    >>> automatic_epochs(3), automatic_epochs(844)
    (200, 24)
    """
    return max(20, min(200, round(STEPS / steps_per_epoch)))


def automatic_patience(n: int, steps_per_epoch: int) -> int:
    """Return the epochs without progress after which to stop: 10, or about 600 steps if longer.

    Below 1,000 examples it is 0: so few held-out ones say more about their own luck than about the
    epoch, and training to the end under weight decay does better.

    Examples
    --------
    >>> [automatic_patience(n, n // 64) for n in (500, 3_000, 60_000)]
    [0, 13, 10]
    """
    return 0 if n < SMALL else max(10, round(600 / steps_per_epoch))
