"""The grid of a sweep: its points, and the estimator that is fitted at each."""

from collections.abc import Mapping, Sequence
from typing import cast

from sklearn.model_selection import ParameterGrid

from isthmus.errors import SettingError
from isthmus.estimators.base import AbstractAutoencoder
from isthmus.estimators.conditional import AnyAutoencoder
from isthmus.estimators.stored import copy_of
from isthmus.plainjson import Facts

Grid = Mapping[str, Sequence[object]] | Sequence[Mapping[str, Sequence[object]]]
"""Values by parameter, as scikit-learn's ``ParameterGrid`` takes them, or several such."""

ESTIMATOR = "estimator"
"""The name in a grid that stands for the estimator itself."""


def check_grid(estimator: AnyAutoencoder, param_grid: Grid) -> None:
    """Raise `SettingError` for a grid that no sweep can fit.

    Parameters
    ----------
    estimator
        Fitted where the grid names no other.
    param_grid : dict of lists, or list of such
        As of scikit-learn's ``GridSearchCV``.
    """
    points = list(ParameterGrid(param_grid))
    if any("random_state" in params for params in points):
        raise SettingError(
            "random_state is no parameter of the grid; seeds=3 fits every point three times."
        )
    others = [params[ESTIMATOR] for params in points if ESTIMATOR in params]
    for other in others:
        if not hasattr(other, "target_kind"):
            raise SettingError(
                f"estimator is {other!r} in the grid; give unfitted estimators, such as"
                " isthmus.recipes.vae()."
            )
    kinds = {one.target_kind for one in (estimator, *others)}
    if len(kinds) > 1:
        raise SettingError(
            "The estimators of the grid differ in what they do with targets"
            f" ({', '.join(sorted(kinds))}); give estimators of one kind."
        )


def unfitted_at(estimator: AnyAutoencoder, params: Facts) -> AbstractAutoencoder:
    """Return an unfitted copy of an estimator with the settings of a point of a grid.

    Examples
    --------
    >>> from isthmus import Autoencoder
    >>> point = {"estimator": Autoencoder(latent="gaussian"), "latent_dim": 3}
    >>> made = unfitted_at(Autoencoder(), point)
    >>> made.latent, made.latent_dim
    ('gaussian', 3)
    """
    settings = dict(params)
    made = copy_of(settings.pop(ESTIMATOR, estimator)).as_autoencoder()
    return cast(AbstractAutoencoder, made).set_params(**settings)
