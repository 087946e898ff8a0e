"""Training a group of replicas: one program per processor, all at the same time."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from isthmus.engine import Replica, train_together
from isthmus.engine.compiled import programs_at_once
from isthmus.engine.together import Outcome
from isthmus.sweep.threads import merged


class Progress(NamedTuple):
    """Steps of a group that are done, and steps in all."""

    done: int
    total: int


class _News(NamedTuple):
    """What a share of the replicas reports."""

    share: range
    news: Progress | tuple[int, Outcome]


def train_group(
    replicas: Sequence[Replica], *, epochs: int, patience: int
) -> Iterator[Progress | tuple[int, Outcome]]:
    """Train replicas of equal shape, divided among the processors, with a program on each.

    Models that are worth training side by side are too small to be shared among processors
    themselves.

    Parameters
    ----------
    replicas, epochs, patience
        As of `isthmus.engine.train_together`.

    Yields
    ------
    Progress or (row, outcome)
        Steps done of the whole group; and the outcome of each replica, as it ends.
    """
    shares = _shares(len(replicas))
    done = dict.fromkeys(shares, 0)
    for share, news in merged(
        [partial(_run, replicas, share, epochs, patience) for share in shares]
    ):
        if isinstance(news, Progress):
            done[share] = news.done
            news = Progress(sum(done.values()) // len(shares), news.total)
        yield news


def _run(
    replicas: Sequence[Replica],
    share: range,
    epochs: int,
    patience: int,
    tell: Callable[[_News], None],
) -> None:
    """Train some of the replicas as one program; report its progress, and each outcome."""

    def progress(done: int, total: int) -> None:
        tell(_News(share, Progress(done, total)))

    own = [replicas[row] for row in share]
    for i, outcome in train_together(own, epochs=epochs, patience=patience, on_progress=progress):
        tell(_News(share, (share[i], outcome)))


def _shares(replicas: int) -> list[range]:
    """Divide the rows of replicas among the processors, at least two replicas per share.

    Examples
    --------
    >>> _shares(1)
    [range(0, 1)]
    """
    shares = max(1, min(programs_at_once(), replicas // 2))
    bounds = [replicas * i // shares for i in range(shares + 1)]
    return [range(a, b) for a, b in pairwise(bounds)]
