"""The grid of a sweep: its points, and the estimator that is fitted at each."""

from collections.abc import Mapping
from typing import Any

from sklearn.base import clone
from sklearn.model_selection import ParameterGrid

from isthmus.errors import SettingError

ESTIMATOR = "estimator"
"""The name in a grid that stands for the estimator itself."""


def check_grid(estimator: Any, param_grid: Any) -> None:
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


def unfitted_at(estimator: Any, params: Mapping[str, Any]) -> Any:
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
    made: Any = clone(settings.pop(ESTIMATOR, estimator))
    return made.as_autoencoder().set_params(**settings)
