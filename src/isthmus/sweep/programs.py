"""Training a group of lanes as so many programs as there are processors, all at once."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from isthmus.engine import Replica, train_together
from isthmus.engine.compiled import programs_at_once
from isthmus.engine.together import Outcome
from isthmus.sweep.threads import merged


class Progress(NamedTuple):
    """So many steps of a group's are done, of so many."""

    done: int
    total: int


class _Told(NamedTuple):
    """What a share has to say."""

    share: range
    news: Progress | tuple[int, Outcome]


def train_group(
    lanes: Sequence[Replica], *, epochs: int, patience: int
) -> Iterator[Progress | tuple[int, Outcome]]:
    """Train lanes that are equal in shape, divided among the processors, a program each.

    Models that are worth training side by side are too small to be shared among processors
    themselves.

    Parameters
    ----------
    lanes, epochs, patience
        As of `isthmus.engine.train_together`.

    Yields
    ------
    Progress or (row, outcome)
        What is done of the whole; and what each lane came to, as it ends.
    """
    shares = _shares(len(lanes))
    done = dict.fromkeys(shares, 0)
    for share, news in merged([partial(_run, lanes, share, epochs, patience) for share in shares]):
        if isinstance(news, Progress):
            done[share] = news.done
            news = Progress(sum(done.values()) // len(shares), news.total)
        yield news


def _run(
    lanes: Sequence[Replica],
    share: range,
    epochs: int,
    patience: int,
    tell: Callable[[_Told], None],
) -> None:
    """Train some of the lanes as one program; tell of its progress, and of each lane's end."""

    def progress(done: int, total: int) -> None:
        tell(_Told(share, Progress(done, total)))

    own = [lanes[row] for row in share]
    for i, outcome in train_together(own, epochs=epochs, patience=patience, on_progress=progress):
        tell(_Told(share, (share[i], outcome)))


def _shares(lanes: int) -> list[range]:
    """Divide the rows of lanes among the processors, at least two lanes a share.

    Examples
    --------
    >>> _shares(1)
    [range(0, 1)]
    """
    shares = max(1, min(programs_at_once(), lanes // 2))
    bounds = [lanes * i // shares for i in range(shares + 1)]
    return [range(a, b) for a, b in pairwise(bounds)]
