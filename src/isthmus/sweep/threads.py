"""Several runs at once, each in a thread of its own, heard in one place."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum, auto
from queue import SimpleQueue
from threading import Event
from typing import TypeVar

T = TypeVar("T")
Tell = Callable[[T], None]


class _End(Enum):
    END = auto()


_END = _End.END


class _UnheardError(Exception):
    """The iterator that reads the reports is closed."""


def merged(runs: Sequence[Callable[[Tell[T]], None]]) -> Iterator[T]:
    """Yield what several runs report, as they report it.

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
    heard: SimpleQueue[T | _End] = SimpleQueue()
    closed = Event()

    def tell(item: T) -> None:
        if closed.is_set():
            raise _UnheardError
        heard.put(item)

    def follow(run: Callable[[Tell[T]], None]) -> None:
        try:
            run(tell)
        finally:
            heard.put(_END)

    with ThreadPoolExecutor(len(runs)) as pool:
        futures = [pool.submit(follow, run) for run in runs]
        try:
            for _ in runs:
                while (item := heard.get()) is not _END:
                    yield item
        finally:
            closed.set()
        for future in futures:
            future.result()
