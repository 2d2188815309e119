"""`salur simulate`: write a seeded stream of simulated partners, or hold the ledger that booked one against what it must come to."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli.console import NO, answers, print_json, remarks
from deploy.cli.options import Asked, Data, Json, Lang, asked
from deploy.cli.words import say
from models.errors import ConfigurationError
from models.figure_words import grouped

if TYPE_CHECKING:
    from deploy.simulate.checking import Result
    from deploy.simulate.knobs import Knobs

Events = Annotated[int, typer.Option("--events", min=1, help="How many lines to write, with everything that goes wrong in them.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed and knobs give the same bytes, everywhere.")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR|FILE", help="Where events.jsonl and expected.json go; or a .jsonl file.")]
Partners = Annotated[int, typer.Option("--partners", help="How many simulated partners; each code begins with simulasi-.")]
Days = Annotated[int, typer.Option("--days", help="Over how many days it happens.")]
Until = Annotated[
    datetime, typer.Option("--until", formats=["%Y-%m-%d"], metavar="DAY", help="The last day on which something happens.", show_default="2020-12-31")
]
Duplicates = Annotated[float, typer.Option("--duplicates", metavar="SHARE", help="Share of lines that repeat an earlier one.")]
Conflicts = Annotated[float, typer.Option("--conflicts", metavar="SHARE", help="Share of lines with other content under a known id.")]
Late = Annotated[float, typer.Option("--late", metavar="SHARE", help="Share of events that arrive more than a month late.")]
Corrections = Annotated[float, typer.Option("--corrections", metavar="SHARE", help="Share of lines that correct, annotate or enter something twice.")]
Returns = Annotated[float, typer.Option("--returns", metavar="SHARE", help="Share of lines of payments that come back.")]
Bad = Annotated[float, typer.Option("--bad", metavar="SHARE", help="Share of lines that nobody can book.")]
Bursts = Annotated[float, typer.Option("--bursts", metavar="SHARE", help="Share of events that arrive together every fifteenth day.")]
Outage = Annotated[float, typer.Option("--outage", metavar="SHARE", help="Share of the days on which one bank cannot be reached.")]
Check = Annotated[
    Path | None,
    typer.Option("--check", metavar="DIR|FILE", help="Write nothing; compare the ledger with what this simulation must come to.", show_default=False),
]
Moments = Annotated[int, typer.Option("--moments", min=0, help="At how many random bookings --check asks for the tallies as of then, and for what changed.")]

_MILLION = 1_000_000


def command(
    events: Events = 10_000,
    seed: Seed = 1,
    out: Out = Path("simulasi"),
    partners: Partners = 40,
    days: Days = 300,
    until: Until = datetime(2020, 12, 31),  # noqa: DTZ001 - a day, as it is written
    duplicates: Duplicates = 0.1,
    conflicts: Conflicts = 0.01,
    late: Late = 0.05,
    corrections: Corrections = 0.03,
    returns: Returns = 0.02,
    bad: Bad = 0.01,
    bursts: Bursts = 0.2,
    outage: Outage = 0.05,
    check: Check = None,
    moments: Moments = 20,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Write events of simulated partners, scaled from the published figures, and what they must come to; or check a ledger against it (exit code 1 if not)."""
    shares = {
        "duplicates": duplicates,
        "conflicts": conflicts,
        "late": late,
        "corrections": corrections,
        "returns": returns,
        "bad": bad,
        "bursts": bursts,
        "outage": outage,
    }
    command_asked = asked(data=data, lang=lang, json=json)
    if check is not None:
        _check(command_asked, check, moments)
        return
    from deploy.simulate.knobs import Knobs

    millionths = {name: round(share * _MILLION) for name, share in shares.items()}
    _write(command_asked, Knobs(events=events, seed=seed, partners=partners, days=days, until=until.date(), **millionths), out)


def _write(command_asked: Asked, knobs: "Knobs", out: Path) -> None:
    from deploy.cli.progress import counting
    from deploy.simulate import writing

    events, expected = writing.places(out)
    try:
        events.parent.mkdir(parents=True, exist_ok=True)
        with counting(say("simulating", command_asked.lang), quiet=command_asked.json, total=knobs.events) as count:
            intake = writing.write(knobs, events, expected, on_written=count)
    except OSError as error:
        raise ConfigurationError(f"{out} cannot be written", hint="choose another place with --out") from error
    if command_asked.json:
        print_json({"events": str(events), "expected": str(expected), "intake": intake})
        return
    answers().print(say("simulated_events", command_asked.lang, count=grouped(str(knobs.events), command_asked.lang), events=events, expected=expected))


def _check(command_asked: Asked, out: Path, moments: int) -> None:
    from deploy.cli.ledger import reading
    from deploy.cli.progress import counting
    from deploy.simulate import checking, writing

    written = writing.read(out)
    with reading(command_asked.settings) as connection, counting(say("simulation_checking", command_asked.lang), quiet=command_asked.json) as count:
        result = checking.check(connection, written, moments=checking.random_bookings(connection, moments), on_read=count)
    _tell(command_asked, result)
    if result.differences:
        raise typer.Exit(NO)


def _tell(command_asked: Asked, result: "Result") -> None:
    lang = command_asked.lang
    if command_asked.json:
        print_json(result.to_json())
        return
    for sentence in result.shown:
        remarks().print(f"  {sentence}")
    verdict = "simulation_equal" if not result.differences else "simulation_different"
    counts = {name: count for name, count in result.to_json().items() if name not in ("equal", "shown")}
    answers().print(say(verdict, lang, **{name: grouped(str(count), lang) for name, count in counts.items()}))
