import threading

import pytest

from isthmus.sweep.threads import merged


def test_runs_are_heard_while_others_go_on() -> None:
    first_heard = threading.Event()

    def waits(tell) -> None:
        assert first_heard.wait(10)
        tell("second")

    told = merged([waits, lambda tell: tell("first")])
    assert next(told) == "first"
    first_heard.set()
    assert list(told) == ["second"]


def test_what_a_run_raises_is_raised_when_all_are_over() -> None:
    def fails(tell) -> None:
        raise ValueError("lost")

    told = merged([fails, lambda tell: tell("kept")])
    assert next(told) == "kept"
    with pytest.raises(ValueError, match="lost"):
        next(told)


def test_runs_end_once_nobody_listens() -> None:
    ended = threading.Event()

    def endless(tell) -> None:
        try:
            while True:
                tell("more")
        finally:
            ended.set()

    told = merged([endless])
    assert next(told) == "more"
    told.close()
    assert ended.is_set()
