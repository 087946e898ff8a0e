"""How far work has come: one `Progress`, shown as a bar on a terminal or as lines of a log."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

from rich import progress as rich

from isthmus.cli import consoles

if TYPE_CHECKING:
    import numpy as np

    from isthmus.engine import EpochRecord

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


class Moment(NamedTuple):
    """What is shown at one moment: a headline, what there is to say, a share, the time left."""

    headline: str
    words: str
    done: int
    total: int | None
    left: str


class Face(Protocol):
    """Where moments are shown."""

    def show(self, moment: Moment, *, news: bool, always: bool) -> None:
        """Show a moment: ``news`` is an epoch or a result, ``always`` may not be left out."""
        ...

    def close(self) -> None:
        """End."""
        ...


class _Terminal:
    """A bar, which goes when the work is done."""

    def __init__(self, patience: float, clock: Callable[[], float]) -> None:
        self._patience, self._clock, self._begun = patience, clock, clock()
        self._bar = rich.Progress(
            rich.TextColumn("{task.description}"),
            rich.BarColumn(),
            rich.TextColumn("{task.fields[words]}"),
            rich.TextColumn("{task.fields[left]}"),
            console=consoles.err(),
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, words="", left="")

    def show(self, moment: Moment, *, news: bool, always: bool) -> None:
        headline, words, done, total, left = moment
        given = {"completed": done, "total": total, "words": words, "left": left}
        self._bar.update(self._task, description=headline, **given)
        if self._clock() - self._begun >= self._patience:
            self._bar.start()

    def close(self) -> None:
        if self._bar.live.is_started:  # stopping one that never started leaves an empty line
            self._bar.stop()


class _Log:
    """A line every few seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last_line = self._last_news = clock()

    def show(self, moment: Moment, *, news: bool, always: bool) -> None:
        now = self._clock()
        if always or now - (self._last_news if news else self._last_line) >= EVERY:
            self._last_line = now
            self._last_news = now if news else self._last_news
            said = ", ".join(part for part in (moment.words, moment.left) if part)
            consoles.say(consoles.err(), f"{moment.headline}: {said}" if said else moment.headline)

    def close(self) -> None:
        pass


class Progress:
    """How far some work has come; a context manager.

    It is a callback that hears of steps: give it as it is where training need not pause at every
    epoch, and `on_epoch` beside it where each epoch is shown.

    Parameters
    ----------
    what
        The work, in a word or two.
    quiet
        Show nothing.
    unit
        What is counted: ``"step"``, or nothing for examples.
    patience
        Seconds before a terminal shows anything.
    results
        Whether the work has several results, which are counted rather than the steps between.
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
        results: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._unit, self._results, self._left = unit, results, TimeLeft(clock)
        self._seen = Moment(what, "", 0, None, "")
        self._steps, self._explained = (0, 0), False
        self._what, self._face = what, _face(quiet, patience, clock)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away; lines stay."""
        if self._face is not None:
            self._face.close()

    def announce(self) -> None:
        """Say what begins."""
        self._show(self._seen, always=True)

    def on_progress(self, done_steps: int, total_steps: int) -> None:
        """Show how much is done."""
        self._left.note(done_steps)
        self._steps = (done_steps, total_steps)
        counted = f"{self._unit} {done_steps:,} of {total_steps:,}".strip()
        if self._results:
            seen = self._seen._replace(headline=self._what, words=counted)
        else:
            left = self._words_left()
            seen = self._seen._replace(done=done_steps, total=total_steps, left=left)
            self._seen = seen
            if not seen.words:
                seen = seen._replace(words=counted)
            elif isinstance(self._face, _Log):
                seen = seen._replace(headline=self._what, words=counted)
        self._show(seen)

    def on_epoch(self, record: "EpochRecord") -> None:
        """Show an epoch of training."""
        words = f"train {_number(record.train_loss)}"
        if record.validation_loss is not None:
            words += f", validation {_number(record.validation_loss)}"
        words += f", best {_number(record.best_loss)} (epoch {record.best_epoch})"
        headline = f"epoch {record.epoch} of {record.epochs}"
        last = record.epoch == record.epochs
        left = "" if last else self._words_left(known=True)
        self._seen = self._seen._replace(headline=headline, words=words, left=left)
        self._show(self._seen, news=True, always=last)

    def on_result(self, done: int, total: int, words: str) -> None:
        """Show one of several results."""
        self._seen = Moment(f"{done} of {total}", words, done, total, "")
        self._show(self._seen, news=True, always=True)

    def _words_left(self, known: bool = False) -> str:
        """Say how long it will take; with ``known``, also that this is not known yet."""
        seconds = self._left.seconds(*self._steps)
        if seconds is None:
            return "time left not known yet" if known else ""
        words = f"up to {duration(seconds)} left"
        if known and not self._explained and self._left.uncounted >= 1:
            self._explained = True
            words += f" (the first {duration(self._left.uncounted)}, with compilation, not counted)"
        return words

    def _show(self, seen: Moment, *, news: bool = False, always: bool = False) -> None:
        if self._face is not None:
            self._face.show(seen, news=news, always=always)


def _face(quiet: bool, patience: float, clock: Callable[[], float]) -> Face | None:
    if quiet:
        return None
    return _Terminal(patience, clock) if consoles.err().is_terminal else _Log(clock)


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
    with Progress(what, quiet=quiet, unit="", patience=PATIENCE) as shown:
        yield shown.on_progress


def map_blocks(
    what: str, function: Any, *given: Any, rows: int | None = None, quiet: bool = False
) -> Iterator["np.ndarray"]:
    """Apply ``function`` block by block; yield what it returns.

    Parameters
    ----------
    what
        The work, as a word for the bar.
    function
        Takes examples (b, ...), and labels (b,) where such are given; returns an array (b, ...).
    given
        Array-likes: examples (n, ...), and maybe their labels (n,); they are read block by block,
        so they may be larger than memory.
    rows
        Examples in a block; None goes by their size.
    quiet
        Show nothing.
    """
    import numpy as np

    examples = given[0]
    per_example = max(1, int(np.prod(examples.shape[1:])))
    step = max(1, BLOCK // per_example) if rows is None else rows
    with advancing(what, quiet=quiet) as advance:
        for start in range(0, len(examples), step):
            yield np.asarray(function(*(array[start : start + step] for array in given)))
            advance(min(start + step, len(examples)), len(examples))
