"""A fit that fails leaves no trace."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
E = TypeVar("E")


def rolled_back_on_failure(
    fit: Callable[Concatenate[E, P], R],
) -> Callable[Concatenate[E, P], R]:
    """Return a fit whose estimator is what it was before, if it raises.

    Attributes are replaced by a fit, not changed, so those of before are kept as they are.

    Examples
    --------
    >>> class Estimator:
    ...     @rolled_back_on_failure
    ...     def fit(self, x):
    ...         self.inverse_ = None
    ...         self.inverse_ = 1 / x
    >>> estimator = Estimator()
    >>> estimator.fit(2)
    >>> estimator.fit(0)
    Traceback (most recent call last):
    ZeroDivisionError: division by zero
    >>> estimator.inverse_
    0.5
    """

    @wraps(fit)
    def whole(self: E, *given: P.args, **named: P.kwargs) -> R:
        before = dict(vars(self))
        try:
            return fit(self, *given, **named)
        except BaseException:
            vars(self).clear()
            vars(self).update(before)
            raise

    return whole
