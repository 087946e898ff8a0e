"""Ctrl-C, which nothing may swallow."""

import _thread
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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
    before, hook = signal.signal(signal.SIGINT, _hear), sys.unraisablehook
    sys.unraisablehook = _insist
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        sys.unraisablehook = hook


def check() -> None:
    """Raise `KeyboardInterrupt` if there was an interrupt, though it was swallowed."""
    if _asked.is_set():
        raise KeyboardInterrupt


def _hear(*_: object) -> None:
    _asked.set()
    raise KeyboardInterrupt


def _insist(unraisable: "sys.UnraisableHookArgs") -> None:
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        _thread.interrupt_main()
    else:
        sys.__unraisablehook__(unraisable)
