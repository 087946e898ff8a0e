"""Running the fits of a sweep: side by side in one program where shapes allow it, else in turn."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import jax

from isthmus.annotations import Targets
from isthmus.engine import HearsProgress, Replica, Trained, shape_of, train
from isthmus.engine.together import SHORTEST_BLOCK
from isthmus.errors import IsthmusError, NonFiniteLossError, SettingError
from isthmus.estimators import fitting
from isthmus.estimators.base import AbstractAutoencoder
from isthmus.estimators.code_padding import can_pad, resize
from isthmus.estimators.conditional import AnyAutoencoder
from isthmus.estimators.fitting import Ready
from isthmus.estimators.pca_start import sharing_pca
from isthmus.sweep.programs import Progress, train_group
from isthmus.sweep.strategy import Together

Part: TypeAlias = tuple[Any, Targets | None]
"""Examples, and their targets or None."""

Outcome = AnyAutoencoder | IsthmusError
"""A fitted estimator, or the error that ended its fit."""

COPIES = 5
"""Copies of its weights that a replica holds: weights, two moments, the best, and a gradient."""


@dataclass(frozen=True)
class Job:
    """A fit that is ready: its place in the sweep, its estimator, and what was chosen for it."""

    place: int
    estimator: AbstractAutoencoder
    ready: Ready


def fit_together(
    fits: Sequence[tuple[int, AbstractAutoencoder]],
    train: Part,
    validation: Part,
    strategy: str,
    memory_limit: float,
    folder: Path | None,
    kept: frozenset[int],
    callbacks: Sequence[HearsProgress] = (),
) -> Iterator[tuple[int, Outcome]]:
    """Fit estimators, those of one shape as one program where that pays."""
    import pooch

    everybody = Path(pooch.os_cache("isthmus"))
    decides = Together(strategy, (everybody,) if folder is None else (folder, everybody))
    how = {"strategy": decides, "memory_limit": memory_limit, "kept": kept}
    yield from run_fits(fits, train, validation, **how, callbacks=callbacks)


def fit_share(
    fits: Sequence[tuple[int, AbstractAutoencoder]], *how: Any
) -> list[tuple[int, Outcome]]:
    """Fit a process's share of estimators."""
    return [*fit_together(fits, *how)]


def run_fits(
    fits: Sequence[tuple[int, AbstractAutoencoder]],
    training: Part,
    validation: Part,
    *,
    strategy: Together,
    memory_limit: float,
    kept: frozenset[int] = frozenset(),
    callbacks: Sequence[HearsProgress] = (),
) -> Iterator[tuple[int, Outcome]]:
    """Fit estimators to the same examples; yield (place, fitted or error) as each ends.

    What shares a program depends on all fits, and not on those that an earlier run has done: the
    last bits of a model are those of its program. So a group that lacks one is trained as a whole.

    Parameters
    ----------
    fits
        Places in the sweep, with unfitted estimators.
    training, validation
        The training set; the validation set, which early stopping goes by. Pairs of examples and
        targets, None where there are no targets.
    strategy
        Decides whether a group shares a program.
    memory_limit
        Bytes that the weights and batches of one program may take.
    kept
        Places whose fits are there from an earlier run, and are not needed again.
    callbacks
        Called with the steps of the fit, or of the group that shares a program, that runs.
    """
    if kept.issuperset(place for place, _ in fits):
        return
    jobs, refused = _prepared(fits, training, validation)
    yield from refused
    for group in _groups(jobs, memory_limit):
        missing = [job for job in group if job.place not in kept]
        if not missing:
            continue
        replicas = _padded([job.ready.replica for job in group])
        spread = group[0].ready.devices is not None
        if len(group) > 1 and not spread and strategy.pays(replicas):
            yield from _together(group, replicas, callbacks)
        else:
            for job in missing:
                yield job.place, _alone(job, callbacks)


def _prepared(
    fits: Sequence[tuple[int, AbstractAutoencoder]], training: Part, validation: Part
) -> tuple[list[Job], list[tuple[int, SettingError]]]:
    """Return the fits that are ready, and those whose settings cannot be, with their errors."""
    jobs: list[Job] = []
    refused: list[tuple[int, SettingError]] = []
    with sharing_pca():
        for place, one in fits:
            try:
                jobs.append(Job(place, one, _ready(one, training, validation)))
            except SettingError as error:
                refused.append((place, error))
    return jobs, refused


def _ready(estimator: AbstractAutoencoder, training: Part, validation: Part) -> Ready:
    """Prepare a fit; where early stopping is off, the validation set is not looked at."""
    given = validation[0] if estimator.target_kind == "none" else validation
    ready = fitting.prepare(estimator, *training, given)
    if ready.sizes.patience:
        return ready
    return replace(ready, replica=replace(ready.replica, validation=None))


def _alone(job: Job, callbacks: Sequence[HearsProgress]) -> Outcome:
    replica, sizes = job.ready.replica, job.ready.sizes
    try:
        trained = train(
            replica.model,
            replica.optimiser,
            replica.feed,
            epochs=sizes.epochs,
            seed=replica.seed,
            validation=replica.validation,
            patience=sizes.patience,
            callbacks=(*job.estimator.callbacks, *callbacks),
            devices=job.ready.devices,
        )
    except NonFiniteLossError as error:
        return error
    if trained.stop_reason == "interrupted":
        raise KeyboardInterrupt
    return _finished(job, trained)


def _together(
    jobs: Sequence[Job], replicas: Sequence[Replica], callbacks: Sequence[HearsProgress]
) -> Iterator[tuple[int, Outcome]]:
    """Train a group by replicas whose codes are as wide as the widest of them."""
    sizes = jobs[0].ready.sizes
    for news in train_group(replicas, epochs=sizes.epochs, patience=sizes.patience):
        if isinstance(news, Progress):
            for callback in callbacks:
                callback.on_progress(*news)
            continue
        row, outcome = news
        job = jobs[row]
        if isinstance(outcome, NonFiniteLossError):
            yield job.place, outcome
            continue
        own = job.ready.replica.model.latent_dim
        if outcome.model.latent_dim != own:
            outcome = replace(outcome, model=resize(outcome.model, own))
        yield job.place, _finished(job, outcome)


def _finished(job: Job, trained: Trained) -> AbstractAutoencoder:
    fitting.finish(job.estimator, job.ready, trained)
    return job.estimator


def _padded(replicas: Sequence[Replica]) -> list[Replica]:
    """Return the replicas with codes as wide as the widest of them."""
    widest = max(replica.model.latent_dim for replica in replicas)
    return [
        replica
        if replica.model.latent_dim == widest
        else replace(replica, model=resize(replica.model, widest))
        for replica in replicas
    ]


def _groups(jobs: Iterable[Job], memory_limit: float) -> Iterator[list[Job]]:
    """Put jobs together that can share a program, no more of them than memory holds."""
    groups: dict[Hashable, list[Job]] = {}
    for job in jobs:
        groups.setdefault(_kind(job), []).append(job)
    for group in groups.values():
        replicas = [job.ready.replica for job in group]
        most = max(1, int(memory_limit // _bytes(max(replicas, key=_bytes))))
        yield from (group[i : i + most] for i in range(0, len(group), most))


def _kind(job: Job) -> Hashable:
    """Return what jobs must have in common to share a program: their shape, but for the code's."""
    replica, sizes = job.ready.replica, job.ready.sizes
    if can_pad(replica.model):
        replica = replace(replica, model=resize(replica.model, 1))
    return shape_of(replica), sizes.epochs, sizes.patience, job.ready.devices


def _bytes(replica: Replica) -> int:
    """Return what a replica takes in a program: its weights and two blocks of its examples."""
    weights = sum(leaf.nbytes for leaf in jax.tree.leaves(replica.model) if hasattr(leaf, "nbytes"))
    return COPIES * weights + 2 * SHORTEST_BLOCK * replica.feed.batch_bytes
