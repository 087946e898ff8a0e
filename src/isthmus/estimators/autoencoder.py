"""The autoencoder as a scikit-learn transformer."""

from dataclasses import KW_ONLY, dataclass

import numpy as np

from isthmus.annotations import ExamplesLike, Targets
from isthmus.estimators.base import AbstractAutoencoder
from isthmus.estimators.registry import registered
from isthmus.estimators.targets import TargetKind, condition_numbers, labels_of
from isthmus.heads import AbstractHead


@registered
@dataclass(eq=False, repr=False)
class Autoencoder(AbstractAutoencoder):
    """Learn a small code from unlabelled examples, and to get them back from it.

    With nothing set, a dense network with a parallel linear path that starts at PCA, so that
    training begins at PCA's error. Every slot takes a name or a specification; a specification's
    own parameters are reached as scikit-learn does, ``corruption__scale`` for instance.

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
    schema : "auto", isthmus.tables.Rules or isthmus.tables.Schema, default="auto"
        What the columns of a table are. ``"auto"`` looks at a data frame that holds more than
        numbers; rules say which columns are left out, and what others are.
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
        Maximum number of passes over the training set; ``"auto"`` makes about 20,000 steps, in 20
        to 200 epochs.
    batch_size : "auto" or int, default="auto"
        Examples in a step; ``"auto"`` is 64, or 32 below 1,000 examples.
    patience : "auto" or int, default="auto"
        Number of epochs without a better validation loss after which to stop; 0 switches early
        stopping off, and the last weights are kept; ``"auto"`` is 10, or as many as make 600 steps,
        and 0 below 1,000 examples.
    validation_fraction : float, default=0.1
        Share of the examples held out for early stopping, in [0, 0.9]; of fewer than 20 examples
        none are.
    gradient_clip : float or None, default=None
        Greatest global norm of a gradient.
    memory_limit : float, default=2e9
        Examples on disk of up to this number of bytes are read into memory; larger ones are
        streamed.
    devices : int, "all" or None, default=None
        How many devices share every batch of ``fit``; ``"all"`` are those of all hosts, once they
        are joined by ``jax.distributed``; None is the default device. It changes nothing but speed,
        and a model file does not keep it.
    callbacks : sequence of callables, default=()
        Each called with an `isthmus.engine.EpochRecord` every epoch; True stops training. One that
        is not callable, but has ``on_progress(done_steps, total_steps)``, hears of steps alone, and
        one that has ``on_start(model, examples)`` of the initial `isthmus.Model` before the first.
    random_state : int, RandomState instance or None, default=None
        Decides the initial weights, the order of examples, and all noise.
    verbose : int, default=0
        1 says what was chosen and how training goes.
    condition : bool, default=False
        Whether encoder and decoder are conditioned on labels, the ``y`` of ``fit``: the first layer
        of each has a bias of its own for every label, which equals the label as further inputs.
        With a Gaussian latent this is the conditional variational autoencoder, with one prior for
        all labels. It needs built-in networks that are not tied.

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
    schema_ : isthmus.tables.Schema or None
        What the columns of the table are that was fitted on, and how they are encoded; None for
        arrays and tables of numbers alone. Results of `reconstruct`, `impute`, `inverse_transform`
        and `sample` are then tables with the same columns, types and levels.
    image_shape_ : tuple of int or None
        (H, W, C).
    n_parameters_, n_trainable_parameters_ : int
        Sizes of the model, with and without running statistics.
    fit_seconds_ : float
        Training, compilation included.
    classes_ : ndarray
        The labels, sorted, where the model is conditioned on labels.

    References
    ----------
    Of ``condition``: Sohn, Lee and Yan, Learning structured output representation using deep
    conditional generative models, NIPS 2015; there the condition is an image, and the prior depends
    on it. With labels, and one prior for all: Kingma et al., Semi-supervised learning with deep
    generative models, NIPS 2014, section 2 (M2).

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X = load_digits().data
    >>> autoencoder = Autoencoder(latent_dim=8, hidden=(32,), epochs=2, random_state=0).fit(X)
    >>> autoencoder.transform(X).shape
    (1797, 8)
    >>> autoencoder.reconstruct(X).shape
    (1797, 64)

    Conditioned on labels, every method takes them:

    >>> y = load_digits().target
    >>> settings = {"latent": "gaussian", "hidden": (32,), "epochs": 2, "random_state": 0}
    >>> conditioned = Autoencoder(4, condition=True, **settings).fit(X, y)
    >>> conditioned.transform(X[:3], labels=y[:3]).shape
    (3, 4)
    >>> conditioned.sample(labels=[3, 3, 5], random_state=0).shape
    (3, 64)

    A table of several kinds of columns, with missing entries, needs nothing else:

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"size": [1.5, 2.5, None, 4.0] * 10, "kind": list("uvwu") * 10})
    >>> fitted = Autoencoder(1, epochs=2, random_state=0).fit(frame)
    >>> fitted.schema_.describe()
    'columns: 1 number, 1 category; encoded as 4 numbers'
    >>> int(fitted.impute(frame)["size"].isna().sum()), list(fitted.sample(3).columns)
    (0, ['size', 'kind'])
    """

    _: KW_ONLY
    condition: bool = False

    _arrays = (*AbstractAutoencoder._arrays, "classes_")

    @property
    def target_kind(self) -> TargetKind:
        """``"condition"`` where the model is conditioned on labels, else ``"none"``."""
        return "condition" if self.condition else "none"

    def score(
        self, X: ExamplesLike, y: Targets | None = None, labels: Targets | None = None
    ) -> float:
        """Return the mean of `score_samples`: nats per example, higher is better.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units.
        y : (n,), optional
            The labels, as scikit-learn passes them; not used where the model is not conditioned.
        labels : (n,), optional
            The labels, where ``y`` is not given.
        """
        labels = self.labels_from(y) if labels is None else labels
        return float(np.mean(self.score_samples(X, labels)))

    def _learn_targets(self, X: ExamplesLike, y: Targets | None) -> np.ndarray | None:
        if not self.condition:
            vars(self).pop("classes_", None)  # of an earlier fit
            return None
        y = labels_of(self, X, y, "it is conditioned on labels")
        self.classes_ = np.unique(y)
        return condition_numbers(self.classes_, y)

    def _encode_targets(self, y: Targets | None) -> np.ndarray | None:
        return condition_numbers(self.classes_, y) if self.condition else None

    def _heads(self, rng: np.random.Generator) -> tuple[AbstractHead, ...]:
        return ()
