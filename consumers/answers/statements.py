"""Published figures beside the tally: every statement that is booked, and what the rules say of each figure in it.

A statement is what its newest version says that is booked and not taken back. Its code names it; where a later event
takes a code that is taken, the decision that booked it is added to the name. The verdicts are ``models.statements``'.
"""

import dataclasses
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa
from msgspec import UNSET

from consumers.answers.asof import AsOf, resolve
from consumers.answers.dimensions import unknown
from consumers.answers.events import BookedEvent, booked_events
from consumers.answers.explain import Explanation, explain
from consumers.answers.scopes import Scopes, days, named
from consumers.answers.standing import Standing, standing_events
from models.events.statements import Figure, OtherFigure, PublishedStatement, Scope, StatementPublished
from models.naming import STATEMENT
from models.registry import Registry
from models.statements import verdicts
from models.statements.conversions import Conversion, beside, shipped
from models.statements.figures import judge_figure
from models.statements.sums import Amount, FigureSums, PartSums, ScopeSums
from models.statements.values import claim_of
from models.statements.verdicts import JudgedFigure, Verdict

_STATEMENT: str = str(StatementPublished.__struct_config__.tag)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One statement that is booked: its name here, where it comes from, and what it says by now."""

    name: str
    decision: int
    version: int
    source: str
    event_id: str
    partner: str
    is_simulated: bool
    data: PublishedStatement


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OtherSource:
    """What somebody else published of the same thing, and the gap to it; both None while it is not booked, or in another unit."""

    named: OtherFigure
    said: Amount | None
    gap: Amount | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One scope of a figure, opened to its events: ``part`` is the label of a part, ``role`` what the scope is for.

    ``words`` are those of `salur explain` that open it again.
    """

    role: str
    part: str
    words: tuple[str, ...]
    explanation: Explanation


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FigureAnswer:
    """One figure as it was published, with its verdict and what stands beside it.

    ``opened`` and ``showing`` (the events that show a claim without value) are empty in a list.
    """

    figure: Figure
    judged: JudgedFigure
    conversions: tuple[Conversion, ...]
    other: OtherSource | None
    opened: tuple[Opened, ...] = ()
    showing: tuple[BookedEvent, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StatementAnswer:
    """One statement with its verdict."""

    published: Published
    figures: tuple[FigureAnswer, ...]

    @property
    def verdict(self) -> Verdict:
        """What follows from the figures."""
        return verdicts.of_statement([figure.judged.verdict for figure in self.figures])

    @property
    def adds_up(self) -> bool:
        """Whether the events behind every scope that was opened make its sum."""
        return all(opened.explanation.adds_up is not False for figure in self.figures for opened in figure.opened)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StatementsAnswer:
    """All statements as of a booking, in the order in which they were booked."""

    as_of: AsOf
    statements: tuple[StatementAnswer, ...]


class Statements:
    """Questions about published figures, all as of one booking. ``connection`` must see one moment of the ledger."""

    def __init__(self, connection: sa.Connection, registry: Registry, *, as_of: int | datetime.datetime | None = None, simulated: bool = False) -> None:
        self._connection = connection
        self.as_of = resolve(connection, as_of)
        self._scopes = Scopes(connection, registry, self.as_of)
        self._conversions = shipped()
        standing = standing_events(connection, kind=STATEMENT, types={_STATEMENT}, as_of=self.as_of)
        every = _named(standing, registry.simulated)
        self._published = {one.name: one for one in every if simulated or not one.is_simulated}
        self._said = {(one.name, figure.figure): figure for one in every for figure in one.data.figures}

    def all(self) -> StatementsAnswer:
        """Return every statement with its verdict."""
        return StatementsAnswer(as_of=self.as_of, statements=tuple(self._answer(one) for one in self._published.values()))

    def one(self, name: str, *, limit: int | None = None) -> StatementAnswer:
        """Return one statement, its scopes opened to at most ``limit`` events each (None for all). Raises ConfigurationError with the closest name."""
        answer = self.unopened(name)
        return dataclasses.replace(answer, figures=tuple(self._with_events(answer.published, one, limit) for one in answer.figures))

    def unopened(self, name: str) -> StatementAnswer:
        """Return one statement without its events. Raises ConfigurationError with the closest name."""
        published = self._published.get(name)
        if published is None:
            raise unknown("statement", name, self._published)
        return self._answer(published)

    def _answer(self, published: Published) -> StatementAnswer:
        return StatementAnswer(published=published, figures=tuple(self._figure(published, figure) for figure in published.data.figures))

    def _figure(self, published: Published, figure: Figure) -> FigureAnswer:
        until = _until(published.data, figure)

        def sums(scope: Scope | None) -> ScopeSums | None:
            return None if scope is None else self._scopes.sums(scope, until=until, simulated=published.is_simulated)

        found = FigureSums(
            scope=sums(figure.scope or None),
            less=sums(figure.less or None),
            of=sums(figure.of or None),
            parts=tuple(PartSums(scope=sums(part.scope or None), less=sums(part.less or None)) for part in figure.parts or ()),
            shown={country: len(numbers) for country, numbers in self._showing(published, figure).items()} if figure.shown_by else None,
        )
        return FigureAnswer(
            figure=figure, judged=judge_figure(figure, found), conversions=tuple(self._packs_of(figure)), other=self._other(figure) if figure.beside else None
        )

    def _showing(self, published: Published, figure: Figure) -> Mapping[str, Sequence[int]]:
        return self._scopes.showing(figure.shown_by, simulated=published.is_simulated) if figure.shown_by else {}

    def _packs_of(self, figure: Figure) -> Iterator[Conversion]:
        if figure.scope and figure.scope.items and figure.unit:
            yield from beside(self._conversions, items=figure.scope.items, unit=figure.unit)

    def _other(self, figure: Figure) -> OtherSource:
        assert figure.beside
        said = _said(figure)
        other = self._said.get((figure.beside.statement, figure.beside.figure))
        others = None if other is None else _said(other)
        is_comparable = said is not None and others is not None and said.unit == others.unit
        gap = Amount(said.steps - others.steps, said.unit) if is_comparable and said and others else None
        return OtherSource(named=figure.beside, said=others, gap=gap)

    def _with_events(self, published: Published, answer: FigureAnswer, limit: int | None) -> FigureAnswer:
        numbers = sorted(number for found in self._showing(published, answer.figure).values() for number in found)
        events = booked_events(self._connection, numbers[:limit])
        opened = tuple(self._opened(published, answer.figure, limit))
        return dataclasses.replace(answer, opened=opened, showing=tuple(events[number] for number in sorted(events)))

    def _opened(self, published: Published, figure: Figure, limit: int | None) -> Iterator[Opened]:
        """Yield each scope with its events; where nothing is booked in the unit that was said, with those in other units."""
        until = _until(published.data, figure)
        for role, part, scope, unit in _scopes_of(figure):
            wanted = self._scopes.filter_of(scope, until=until, simulated=published.is_simulated)
            for units in (unit, "") if unit else ("",):
                explanation = explain(self._connection, wanted.narrowed({"unit": units}) if units else wanted, limit=limit, adding=True)
                if explanation.total:
                    words = words_of(scope, until=until, unit=units, simulated=published.is_simulated, as_of=self.as_of)
                    yield Opened(role=role, part=part, words=words, explanation=explanation)
                    break


def words_of(scope: Scope, *, until: datetime.date | None, unit: str, simulated: bool, as_of: AsOf) -> tuple[str, ...]:
    """Return the words of `salur explain` that ask for a scope."""
    dimensions: Mapping[str, Sequence[str]] = {**named(scope), **({"unit": (unit,)} if unit else {})}
    words = [word for name, codes in dimensions.items() for word in (f"--{name.replace('_', '-')}", ",".join(codes))]
    first, last = days(scope, until)
    words += ["--from", first] if first else []
    words += ["--to", last] if last else []
    words += ["--simulated"] if simulated else []
    return (*words, "--as-of", str(as_of.booking))


def _scopes_of(figure: Figure) -> Iterator[tuple[str, str, Scope, str]]:
    """Yield every scope of a figure: its role, the label of the part it is of, and the unit that counts (empty for any)."""
    unit = figure.counted_in or ("" if figure.unit in {UNSET, "percent"} else figure.unit) or ""
    for role, scope in (("scope", figure.scope), ("less", figure.less), ("of", figure.of)):
        if scope:
            yield role, "", scope, unit
    for part in figure.parts or ():
        for role, scope in (("scope", part.scope), ("less", part.less)):
            if scope:
                yield role, part.label, scope, part.unit


def _until(statement: PublishedStatement, figure: Figure) -> datetime.date | None:
    """Return the last day of the scopes of a figure that name none: what was said cannot speak of what came after, unless it is a target."""
    if figure.qualifier == "target":
        return None
    return statement.as_of or statement.published or None


def _said(figure: Figure) -> Amount | None:
    claim = claim_of(figure)
    return None if claim is None else claim.said


def _named(standing: Iterable[Standing], simulated: set[str]) -> list[Published]:
    taken: set[str] = set()
    found: list[Published] = []
    for one in standing:
        event = one.event
        assert isinstance(event, StatementPublished), "only statements are linked as such"
        code = event.data.statement
        name = f"{code}@{one.decision}" if code in taken else code
        taken.add(code)
        found.append(
            Published(
                name=name,
                decision=one.decision,
                version=one.version,
                source=event.source,
                event_id=event.id,
                partner=event.partner,
                is_simulated=event.partner in simulated,
                data=event.data,
            )
        )
    return found
