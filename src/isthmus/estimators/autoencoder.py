"""The autoencoder as a scikit-learn transformer."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from isthmus.engine import Callback, Checkpoint, HearsProgress
from isthmus.errors import DataError
from isthmus.estimators import fitting
from isthmus.estimators.abstract import AbstractAutoencoder
from isthmus.estimators.undone import undone_by_failure
from isthmus.heads import AbstractHead


class Autoencoder(AbstractAutoencoder):
    """Learn a small code from unlabelled examples, and to get them back from it.

    With nothing set, a dense network beside a linear path that starts at PCA: training begins at
    PCA's error. Every slot takes a name or a specification; a specification's own parameters are
    reached as scikit-learn does, ``corruption__scale`` for instance.

    Parameters
    ----------
    latent_dim : int, default=2
        Size d of the code, >= 1.
    encoder : str, specification or Equinox module, default="dense"
        ``"dense"``, ``"conv"`` (examples must be images), a member of `isthmus.networks`, or a
        module of your own that maps one flat example (D,) to (width,).
    hidden : "auto" or tuple of int, default="auto"
        Widths of the dense hidden layers of an encoder that is named; ``"auto"`` goes by the data.
    activation : str, default="gelu"
        Of the hidden layers of an encoder that is named.
    decoder : str, specification, Equinox module or None, default="mirror"
        ``"mirror"``, ``"tied"`` (the encoder's weights transposed), or as ``encoder``; None
        reconstructs nothing.
    latent : str or member of `isthmus.latents`, default="deterministic"
        How the encoder's output becomes a code.
    likelihood : str or member of `isthmus.likelihoods`, default="auto"
        What an error costs; ``"auto"`` goes by the scaling and the latent.
    corruption : str, member of `isthmus.corruption` or None, default=None
        What is done to an example before the encoder sees it in training.
    bound : str or member of `isthmus.bounds`, default="elbo"
        How cost and divergence sum up.
    penalties : "auto", member, name or tuple of them, default="auto"
        Of `isthmus.penalties`; ``"auto"`` decays the weights by 1/n nats where the n examples are
        few (below 10,000), and is nothing for many.
    scaling : str, default="auto"
        ``"auto"`` or a name of `isthmus.scaling.KINDS`; the choice is kept in ``scaling_``.
    start : {"auto", "pca", "random"}, default="auto"
        Whether training starts from PCA; ``"auto"`` does where the networks allow it.
    image_shape : tuple of int or None, default=None
        (H, W) or (H, W, C) of flat images.
    optimizer : str or optax.GradientTransformation, default="adam"
        A name of `isthmus.engine.OPTIMIZERS`; a transformation brings its own learning rate.
    learning_rate : "auto" or float, default="auto"
        Step length at the schedule's height; ``"auto"`` is 0.003 where training starts
        from PCA under the schedule "warmup_cosine", and else 0.001.
    schedule : str or callable, default="warmup_cosine"
        A name of `isthmus.engine.SCHEDULES`, or a function of the step count.
    epochs : "auto" or int, default="auto"
        At most so many passes over the training part; ``"auto"`` makes about 20,000 steps, in 20 to
        200 epochs.
    batch_size : "auto" or int, default="auto"
        Examples in a step; ``"auto"`` is 64, or 32 below 1,000 examples.
    patience : "auto" or int, default="auto"
        Stop after so many epochs without a better validation loss; 0 switches early stopping off,
        and the last weights are kept; ``"auto"`` is 10, or as many as make 600 steps, and 0 below
        1,000 examples.
    validation_fraction : float, default=0.1
        Share of the examples held out for early stopping, in [0, 0.9]; of fewer than 20 examples
        none are.
    gradient_clip : float or None, default=None
        Greatest global norm of a gradient.
    memory_limit : float, default=2e9
        Examples on disk up to so many bytes are read into memory; larger ones are streamed.
    devices : int, "all" or None, default=None
        How many devices share every batch of ``fit``; ``"all"`` are those of all hosts, once they
        are joined by ``jax.distributed``; None is the default device. It changes nothing but speed,
        and a model file does not keep it.
    callbacks : sequence of callables, default=()
        Each called with an `isthmus.engine.EpochRecord` every epoch; True stops training. One that
        is not callable, but has ``on_progress(done_steps, total_steps)``, is told of steps alone.
    random_state : int, RandomState instance or None, default=None
        Decides the initial weights, the order of examples, and all noise.
    verbose : int, default=0
        1 says what was chosen and how training goes.

    Attributes
    ----------
    model_ : isthmus.model.Model
        The fitted slots.
    scaling_ : isthmus.scaling.Choice
        The scaling, and why it was chosen.
    likelihood_ : isthmus.likelihoods.AbstractLikelihood
        The likelihood, chosen.
    history_ : dict of lists
        ``epoch``, ``train_loss``, ``validation_loss``, ``learning_rate``, ``seconds`` and a column
        for each term of the loss, nats an example.
    best_epoch_ : int
        The epoch whose weights were kept; 0 is the start.
    n_epochs_ : int
        Epochs run.
    stop_reason_ : str
        ``"finished"``, ``"patience"``, ``"callback"`` or ``"interrupted"``.
    n_features_in_, feature_names_in_
        As everywhere in scikit-learn.
    image_shape_ : tuple of int or None
        (H, W, C).
    n_parameters_, n_trainable_parameters_ : int
        Sizes of the model, with and without running statistics.
    fit_seconds_ : float
        Training, compilation included.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X = load_digits().data
    >>> autoencoder = Autoencoder(latent_dim=8, hidden=(32,), epochs=2, random_state=0).fit(X)
    >>> autoencoder.transform(X).shape
    (1797, 8)
    >>> autoencoder.reconstruct(X).shape
    (1797, 64)
    """

    def __init__(
        self,
        latent_dim: int = 2,
        *,
        encoder: Any = "dense",
        hidden: Any = "auto",
        activation: str = "gelu",
        decoder: Any = "mirror",
        latent: Any = "deterministic",
        likelihood: Any = "auto",
        corruption: Any = None,
        bound: Any = "elbo",
        penalties: Any = "auto",
        scaling: str = "auto",
        start: str = "auto",
        image_shape: tuple[int, ...] | None = None,
        optimizer: Any = "adam",
        learning_rate: float | str = "auto",
        schedule: Any = "warmup_cosine",
        epochs: int | str = "auto",
        batch_size: int | str = "auto",
        patience: int | str = "auto",
        validation_fraction: float = 0.1,
        gradient_clip: float | None = None,
        memory_limit: float = 2e9,
        devices: int | str | None = None,
        callbacks: Sequence[Callback | HearsProgress] = (),
        random_state: Any = None,
        verbose: int = 0,
    ):
        self.latent_dim = latent_dim
        self.encoder = encoder
        self.hidden = hidden
        self.activation = activation
        self.decoder = decoder
        self.latent = latent
        self.likelihood = likelihood
        self.corruption = corruption
        self.bound = bound
        self.penalties = penalties
        self.scaling = scaling
        self.start = start
        self.image_shape = image_shape
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.gradient_clip = gradient_clip
        self.memory_limit = memory_limit
        self.devices = devices
        self.callbacks = callbacks
        self.random_state = random_state
        self.verbose = verbose

    @undone_by_failure
    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        validation_data: Any = None,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """Fit the autoencoder.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Arrays, data frames, memory maps or lazy readers of examples, n >= 2.
        y : ignored
            Here by scikit-learn's convention.
        validation_data : like X, optional
            The held-out part, instead of a share of ``X``.
        checkpoint : isthmus.engine.Checkpoint, optional
            Where to keep training's state, and whether to go on from it.

        Returns
        -------
        self
        """
        if isinstance(validation_data, tuple):
            raise DataError("validation_data is a tuple; it must be examples alone, as X is.")
        held_out = None if validation_data is None else (validation_data, None)
        fitting.fit(self, X, None, held_out, checkpoint)
        return self

    @undone_by_failure
    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Take one pass over ``X`` from where the weights stand, at a constant learning rate.

        The optimiser goes on too, but for a model that was loaded: its file has weights alone.
        The first call also chooses the scaling and the likelihood, from ``X`` alone.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples.
        y : ignored

        Returns
        -------
        self
        """
        fitting.partial_fit(self, X, None)
        return self

    def score(self, X: Any, y: Any = None) -> float:
        """Return the mean of `score_samples`: nats an example, higher is better."""
        return float(np.mean(self.score_samples(X)))

    def _heads(self, rng: np.random.Generator) -> tuple[AbstractHead, ...]:
        return ()
