"""A clean end when one is asked for: the first signal asks, the second insists."""

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

from isthmus import stopping

Handler = Callable[[int, FrameType | None], object] | int | None
"""What Python does at a signal."""


class Interruptible:
    """While it is entered, the first signal sets `requested`; a second does what it did before.

    The signals are those that `isthmus.stopping` lists: Ctrl-C, and on the command line SIGTERM and
    SIGHUP. Outside the main thread, where no signal arrives, it does nothing.
    """

    def __init__(self) -> None:
        self.requested = False
        self._previous: dict[int, Handler] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in stopping.listened:
                self._previous[number] = signal.signal(number, self._hear)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._restore()

    def _hear(self, number: int, frame: FrameType | None) -> None:
        stopping.note(number)
        self.requested = True
        self._restore()

    def _restore(self) -> None:
        while self._previous:
            number, handler = self._previous.popitem()
            signal.signal(number, handler)
