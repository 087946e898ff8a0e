"""A grid of settings and seeds, as scikit-learn searches are used."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any, Self, cast

import joblib
import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, TransformerMixin
from sklearn.model_selection import ParameterGrid
from sklearn.utils import Tags, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from isthmus.annotations import Examples, ExamplesLike, RandomState, Targets
from isthmus.checks import check_whole
from isthmus.data.source import Computed
from isthmus.engine import HearsProgress
from isthmus.errors import IsthmusError, SettingError
from isthmus.estimators.base import AbstractAutoencoder
from isthmus.estimators.conditional import AnyAutoencoder
from isthmus.estimators.fit_cache import kept_path
from isthmus.estimators.inputs import is_indexed
from isthmus.estimators.persistence import load
from isthmus.estimators.targets import ValidationData, need_targets
from isthmus.evaluation.advice import Advice, recommend_latent_dim
from isthmus.evaluation.pca import fit_pca
from isthmus.plainjson import Facts, JsonObject
from isthmus.sweep.division import divided
from isthmus.sweep.grid import Grid, check_grid, unfitted_at
from isthmus.sweep.results import Point, criterion_of, point_of, results_of
from isthmus.sweep.running import Outcome, Part, fit_share, fit_together

STRATEGIES = ("auto", "together", "in turn")


def _best_has(name: str) -> Callable[["Sweep"], bool]:
    def check(sweep: "Sweep") -> bool:
        return hasattr(getattr(sweep, "best_estimator_", sweep.estimator), name)

    return check


@dataclass(eq=False, repr=False)
class Sweep(MetaEstimatorMixin, TransformerMixin, BaseEstimator):
    """Fit an estimator at every point of a grid, with several seeds, and keep the best.

    Points whose models have one shape, whatever their learning rates, weights, noise, seeds and
    (for plain codes without a head) code sizes, are trained as one program where that is measured
    to be faster; else they run in turn or in processes.

    To scikit-learn a sweep is what its estimator is: a sweep of classifiers is a classifier.

    Parameters
    ----------
    estimator : Autoencoder, AutoencoderClassifier or AutoencoderRegressor
        What to fit; also an autoencoder that is conditioned on labels.
    param_grid : dict of lists, or list of such
        Values to try by the parameter's name, as of scikit-learn's ``GridSearchCV``. The name
        ``"estimator"`` stands for the estimator itself: its values are unfitted estimators, such as
        recipes, which take the place of ``estimator``.
    seeds : int, default=1
        Fits of every point of the grid, with ``random_state`` 0, 1, ...
    validation_fraction : float, default=0.2
        Share of the examples in the validation set, which is the same for all fits: early stopping
        goes by it, and fits are scored on it.
    strategy : {"auto", "together", "in turn"}, default="auto"
        Whether points of one shape share a program; ``"auto"`` measures once and remembers.
    n_jobs : int or None, default=None
        Processes, as everywhere in scikit-learn: None is one, or as many as the backend has that
        ``joblib.parallel_config`` names, such as Dask's or Ray's.
    memory_limit : float, default=2e9
        Bytes that the weights and batches of one program may take; the points of a
        group are divided by it.
    folder : path or None, default=None
        Where every model is kept as it is ready; a sweep that was stopped goes on from there, to
        the same bits.
    refit : bool, default=True
        Whether ``best_estimator_`` is kept; it needs no fit of its own.
    on_result : callable or None, default=None
        Called with (point, points done, points in all) as each arrives.
    callbacks : sequence, default=()
        Each has ``on_progress(done_steps, total_steps)``, which is called with the steps of the
        fit, or of the group of fits, that runs; not with those in other processes.
    random_state : int, RandomState instance or None, default=0
        Decides which examples are in the validation set.

    Attributes
    ----------
    cv_results_ : dict of arrays
        As of ``GridSearchCV``, a seed in the place of a fold: ``params``, ``param_*``,
        ``split*_test_score``, ``mean_test_score``, ``std_test_score``, ``rank_test_score``,
        ``mean_fit_time``, ``std_fit_time``, and ``mean_mse``, ``std_mse`` on the validation set.
    points_ : list of Point
        Every fit.
    criterion_ : {"score", "mse_input"}
        What ``test_score`` is. The estimator's score; or, where the grid has models whose scores
        are nats of different likelihoods, scalings or kinds of codes, which do not compare: the
        negative mean squared error in the data's own units.
    code_sizes_ : list of int
        The size of the code at every point of the grid.
    best_params_, best_index_, best_score_
        Of the best mean score.
    best_estimator_ : estimator
        The best of its seeds.
    pca_mse_ : dict of int to float
        PCA's error on the validation set by code size, in the space of the best model.
    advice_ : isthmus.evaluation.Advice or None
        The code size that is recommended and why, where the grid has several.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from isthmus import Autoencoder
    >>> small = Autoencoder(hidden=(16,), epochs=2)
    >>> sweep = Sweep(small, {"latent_dim": [2, 8]}, strategy="together").fit(load_digits().data)
    >>> sweep.best_params_
    {'latent_dim': 8}
    """

    estimator: AnyAutoencoder
    param_grid: Grid
    _: KW_ONLY
    seeds: int = 1
    validation_fraction: float = 0.2
    strategy: str = "auto"
    n_jobs: int | None = None
    memory_limit: float = 2e9
    folder: str | Path | None = None
    refit: bool = True
    on_result: Callable[[Point, int, int], None] | None = None
    callbacks: Sequence[HearsProgress] = ()
    random_state: RandomState = 0

    def fit(
        self,
        X: ExamplesLike,
        y: Targets | None = None,
        *,
        validation_data: ValidationData | None = None,
    ) -> Self:
        """Fit every point.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples.
        y : (n,) or (n, quantities), optional
            Targets, as the estimator's ``fit`` takes them.
        validation_data : like X, or a pair with targets, optional
            The validation set, instead of a share of the examples.
        """
        self._check()
        train, validation = self._split(X, y, validation_data)
        grid = list(ParameterGrid(self.param_grid))
        wanted = [(params, seed) for params in grid for seed in range(self.seeds)]
        unfitted = [self._estimator(params, seed) for params, seed in wanted]
        points: dict[int, Point] = {}
        leaders: dict[int, tuple[float, AnyAutoencoder]] = {}
        outcomes = self._outcomes(unfitted, train, validation)
        for done, (place, outcome) in enumerate(outcomes, start=1):
            params, seed = wanted[place]
            point = points[place] = point_of(params, seed, outcome, validation)
            index = place // self.seeds
            better = point.score > leaders[index][0] if index in leaders else point.score > -np.inf
            if not isinstance(outcome, IsthmusError) and better:
                leaders[index] = (point.score, outcome)
            if self.on_result is not None:
                self.on_result(point, done, len(wanted))
        self.points_: list[Point] = [points[place] for place in range(len(wanted))]
        self.criterion_ = criterion_of(self.points_)
        self.cv_results_ = results_of(grid, self.points_, self.seeds)
        self.code_sizes_: list[int] = [
            unfitted[i * self.seeds].latent_dim for i in range(len(grid))
        ]
        self._choose(grid, leaders)
        self._compare(train[0], validation[0])
        return self

    def _check(self) -> None:
        if self.strategy not in STRATEGIES:
            raise SettingError(f"strategy is {self.strategy!r}; it must be one of {STRATEGIES}.")
        check_whole("The sweep", "seeds", self.seeds, 1)
        if self.n_jobs == 0:
            raise SettingError("n_jobs is 0; it must be at least 1, or -1 for a process a core.")
        check_grid(self.estimator, self.param_grid)

    def _estimator(self, params: Facts, seed: int) -> AbstractAutoencoder:
        return unfitted_at(self.estimator, params).set_params(random_state=seed)

    def _split(
        self, X: ExamplesLike, y: Targets | None, given: ValidationData | None
    ) -> tuple[Part, Part]:
        """Return the training set and the validation set: pairs of examples and targets."""
        if self.estimator.target_kind != "none":
            need_targets(self, y, "its estimator learns from targets")
        share, random_state = self.validation_fraction, self.random_state
        return divided(self.estimator, X, y, given, share, random_state)

    def _outcomes(
        self, unfitted: Sequence[AbstractAutoencoder], train: Part, validation: Part
    ) -> Iterator[tuple[int, Outcome]]:
        """Yield (place, fitted estimator or error): the kept ones first, then as they end."""
        paths = [self._path(estimator, train, validation) for estimator in unfitted]
        kept = {place: path for place, path in enumerate(paths) if path and path.exists()}
        for place, path in kept.items():
            yield place, load(path)
        for place, outcome in self._fits(unfitted, train, validation, frozenset(kept)):
            path = paths[place]
            if place in kept:
                continue
            if path is not None and not isinstance(outcome, IsthmusError):
                path.parent.mkdir(parents=True, exist_ok=True)
                outcome.save(path)
            yield place, outcome

    def _path(self, estimator: AbstractAutoencoder, train: Part, validation: Part) -> Path | None:
        if self.folder is None:
            return None
        name = f"seed {estimator.random_state}"
        return kept_path(Path(self.folder), name, estimator, *train, *validation)

    def _fits(
        self,
        unfitted: Sequence[AbstractAutoencoder],
        train: Part,
        validation: Part,
        kept: frozenset[int],
    ) -> Iterator[tuple[int, Outcome]]:
        fits = [*enumerate(unfitted)]
        jobs = cast(int, joblib.effective_n_jobs(cast(Any, self.n_jobs)))  # None: joblib's own
        folder = None if self.folder is None else Path(self.folder)
        how = (self.strategy, self.memory_limit, folder, kept)
        if jobs == 1:
            yield from fit_together(fits, train, validation, *how, self.callbacks)
            return
        # Points that may share a program stay neighbours, so that a process has whole groups.
        size = -(-len(fits) // jobs)
        shares = [fits[i : i + size] for i in range(0, len(fits), size)]
        run = joblib.Parallel(self.n_jobs, return_as="generator_unordered")
        tasks = (joblib.delayed(fit_share)(share, train, validation, *how) for share in shares)
        for results in cast(Iterator[list[tuple[int, Outcome]]], run(tasks)):
            yield from results

    def _choose(
        self, grid: list[JsonObject], leaders: dict[int, tuple[float, AnyAutoencoder]]
    ) -> None:
        scores = self.cv_results_["mean_test_score"]
        if np.isnan(scores).all():
            raise SettingError(
                f"Every fit of the sweep failed; the first: {self.points_[0].failure}"
            )
        self.best_index_ = int(np.nanargmax(scores))
        self.best_params_ = grid[self.best_index_]
        self.best_score_ = float(scores[self.best_index_])
        if self.refit:
            self.best_estimator_ = leaders[self.best_index_][1]

    def _compare(self, X: Examples, validation: Examples) -> None:
        """Compare with PCA, and recommend a code size where the grid has several."""
        self.pca_mse_: dict[int, float] = {}
        self.advice_: Advice | None = None
        fitted = getattr(self, "best_estimator_", None)
        if fitted is None or fitted.model_.decoder is None:
            return
        sizes = sorted({size for size, _ in self._errors()})
        scaled, held = (_scaled(fitted, part) for part in (X, validation))
        pca = fit_pca(scaled, min(max(sizes), *scaled.shape))
        within = [size for size in sizes if size <= len(pca.components)]
        self.pca_mse_ = {size: pca.mse(held, size) for size in within}
        if len(sizes) > 1:
            errors = [min(e for d, e in self._errors() if d == size) for size in sizes]
            self.advice_ = recommend_latent_dim(sizes, errors, pca.mse(held, 0))

    def _errors(self) -> Iterator[tuple[int, float]]:
        """Yield (code size, mean error over the seeds) of the points of the best estimator."""
        results, best = self.cv_results_, self.best_params_.get("estimator")
        columns = (results["params"], self.code_sizes_, results["mean_mse"])
        for params, size, error in zip(*columns, strict=True):
            if np.isfinite(error) and params.get("estimator") is best:
                yield size, float(error)

    def fit_transform(
        self, X: ExamplesLike, y: Targets | None = None, **fit_params: Any
    ) -> np.ndarray:
        """Fit every point, and encode the examples with the best estimator."""
        self.fit(X, y, **fit_params)
        return self.transform(X, self._best().labels_from(y))

    def transform(self, X: ExamplesLike, labels: Targets | None = None) -> np.ndarray:
        """Encode with the best estimator."""
        return self._best().transform(X, labels)

    def inverse_transform(self, X: ArrayLike, labels: Targets | None = None) -> np.ndarray:
        """Decode with the best estimator."""
        return self._best().inverse_transform(X, labels)

    def reconstruct(self, X: ExamplesLike, labels: Targets | None = None) -> np.ndarray:
        """Encode and decode with the best estimator."""
        return self._best().reconstruct(X, labels)

    def score_samples(self, X: ExamplesLike, labels: Targets | None = None) -> np.ndarray:
        """Return how usual each example is to the best estimator: nats, (n,)."""
        return self._best().score_samples(X, labels)

    @available_if(_best_has("predict"))
    def predict(self, X: ExamplesLike) -> np.ndarray:
        """Predict with the best estimator."""
        return self._best().predict(X)

    @available_if(_best_has("predict_proba"))
    def predict_proba(self, X: ExamplesLike) -> np.ndarray:
        """Return the probabilities (n, classes) of the best estimator."""
        return self._best().predict_proba(X)

    @available_if(_best_has("decision_function"))
    def decision_function(self, X: ExamplesLike) -> np.ndarray:
        """Return the logits of the best estimator."""
        return self._best().decision_function(X)

    def score(self, X: ExamplesLike, y: Targets | None = None) -> float:
        """Return the best estimator's score."""
        return self._best().score(X, y)

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> np.ndarray:
        """Return the names of the best estimator's code dimensions."""
        return self._best().get_feature_names_out(input_features)

    @property
    def classes_(self) -> np.ndarray:
        """The labels of the best estimator, sorted."""
        return self._of_best("classes_")

    @property
    def n_features_in_(self) -> int:
        """Number of values of an example."""
        return self._of_best("n_features_in_")

    @property
    def feature_names_in_(self) -> np.ndarray:
        """Names of the columns of the examples, where they have some."""
        return self._of_best("feature_names_in_")

    def _of_best(self, name: str) -> Any:
        best = vars(self).get("best_estimator_")
        if best is None:
            raise AttributeError(f"'Sweep' object has no attribute {name!r} before it is fitted")
        return getattr(best, name)

    def __sklearn_tags__(self) -> Tags:
        """Return the tags of the estimator, but for sparse input, which a sweep does not divide."""
        tags = get_tags(self.estimator)
        tags.input_tags.sparse = False
        return tags

    def _best(self) -> Any:
        check_is_fitted(self, "points_")
        if not self.refit:
            raise SettingError(
                "This sweep was fitted with refit=False, and kept no best estimator."
            )
        return self.best_estimator_


def _scaled(fitted: AnyAutoencoder, X: Examples) -> Any:
    """Return scaled examples (n, D); those on disk are scaled where they are read."""
    if not is_indexed(X):
        return fitted.scale(X)
    return Computed(lambda rows: fitted.scale(X[rows]), (len(X), fitted.width_))
