"""Several runs at once, each in a thread of its own, heard in one place."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event
from typing import Any, TypeVar

T = TypeVar("T")
Tell = Callable[[T], None]

_END = object()


class _UnheardError(Exception):
    """Nobody listens any more."""


def merged(runs: Sequence[Callable[[Tell[T]], None]]) -> Iterator[T]:
    """Yield what several runs tell, as they tell it.

    Parameters
    ----------
    runs
        Functions of ``tell``, each run by a thread of its own. Once the iterator is closed ``tell``
        raises, which ends them.

    Raises
    ------
    Exception
        What a run raised, when all have ended.

    Examples
    --------
    >>> sorted(merged([lambda tell: tell("a"), lambda tell: tell("b")]))
    ['a', 'b']
    """
    told: SimpleQueue[Any] = SimpleQueue()
    closed = Event()

    def tell(item: T) -> None:
        if closed.is_set():
            raise _UnheardError
        told.put(item)

    def follow(run: Callable[[Tell[T]], None]) -> None:
        try:
            run(tell)
        finally:
            told.put(_END)

    with ThreadPoolExecutor(len(runs)) as pool:
        futures = [pool.submit(follow, run) for run in runs]
        try:
            for _ in runs:
                while (item := told.get()) is not _END:
                    yield item
        finally:
            closed.set()
        for future in futures:
            future.result()
