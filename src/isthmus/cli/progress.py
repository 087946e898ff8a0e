"""How far work has come: one `Progress`, shown as a bar on a terminal or as lines of a log."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, Self, TypeVar, cast

from rich import progress as rich

from isthmus.cli import consoles

if TYPE_CHECKING:
    import numpy as np
    from pyarrow import Table

    from isthmus.data.source import Examples
    from isthmus.engine import EpochRecord

Block = TypeVar("Block", "np.ndarray", "Table")
"""A block of results, all of one kind."""

EVERY = 5.0
"""Seconds between two lines of a log."""

PATIENCE = 2.0
"""Seconds that work may take before a terminal shows a bar, where the work is often short."""

BLOCK = 1 << 20
"""Values of the input that one step of `map_blocks` takes: a few megabytes."""


class TimeLeft:
    """How long work will still take, by its rate since the first report.

    What came before the first report is not counted: it holds compilation, which happens once.

    Parameters
    ----------
    clock
        Returns seconds.

    Examples
    --------
    >>> seconds = iter([0.0, 9.0, 11.0])
    >>> left = TimeLeft(lambda: next(seconds))
    >>> left.note(10)  # nine seconds for the first ten steps, compilation included
    >>> left.seconds(20, 110)  # and two for the next ten
    18.0
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._begun = clock, clock()
        self._first: tuple[float, int] | None = None

    def note(self, done: int) -> None:
        """Report how much is done; the first report begins the measurement."""
        if self._first is None:
            self._first = self._clock(), done

    def seconds(self, done: int, total: int) -> float | None:
        """Return the seconds that are left, or None while the rate is not known."""
        if self._first is None or done <= self._first[1]:
            return None
        since, before = self._first
        return (total - done) * (self._clock() - since) / (done - before)

    @property
    def uncounted(self) -> float:
        """Seconds before the first report."""
        return 0.0 if self._first is None else self._first[0] - self._begun


class Face(Protocol):
    """Where progress is seen."""

    def move(self, done: int, total: int, counted: str, left: str) -> None:
        """Show how much is done, in numbers and in words, and the time left."""
        ...

    def say(self, headline: str, words: str, left: str, *, always: bool) -> None:
        """Show news, such as an epoch; ``always`` is for what may not be left out."""
        ...

    def close(self) -> None:
        """End."""
        ...


class _Terminal:
    """A bar, which goes when the work is done."""

    def __init__(self, what: str, patience: float, clock: Callable[[], float]) -> None:
        self._patience, self._clock, self._begun = patience, clock, clock()
        names = ("words", "left", "counted")
        texts = [rich.TextColumn(f"{{task.fields[{name}]}}") for name in names]
        columns = (rich.TextColumn("{task.description}"), rich.BarColumn(20), *texts)
        self._bar = rich.Progress(*columns, console=consoles.err(), transient=True)
        self._task = self._bar.add_task(what, total=None, **dict.fromkeys(names, ""))

    def move(self, done: int, total: int, counted: str, left: str) -> None:
        self._bar.update(self._task, completed=done, total=total, counted=counted, left=left)
        self._show()

    def say(self, headline: str, words: str, left: str, *, always: bool) -> None:
        self._bar.update(self._task, description=headline, words=words, left=left)
        self._show()

    def close(self) -> None:
        if self._bar.live.is_started:  # stopping one that never started leaves an empty line
            self._bar.stop()

    def _show(self) -> None:
        if self._clock() - self._begun >= self._patience:
            self._bar.start()


class _Log:
    """A line every few seconds."""

    def __init__(self, what: str, clock: Callable[[], float]) -> None:
        self._what, self._clock = what, clock
        self._last_line = self._last_news = clock()

    def move(self, done: int, total: int, counted: str, left: str) -> None:
        now = self._clock()
        if now - self._last_line >= EVERY:
            self._last_line = now
            self._print(self._what, counted, left)

    def say(self, headline: str, words: str, left: str, *, always: bool) -> None:
        now = self._last_line = self._clock()  # no steps are printed just before an epoch
        if always or now - self._last_news >= EVERY:
            self._last_news = now
            self._print(headline, words, left)

    def close(self) -> None:
        pass

    def _print(self, headline: str, *parts: str) -> None:
        said = ", ".join(filter(None, parts))
        consoles.say(consoles.err(), f"{headline}: {said}" if said else headline)


class Progress:
    """How far some work has come; a context manager.

    It is a callback that hears of steps. Where training shall also show every epoch, give
    `on_epoch` as a second callback; training then pauses at each.

    Parameters
    ----------
    what
        The work, in a word or two.
    quiet
        Show nothing.
    unit
        What is counted, such as ``"step"``.
    patience
        Seconds before a terminal shows anything.
    clock
        Returns seconds.
    """

    def __init__(
        self,
        what: str,
        *,
        quiet: bool = False,
        unit: str = "step",
        patience: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what, self._unit, self._left = what, unit, TimeLeft(clock)
        self._steps, self._results, self._explained = (0, 0), None, False
        self._face: Face | None = None
        if not quiet:
            terminal = consoles.err().is_terminal
            self._face = _Terminal(what, patience, clock) if terminal else _Log(what, clock)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away; lines stay."""
        if self._face is not None:
            self._face.close()

    def announce(self) -> None:
        """Say what begins."""
        self._say(self._what, "", always=True)

    def on_progress(self, done_steps: int, total_steps: int) -> None:
        """Show how much is done."""
        self._left.note(done_steps)
        self._steps = done_steps, total_steps
        if self._face is not None:
            counted = f"{self._unit} {done_steps:,} of {total_steps:,}"
            left = "" if self._results else self._words_left()
            self._face.move(*(self._results or self._steps), counted, left)

    def on_epoch(self, record: "EpochRecord") -> None:
        """Show an epoch of training."""
        words = f"train {_number(record.train_loss)}"
        if record.validation_loss is not None:
            words += f", validation {_number(record.validation_loss)}"
        words += f", best {_number(record.best_loss)} (epoch {record.best_epoch})"
        last = record.epoch == record.epochs
        left = "" if last else self._explained_left()
        self._say(f"epoch {record.epoch} of {record.epochs}", words, left, always=last)

    def on_result(self, done: int, total: int, words: str) -> None:
        """Show one of several results, which are counted instead of the steps of each."""
        self._results = done, total
        self._say(f"{done} of {total}", words, always=True)

    def _say(self, headline: str, words: str, left: str = "", *, always: bool) -> None:
        if self._face is not None:
            self._face.say(headline, words, left, always=always)

    def _explained_left(self) -> str:
        """Say the time left, and once what it leaves out."""
        left, start = self._words_left(), duration(self._left.uncounted)
        if not left:
            return f"time left not known yet (the first {start} include compilation)"
        if self._explained or self._left.uncounted < 1:
            return left
        self._explained = True
        return f"{left} (not counting the first {start}, which include compilation)"

    def _words_left(self) -> str:
        seconds = self._left.seconds(*self._steps)
        return "" if seconds is None else f"up to {duration(seconds)} left"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.5g}"


def duration(seconds: float) -> str:
    """Write a duration for a person.

    Examples
    --------
    >>> duration(3.2), duration(90), duration(600), duration(20_000)
    ('3 s', '90 s', '10 min', '5.6 h')
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


@contextmanager
def stages(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Lend a function that takes what is being done in a word, and shows it on a terminal."""
    console = consoles.err()
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with console.status("") as status:
        yield lambda word: status.update(word)


@contextmanager
def advancing(what: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Lend a function of (done, total); a bar appears once the work has lasted a while."""
    with Progress(what, quiet=quiet, unit="example", patience=PATIENCE) as shown:
        yield shown.on_progress


def map_blocks(
    what: str,
    function: Callable[..., Block],
    *given: "Examples",
    rows: int | None = None,
    quiet: bool = False,
) -> Iterator[Block]:
    """Apply ``function`` block by block; yield what it returns.

    Parameters
    ----------
    what
        The work, as a word for the bar.
    function
        Takes examples (b, ...), and labels (b,) where such are given; returns an array (b, ...),
        or a table of b rows.
    given
        Array-likes: examples (n, ...), and maybe their labels (n,); they are read block by block,
        so they may be larger than memory.
    rows
        Examples in a block; None goes by their size.
    quiet
        Show nothing.
    """
    import numpy as np

    from isthmus.tables import is_table, to_arrow

    examples = given[0]
    per_example = max(1, int(np.prod(examples.shape[1:])))
    step = max(1, BLOCK // per_example) if rows is None else rows
    with advancing(what, quiet=quiet) as advance:
        for start in range(0, len(examples), step):
            result = function(*(array[start : start + step] for array in given))
            yield cast(Block, to_arrow(result) if is_table(result) else np.asarray(result))
            advance(min(start + step, len(examples)), len(examples))
