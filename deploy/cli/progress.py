"""Progress of anything over a second, on standard error and only for a person who watches."""

import contextlib
from collections.abc import Callable, Iterator

from deploy.cli.console import remarks


@contextlib.contextmanager
def counting(what: str, *, quiet: bool, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a bar, or a count where the end is not known; the value yielded is called with how many more are done."""
    out = remarks()
    if quiet or not out.is_terminal:
        yield lambda _more: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=out, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda more: progress.update(task, advance=more)


@contextlib.contextmanager
def waiting(what: str, *, quiet: bool) -> Iterator[None]:
    """Show that something is awaited."""
    out = remarks()
    if quiet or not out.is_terminal:
        yield
        return
    with out.status(what):
        yield


@contextlib.contextmanager
def reaching(what: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show a bar; the value yielded is called with how much is done, and of how much."""
    out = remarks()
    if quiet or not out.is_terminal:
        yield lambda _done, _of: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=out, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)
