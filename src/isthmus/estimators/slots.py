"""From a setting, a name or a specification, to the member of a slot."""

from collections.abc import Callable, Mapping
from typing import Any

from isthmus import bounds, corruption, latents, likelihoods, networks, penalties
from isthmus.specifications import member_of

LikelihoodSetting = str | likelihoods.AbstractLikelihood
"""A likelihood, its name, or "auto"."""

MEMBERS: dict[str, Mapping[str, Callable[..., object]]] = {
    "corruption": dict(corruption.MEMBERS),
    "encoder": dict(networks.MEMBERS),
    "decoder": dict(networks.MEMBERS),
    "latent": dict(latents.MEMBERS),
    "likelihood": dict(likelihoods.MEMBERS),
    "bound": dict(bounds.MEMBERS),
    "penalties": dict(penalties.MEMBERS),
}
"""Every slot's members by name, under the parameter that takes them."""

KINDS: dict[str, type] = {
    "corruption": corruption.AbstractCorruption,
    "latent": latents.AbstractLatent,
    "likelihood": likelihoods.AbstractLikelihood,
    "bound": bounds.AbstractBound,
    "penalties": penalties.AbstractPenalty,
}


def member(slot: str, value: object) -> Any:  # the slot says which
    """Return the member that a setting names, or the setting itself where it is one already.

    Raises
    ------
    SettingError
        If the name is unknown (the nearest one is suggested) or the value is no member.

    Examples
    --------
    >>> member("latent", "gaussian")
    Gaussian()
    """
    module = slot if slot in ("corruption", "penalties") else f"{slot}s"
    return member_of(slot, value, MEMBERS[slot], KINDS[slot], f"isthmus.{module}")


def takes_missing(likelihood: object) -> bool:
    """Return whether a likelihood's setting lets entries of the examples be missing.

    ``"auto"`` is masked where entries are missing.

    Examples
    --------
    >>> takes_missing("masked"), takes_missing("auto"), takes_missing("gaussian")
    (True, True, False)
    """
    if isinstance(likelihood, likelihoods.AbstractLikelihood):
        return likelihood.masked
    return isinstance(likelihood, str) and likelihood in ("masked", "auto")


def likelihood_kind(setting: LikelihoodSetting | None) -> str:
    """Return the kind of a likelihood, masked or not, or of its name; "auto" for none.

    >>> likelihood_kind("negative_binomial"), likelihood_kind(likelihoods.Masked("laplace"))
    ('negativebinomial', 'laplace')
    """
    if setting is None:
        return "auto"
    return setting.lower().replace("_", "") if isinstance(setting, str) else setting.kind


def penalty_members(value: object) -> tuple[penalties.AbstractPenalty, ...]:
    """Return the penalties of a setting: none, one, or several."""
    if value is None:
        return ()
    several = value if isinstance(value, tuple | list) else (value,)
    return tuple(member("penalties", one) for one in several)
