"""Ctrl-C and the other signals that ask for an end, which nothing may swallow."""

import _thread
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from isthmus import stopping

_asked = threading.Event()


@contextmanager
def heard() -> Iterator[None]:
    """Remember every interrupt, and raise it again where it fell on what cannot raise.

    Python drops an exception that comes up in a destructor, and libraries drop some while they are
    imported.
    """
    _asked.clear()
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # A signal that is ignored, as by nohup, stays so.
    others = [one for one in stopping.OTHERS if signal.getsignal(one) is not signal.SIG_IGN]
    stopping.listened[1:] = others
    before = {one: signal.signal(one, _hear) for one in stopping.listened}
    hook, sys.unraisablehook = sys.unraisablehook, _insist
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        stopping.listened[1:] = []
        sys.unraisablehook = hook


def check() -> None:
    """Raise `KeyboardInterrupt` if there was an interrupt, though it was swallowed."""
    if _asked.is_set():
        raise KeyboardInterrupt


def _hear(number: int, *_: object) -> None:
    stopping.note(number)
    _asked.set()
    raise KeyboardInterrupt


def _insist(unraisable: "sys.UnraisableHookArgs") -> None:
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        _thread.interrupt_main(signal.Signals(stopping.exit_code() - 128))
    else:
        sys.__unraisablehook__(unraisable)
