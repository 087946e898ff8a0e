"""The signals that ask for an end, and which of them came.

Ctrl-C asks in every program. The command line adds the others, which by themselves would end the
process without a word; a program of the user's own keeps its own handlers of those.
"""

import signal

INTERRUPT = signal.SIGINT
OTHERS = tuple(
    number
    for name in ("SIGTERM", "SIGHUP")  # of job schedulers and containers; of a closed terminal
    if (number := getattr(signal, name, None)) is not None
)

listened = [INTERRUPT]
"""Signals that end a training with the best model so far."""

_last = [INTERRUPT]


def note(number: int) -> None:
    """Remember the signal that came last."""
    _last[0] = signal.Signals(number)


def exit_code() -> int:
    """Return what a shell returns for a process that the last of these signals ended.

    Examples
    --------
    >>> note(signal.SIGTERM)
    >>> exit_code()
    143
    >>> note(signal.SIGINT)
    >>> exit_code()
    130
    """
    return 128 + _last[0]
