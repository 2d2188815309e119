"""Partners' spreadsheets at the command line: looked at, compared with what the ledger has, shown, and given back with their mistakes."""

import dataclasses
import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from deploy import running
from deploy.cli.console import print_table, remarks
from deploy.cli.options import Asked
from deploy.cli.words import say
from models.errors import ConfigurationError, Unreachable
from models.figure_words import grouped

if TYPE_CHECKING:
    from models.reasons import Violation
    from streams.publishing import Line
    from streams.sheets.drafts import Draft
    from streams.sheets.review import Review

Mode = Literal["check", "all-or-nothing", "good-rows"]
Partner = Annotated[str | None, typer.Option("--partner", metavar="CODE", help="Spreadsheets: the partner whose file it is.", show_default=False)]
Type = Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Spreadsheets: the type of event of rows that do not say it.", show_default=False)]
Annotated_ = Annotated[
    Path | None, typer.Option("--annotated", metavar="OUT", help="Spreadsheets: write a copy of the file with each mistake beside its row.", show_default=False)
]
Amendments = Annotated[
    Path | None,
    typer.Option(
        "--amendments", metavar="OUT", help="Spreadsheets: write amendments of rows whose key was sent before with other content.", show_default=False
    ),
]

SUFFIXES = frozenset({".csv", ".xlsx"})
SHOWN_AT_MOST = 200
_LOOK_AT = 500


@dataclasses.dataclass(slots=True)
class Looked:
    """A file, what was found in it, and what the ledger has of it already."""

    file: str
    content: bytes
    review: "Review"
    known: frozenset[str] = frozenset()
    """Ids of events that the ledger has exactly so."""
    taken: "list[Draft]" = dataclasses.field(default_factory=list)
    """Events whose id the ledger has with other content."""

    @property
    def to_send(self) -> "list[Draft]":
        """The events that are fine and not there yet."""
        return [draft for draft in self.review.good if draft.event["id"] not in self.known]

    @property
    def is_fine(self) -> bool:
        """Whether there is no mistake at all."""
        return not self.review.mistakes

    def lines(self) -> "list[Line]":
        """Return what is to be sent, each event with the number of its first row."""
        from streams.publishing import Line

        return [Line(self.file, draft.rows[0], draft.value) for draft in self.to_send]

    def to_json(self, question: Asked) -> dict[str, Any]:
        """Return all of it as JSON values."""
        return {"file": self.file, **self.review.to_json(question.lang), "sent_before": len(self.known), "keys_taken": len(self.taken)}


def are_sheets(files: Sequence[str]) -> bool:
    """Tell whether these files are spreadsheets. Raises ConfigurationError for a mixture."""
    sheets = [Path(file).suffix.lower() in SUFFIXES for file in files]
    if any(sheets) and not (all(sheets) and len(files) == 1):
        raise ConfigurationError("a spreadsheet is read alone", hint="give one .csv or .xlsx at a time")
    return any(sheets)


def refuse_sheet_options(*given: object) -> None:
    """Refuse options that only spreadsheets have. Raises ConfigurationError."""
    if any(one is not None for one in given):
        raise ConfigurationError(
            "--partner, --type, --mode, --annotated, --amendments and --undo are for spreadsheets", hint="give one .csv or .xlsx at a time"
        )


def look(question: Asked, file: str, *, partner: str | None, event_type: str | None) -> Looked:
    """Read a file and judge all of it. Raises ConfigurationError for one that is not there, or without its partner."""
    from deploy.cli.check import registry
    from deploy.cli.progress import counting
    from deploy.cli.template import known_type
    from streams.sheets.review import review

    if partner is None:
        raise ConfigurationError("it is not said whose file this is", hint="name the partner with --partner")
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror}", hint="name a .csv or .xlsx file") from error
    with counting(say("sheet_checking", question.lang), quiet=question.json) as count:
        found = review(
            content,
            partner=partner,
            registry=registry(question.settings),
            received_at=time.time_ns() // 1_000_000,
            event_type=known_type(event_type) if event_type else None,
            on_judged=count,
        )
    looked = Looked(file, content, found)
    _compare(question, looked)
    return looked


def _compare(question: Asked, looked: Looked) -> None:
    """Find out what the ledger has of a file already; without a running stack nothing is known."""
    try:
        url = running.database_url(question.settings)
    except Unreachable:
        return
    from consumers.database import open_for_reading
    from deploy.web.ledger_port import LedgerPort
    from models.receipts import Asked as Question

    engine = open_for_reading(url)
    ledger, good, known = LedgerPort(engine), looked.review.good, set()
    for start in range(0, len(good), _LOOK_AT):
        some = good[start : start + _LOOK_AT]
        values = [draft.value for draft in some]
        seen = ledger.look(
            [Question(draft.event["source"], draft.event["id"], hashlib.sha256(value).digest(), value) for draft, value in zip(some, values, strict=True)]
        )
        for draft, one in zip(some, seen.known, strict=True):
            if one is not None and one.is_same:
                known.add(draft.event["id"])
            elif one is not None:
                refuse_as_taken(looked, draft)
    engine.dispose()
    looked.known = frozenset(known)
    looked.review.dispositions.update(dict.fromkeys(known, "duplicate"))


def judged(looked: Looked, draft: "Draft", disposition: str, violations: "Sequence[Violation]") -> None:
    """Note the ledger's verdict on an event that was sent."""
    from streams.sheets.mistakes import of_violation

    looked.review.dispositions[draft.event["id"]] = disposition
    if disposition == "conflict":
        refuse_as_taken(looked, draft)
    for violation in violations if disposition == "rejected" else ():
        looked.review.refuse(draft, of_violation(violation, row=draft.rows[0], column=0, header=""))


def refuse_as_taken(looked: Looked, draft: "Draft") -> None:
    """Note that the ledger has the event's id with other content."""
    from streams.sheets.mistakes import Mistake

    looked.taken.append(draft)
    looked.review.refuse(draft, Mistake(draft.rows[0], 0, "sheet.id_taken"))


def show(question: Asked, looked: Looked) -> None:
    """Print every mistake with its cell, and the counts."""
    lang, review = question.lang, looked.review
    rows = [[one.cell or "-", one.header, f"{one.code} {one.text(lang)}", one.hint(lang)] for one in review.mistakes]
    if rows:
        print_table([(say(name, lang), False) for name in ("cell", "item_column", "mistake", "mend")], rows[:SHOWN_AT_MOST])
    if len(rows) > SHOWN_AT_MOST:
        remarks().print(f"… {len(rows) - SHOWN_AT_MOST} (--json, --annotated)")
    counts = {"rows": review.rows, "events": len(review.drafts), "good": len(review.good), "wrong": len(review.drafts) - len(review.good)}
    counts["known"] = len(looked.known)
    remarks().print(say("sheet_counts", lang, **{name: grouped(str(count), lang) for name, count in counts.items()}))
    if review.drafts and not any(draft.key for draft in review.drafts):
        remarks().print(say("sheet_without_keys", lang))


def give_back(question: Asked, looked: Looked, *, annotated: Path | None, amendments: Path | None) -> None:
    """Write the annotated copy and the amendments that were asked for. Raises ConfigurationError if they cannot be written."""
    from streams.sheets import amending, annotating

    if annotated is not None:
        copy = annotating.annotated(looked.content, looked.review, question.lang)
        if copy is None:
            raise ConfigurationError(
                f"{looked.file} cannot be annotated",
                hint=looked.review.mistakes[0].sentence(question.lang) if looked.review.table is None else "save it again as .xlsx",
            )
        _write(annotated, copy)
        remarks().print(say("sheet_annotated", question.lang, out=annotated))
    if amendments is not None and looked.taken:
        made = list(amending.amendments(looked.taken, question.lang))
        _write(amendments, b"".join(one + b"\n" for one in made))
        remarks().print(say("sheet_amendments", question.lang, count=grouped(str(len(made)), question.lang), out=amendments))


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(f"{out} cannot be written", hint="choose another place") from error
