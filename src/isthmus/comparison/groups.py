"""Runs that differ in the seed alone, as one; and the settings in which groups differ."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from isthmus.comparison.run import ComparedRun


@dataclass(frozen=True, eq=False)
class Group:
    """Runs of equal settings, each with a seed of its own.

    Attributes
    ----------
    name : str
    runs : tuple of ComparedRun
        In the order in which they were given.
    """

    name: str
    runs: tuple[ComparedRun, ...]

    def errors(self, error: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the keys of all rows that the group was tested on, and their errors.

        Parameters
        ----------
        error : {"mse", "mse_input"}

        Returns
        -------
        keys, errors : ndarray of shape (m,)
            Of a row that several runs were tested on, the mean error.
        """
        keys = np.concatenate([run.rows.keys for run in self.runs])
        errors = np.concatenate([getattr(run.rows, error) for run in self.runs])
        distinct, member = np.unique(keys, return_inverse=True)
        return distinct, np.bincount(member, weights=errors) / np.bincount(member)


def group(runs: Sequence[ComparedRun]) -> tuple[Group, ...]:
    """Put runs together whose settings are equal but for the seed, in the order of the first."""
    members: dict[tuple[tuple[str, str], ...], list[ComparedRun]] = {}
    for run in runs:
        members.setdefault(tuple(run.settings.items()), []).append(run)
    found = [tuple(own) for own in members.values()]
    names = [common_name([run.name for run in own]) for own in found]
    return tuple(
        Group(name if names.count(name) == 1 else own[0].name, own)
        for name, own in zip(names, found, strict=True)
    )


def common_name(names: Sequence[str]) -> str:
    """Return what names have in common, without the word seed or a number at its end.

    Examples
    --------
    >>> common_name(["vae-seed-0", "vae-seed-1"]), common_name(["one", "two"]), common_name(["a1"])
    ('vae', 'one', 'a1')
    """
    if len(names) == 1:
        return names[0]
    shared = re.sub(r"([\W_]|seed|(?<=\W)s|\d)+$", "", _common_start(names))
    return shared or names[0]


def _common_start(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    same = [a == b for a, b in zip(first, last, strict=False)]
    return first[: same.index(False) if False in same else len(same)]


def representatives(groups: Sequence[Group]) -> list[ComparedRun]:
    """Return one run per group to show: those of a seed that all groups have, else the first."""
    seeds = [{run.seed: run for run in reversed(group.runs)} for group in groups]
    shared = [run.seed for run in groups[0].runs if all(run.seed in own for own in seeds)]
    return [
        own[shared[0]] if shared else group.runs[0]
        for own, group in zip(seeds, groups, strict=True)
    ]


def differences(groups: Sequence[Group]) -> dict[str, list[str]]:
    """Return the settings that are not the same in all groups: a value per group.

    A setting that a group does not have is "".
    """
    known = [group.runs[0].settings for group in groups]
    names = dict.fromkeys(name for settings in known for name in settings)
    rows = {name: [settings.get(name, "") for settings in known] for name in names}
    return {name: values for name, values in rows.items() if len(set(values)) > 1}
