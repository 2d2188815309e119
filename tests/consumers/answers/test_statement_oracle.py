"""Random events, corrections, closings and statements through a real booking: every verdict is the oracle's, at every booking."""

import copy
import datetime
import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from consumers.answers.statements import Statements
from consumers.database import open_database
from consumers.registered import registry_of
from tests.consumers.answers.statement_oracle import PARENT, Closed, Fact, World, amount_in, verdict_of_figure, verdict_of_statement
from tests.consumers.ledger.desk import Desk, wire

FACTS_FIRST = 15
STEPS = 60
BOOKINGS_ASKED = 30
DAYS = [datetime.date(2020, 5, 1) + datetime.timedelta(days=number) for number in range(0, 60, 6)]
ABROAD = {"TW": "kdei-taipei", "HK": "kjri-hong-kong", "MY": "kjri-penang"}
MEASURES = ("distributed", "recipients", "assisted", "produced", "capacity", "confirmed", "declared", "target", "budget", "realised")
UNITS = ("piece", "package", "person", "group", "payment", "IDR", "piece/day", "litre")


class Story:
    """A ledger that grows by random events, and what a reader knew after each booking."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self.desk = desk
        self.chance = chance
        self.facts: dict[str, Fact] = {}
        self.wires: dict[str, dict[str, Any]] = {}
        self.closed: list[Closed] = []
        self.said: dict[str, dict[str, Any]] = {}
        self.moments: list[tuple[World, dict[str, dict[str, Any]]]] = [(World(), {})]
        self._count = 0

    @property
    def world(self) -> World:
        return World(tuple(self.facts.values()), tuple(self.closed))

    def step(self, *, only_facts: bool = False) -> None:
        """Book one random change, and note what is known then."""
        makers: list[tuple[Callable[[], dict[str, Any] | None], int]] = [
            (self._new_fact, 6),
            (self._drop, 3),
            (self._alter, 2),
            (self._close, 4),
            (self._say, 6),
            (self._say_otherwise, 3),
            (self._take_back, 1),
        ]
        made = self._new_fact() if only_facts else self.chance.choices([maker for maker, _ in makers], [weight for _, weight in makers])[0]()
        self.desk.book(*([made] if made else []))
        if made:
            assert self.desk.rows[-1].disposition == "accepted", (made, self.desk.rows[-1])
            self.moments.append((self.world, copy.deepcopy(self.said)))

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._count}"

    def _new_fact(self) -> dict[str, Any]:
        event, fact = self._random_fact(self._name("e"))
        self.facts[event["id"]] = fact
        self.wires[event["id"]] = event
        return event

    def _random_fact(self, event_id: str) -> tuple[dict[str, Any], Fact]:
        kind = self.chance.choice(
            ["distribution.recorded", "goods.produced", "group.assisted", "capacity.stated", "disbursement.confirmed", "batch.declared", "money"]
        )
        many, day = self.chance.choice([1, 5, 20, 100, 250]), self.chance.choice(DAYS)
        if kind == "distribution.recorded":
            country = self.chance.choice(list(ABROAD))
            item, unit = self.chance.choice([("masker", "piece"), ("sembako", "package")])
            line = {"line": 1, "item": item, "quantity": many, "unit": unit, "recipients": {"count": many, "unit": "person"}}
            amounts = (("distributed", unit, Decimal(many)), ("recipients", "person", Decimal(many)))
            return _reported(event_id, kind, ("bantuan-pmi", country, item, ABROAD[country]), day, line, amounts)
        if kind == "goods.produced":
            item, unit, quantity = self.chance.choice([("masker", "piece", str(many)), ("hand-sanitizer", "litre", f"{many}.5")])
            line = {"line": 1, "item": item, "quantity": quantity, "unit": unit}
            return _reported(event_id, kind, ("blk-produksi", "ID", item, "blk-padang"), day, line, (("produced", unit, Decimal(quantity)),))
        if kind == "capacity.stated":
            line = {"line": 1, "item": "masker", "quantity": many, "unit": "piece", "per": "day"}
            return _reported(event_id, kind, ("blk-produksi", "ID", "masker", "blk-padang"), day, line, (("capacity", "piece/day", Decimal(many)),))
        if kind == "group.assisted":
            programme, item = self.chance.choice([("jps-tkm", "kelompok-wirausaha"), ("jps-padat-karya", "kelompok-padat-karya")])
            line = {"line": 1, "item": item, "quantity": many, "unit": "group", "recipients": {"count": many * 20, "unit": "person"}}
            amounts = (("assisted", "group", Decimal(many)), ("recipients", "person", Decimal(many * 20)))
            return _reported(event_id, kind, (programme, "ID", item, "kemnaker-ppkk"), day, line, amounts)
        if kind == "money":
            kind, measure = self.chance.choice([("budget.allocated", "budget"), ("expenditure.recorded", "realised")])
            line = {"line": 1, "amount": str(many), "currency": "IDR"}
            return _reported(event_id, kind, ("bsu", "ID", "uang", "kemnaker"), day, line, ((measure, "IDR", Decimal(many)),))
        measure, partner = ("confirmed", "bank-penyalur") if kind == "disbursement.confirmed" else ("declared", "bpjs-ketenagakerjaan")
        line = {"line": 1, "payments": many, "amount": str(many * 600), "currency": "IDR"}
        return _reported(
            event_id, kind, ("bsu", "ID", "uang", partner), day, line, ((measure, "payment", Decimal(many)), (measure, "IDR", Decimal(many * 600)))
        )

    def _drop(self) -> dict[str, Any] | None:
        if not self.facts:
            return None
        gone = self.chance.choice(list(self.facts))
        del self.facts[gone]
        return _correcting(self.wires[gone], "event.reversed", self._name("r"))

    def _alter(self) -> dict[str, Any] | None:
        if not self.facts:
            return None
        changed = self.chance.choice(list(self.facts))
        old = self.wires[changed]
        for _ in range(50):
            event, fact = self._random_fact(changed)
            if (event["type"], event["source"]) == (old["type"], old["source"]):
                # A replacement keeps its original's time unless it gives its own.
                self.facts[changed] = fact
                return _correcting(old, "event.amended", self._name("a"), replacement={**event["data"], "time": event["time"]})
        return None

    def _close(self) -> dict[str, Any]:
        programme, country = self.chance.choice(
            [("bsu", "ID"), ("jps", "ID"), ("blk-produksi", "ID"), ("bantuan-pmi", "TW"), ("bantuan-pmi", "HK"), ("bantuan-pmi", "MY")]
        )
        first, last = self.chance.choice(
            [("2020-01-01", "2020-12-31")] * 3 + [("2020-01-01", "2020-05-31"), ("2020-06-01", "2020-12-31"), ("2020-06-02", "2020-12-31")]
        )
        self.closed.append(Closed(programme, country, datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)))
        data = {"programme": programme, "country": country, "period": {"start": first, "end": last}}
        return wire("period.closed", data, event_id=self._name("c"), partner="kemnaker", time="2021-01-01T00:00:00+07:00")

    def _say(self) -> dict[str, Any]:
        name = self._name("s")
        self.said[name] = self._random_statement(name)
        return wire("statement.published", self.said[name], event_id=name, partner="kemnaker-humas")

    def _say_otherwise(self) -> dict[str, Any] | None:
        """Change the value, unit, qualifier or scope of one figure of a statement."""
        if not self.said:
            return None
        name = self.chance.choice(list(self.said))
        changed = copy.deepcopy(self.said[name])
        number = self.chance.randrange(len(changed["figures"]))
        changed["figures"][number] = self._random_figure(changed["figures"][number]["figure"])
        self.said[name] = changed
        return wire("event.amended", {"original": name, "reason": "said_otherwise", "replacement": changed}, event_id=self._name("a"), partner="kemnaker-humas")

    def _take_back(self) -> dict[str, Any] | None:
        if not self.said:
            return None
        name = self.chance.choice(list(self.said))
        del self.said[name]
        return wire("event.reversed", {"original": name, "reason": "entered_twice"}, event_id=self._name("r"), partner="kemnaker-humas")

    def _random_statement(self, name: str) -> dict[str, Any]:
        dates = self.chance.choice([{}, {"published": "2020-06-30"}, {"as_of": "2020-05-31"}, {"published": "2020-07-31", "as_of": "2020-06-15"}])
        figures = [self._random_figure(f"figure-{number}") for number in range(self.chance.choice([1, 2, 4]))]
        return {"statement": name, "text": "angka", "publisher": "A newspaper", **dates, "figures": figures}

    def _random_figure(self, name: str) -> dict[str, Any]:
        figure: dict[str, Any] = {"figure": name, "label": "Claim", "scope": self._random_scope()}
        match self.chance.randrange(10):
            case 0:
                return figure | ({"qualifier": "target"} if self.chance.random() < 0.5 else {})
            case 1:
                return figure | {"unit": self._unit_of(figure["scope"]), "qualifier": self.chance.choice(["tens", "hundreds", "thousands"])}
            case 2:
                of = {"measures": ["budget"], "programmes": ["bsu"], "countries": ["ID"]}
                scope = {**of, "measures": [self.chance.choice(["realised", "confirmed"])]}
                return figure | {
                    "scope": scope,
                    "of": of,
                    "counted_in": "IDR",
                    "unit": "percent",
                    "value": self._share_of(scope, of),
                    **self._qualified("percent"),
                }
            case 3:
                scope, less = ({"measures": [measure], "programmes": ["bsu"]} for measure in ("declared", "confirmed"))
                unit = self.chance.choice(["payment", "IDR"])
                return figure | {"scope": scope, "less": less, **self._about(unit, self._sum(scope, unit) - self._sum(less, unit))}
            case 4 | 5:
                return self._with_parts(figure)
            case 6:
                # The number is right, and it is said of something else.
                counted = self._unit_of(figure["scope"])
                return figure | {"unit": self.chance.choice(UNITS), "value": _written(self._sum(figure["scope"], counted).to_integral_value())}
        unit = self._unit_of(figure["scope"])
        return figure | self._about(unit, self._sum(figure["scope"], unit))

    def _with_parts(self, figure: dict[str, Any]) -> dict[str, Any]:
        unit = self.chance.choice(["piece", "package", "person"])
        scopes = [{"measures": ["recipients" if unit == "person" else "distributed"], "countries": [country]} for country in ABROAD]
        sums = [max(self._sum(scope, unit), Decimal(0)) + self.chance.choice([0, 0, 0, 0, 1]) for scope in scopes]
        parts = [
            {
                "label": f"part {number}",
                "value": str(value),
                "unit": unit if self.chance.random() < 0.9 else "box",
                **({"scope": scope} if self.chance.random() < 0.8 else {}),
            }
            for number, (scope, value) in enumerate(zip(scopes, sums, strict=True))
        ]
        own = {"scope": {**scopes[0], "countries": list(ABROAD)}} if self.chance.random() < 0.5 else {}
        named = {name: value for name, value in figure.items() if name != "scope"}
        return named | own | {"parts": parts} | self._about(unit, sum(sums, Decimal(0)))

    def _random_scope(self) -> dict[str, Any]:
        """Return a scope around a fact that is booked, or around none."""
        chance = self.chance
        if not self.facts or chance.random() < 0.1:
            return {"measures": [chance.choice(MEASURES)], "countries": chance.choice([["ID"], ["TW", "HK"], ["HK", "MY", "BN"]])}
        fact = chance.choice(list(self.facts.values()))
        measure = chance.choice(fact.amounts)[0]
        scope: dict[str, Any] = {"measures": [measure, "recipients"] if measure in {"confirmed", "assisted"} and chance.random() < 0.3 else [measure]}
        if chance.random() < 0.3:
            # Narrow enough that a closing can cover all of it.
            return scope | {"programmes": [fact.programme], "countries": [fact.country], "day_to": chance.choice(["2020-05-31", "2020-12-31"])}
        if chance.random() < 0.6:
            scope["programmes"] = [chance.choice([fact.programme, fact.programme, PARENT.get(fact.programme, "jps")])]
        if chance.random() < 0.6:
            scope["countries"] = chance.choice([[fact.country], [fact.country], [*ABROAD], [fact.country, "BN"]])
        if chance.random() < 0.3:
            scope["items"] = [chance.choice([fact.item, fact.item, "masker"])]
        if chance.random() < 0.2:
            scope["partners"] = [fact.partner]
        if chance.random() < 0.2:
            scope["day_from"] = chance.choice(["2020-05-10", "2020-05-25", "2020-06-01"])
        if chance.random() < 0.3:
            scope["day_to"] = chance.choice(["2020-06-05", "2020-06-12", "2020-12-31"])
        return scope

    def _unit_of(self, scope: dict[str, Any]) -> str:
        known = sorted({unit for fact in self.facts.values() for measure, unit, _ in fact.amounts if measure in scope["measures"]})
        return self.chance.choice(known) if known and self.chance.random() < 0.85 else self.chance.choice(UNITS)

    def _about(self, unit: str, true: Decimal) -> dict[str, Any]:
        """Return a value at or around the true one, with any qualifier."""
        off = self.chance.choice([0, 0, 0, 1, -1, 7, -7, 50])
        value = max(Decimal(0), true + off)
        if unit not in {"litre", "IDR", "percent"}:
            value = value.to_integral_value()
        return {"unit": unit, "value": _written(value), **self._qualified(unit)}

    def _qualified(self, unit: str) -> dict[str, Any]:
        qualifier = self.chance.choice(["exactly", "exactly", "exactly", "about", "more-than", "less-than", "target"])
        nearest = {"nearest": self.chance.choice([1, 7, 7, 50])} if qualifier == "about" and unit != "percent" and self.chance.random() < 0.7 else {}
        return {"qualifier": qualifier, **nearest}

    def _share_of(self, scope: dict[str, Any], of: dict[str, Any]) -> str:
        whole = self._sum(of, "IDR")
        share = self._sum(scope, "IDR") * 100 / whole if whole else Decimal(42)
        return _written(share.quantize(Decimal("0.01")))

    def _sum(self, scope: dict[str, Any], unit: str) -> Decimal:
        """Return what the scope comes to by now: near it are the values worth claiming."""
        return amount_in(scope, self.world, None, unit)


def _written(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _reported(
    event_id: str, kind: str, where: tuple[str, str, str, str], day: datetime.date, line: dict[str, Any], amounts: tuple[tuple[str, str, Decimal], ...]
) -> tuple[dict[str, Any], Fact]:
    """Return an event and its fact; ``where`` is programme, destination, item and partner."""
    programme, country, item, partner = where
    event = wire(
        kind, {"programme": programme, "country": country, "lines": [line]}, event_id=event_id, partner=partner, time=f"{day.isoformat()}T09:00:00+07:00"
    )
    return event, Fact(programme, country, item, partner, day, amounts)


def _correcting(original: dict[str, Any], kind: str, event_id: str, **more: Any) -> dict[str, Any]:
    data = {"original": original["id"], "reason": "corrected", **more}
    return wire(kind, data, event_id=event_id, partner=original["source"].removeprefix("urn:salur:partner:"))


@pytest.mark.parametrize("seed", range(4))
def test_every_verdict_follows_the_events_and_the_words_at_every_booking(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    story = Story(Desk(engine), chance)
    for _ in range(FACTS_FIRST):
        story.step(only_facts=True)
    for _ in range(STEPS):
        story.step()
    seen: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    bookings = range(len(story.moments))
    with engine.connect() as connection:
        registry = registry_of(connection)
        for booking in chance.sample(bookings, BOOKINGS_ASKED):
            world, said = story.moments[booking]
            answers = {one.published.name: one for one in Statements(connection, registry, as_of=booking).all().statements}
            assert set(answers) == set(said)
            for name, statement in said.items():
                judged = [figure.judged.verdict for figure in answers[name].figures]
                expected = [verdict_of_figure(figure, statement, world) for figure in statement["figures"]]
                assert judged == expected, (booking, statement, [figure.judged for figure in answers[name].figures])
                assert answers[name].verdict == verdict_of_statement(statement, world)
                seen.update(judged)
                reasons.update(figure.judged.judged.reason.code for figure in answers[name].figures)
    engine.dispose()
    assert all(seen[verdict] >= 5 for verdict in ("supported", "part", "unsupported", "contradicted")), seen
    assert len(reasons) >= 15, reasons
