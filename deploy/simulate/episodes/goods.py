"""Goods: made by training centres, handed out, sold; bought, sent across borders, received and handed out abroad."""

from collections.abc import Iterator
from typing import Any

from deploy.simulate.drafts import Data, Draft, Scene, shown
from deploy.simulate.figures import Produced


class Centres:
    """What the training centres made of one item, exactly as much as was published; the rest of its way is made up."""

    def __init__(self, scene: Scene, made: Produced, episodes: int) -> None:
        self._scene = scene
        self._made = made
        self._sizes = scene.chance.split(made.steps, episodes)

    def episode(self, day: int, lines: int) -> Iterator[Draft]:
        """Yield what became of one lot: produced, handed out, sold, the proceeds put back, counted, set right."""
        scene, made = self._scene, self._made
        centre = scene.cast.pick("balai", scene.chance)
        left = next(self._sizes)
        lot = f"lot-{made.item}-{scene.chance.hexadecimal(4)}"
        yield self._event("goods.produced", centre, day, left, lot, programme="blk-produksi")
        given = max(1, left // 2 + scene.chance.below(left // 2 + 1))
        if lines > 1:
            # Now and then more is handed out than was ever there.
            too_much = given * scene.chance.between(5, 40) if scene.chance.one_in(60) else 0
            yield self._given("distribution.recorded", centre, day + 2, given + too_much, lot)
        if lines > 2:
            sold = max(1, (left - given) // 2)
            revenue = max(sold // 10**made.decimals, 1) * 2_500
            sale = self._event("goods.sold", centre, day + 3, sold, lot, programme="blk-produksi")
            sale.data["lines"][0] |= {"revenue": revenue, "currency": "IDR"}
            yield sale
            if lines > 3:
                spent = revenue * scene.chance.between(2, 9) // 4
                line = {"line": 1, "amount": max(spent, 1), "currency": "IDR"}
                yield scene.new("proceeds.reinvested", centre, day + 5, {"programme": "blk-produksi", "country": "ID", "lines": [line]})
        if lines > 4:
            yield self._event("stock.counted", centre, day + 6, scene.chance.below(left + 1), lot, programme="blk-produksi")
        if lines > 5:
            direction = scene.chance.pick(("in", "out"))
            adjusted = self._event("stock.adjusted", centre, day + 7, scene.chance.between(1, max(left // 10, 1)), lot, programme="blk-produksi")
            adjusted.data["direction"] = direction
            yield adjusted

    def _given(self, kind: str, centre: str, day: int, steps: int, lot: str) -> Draft:
        scene = self._scene
        given = self._event(kind, centre, day, steps, lot, programme="bansos-publik")
        given.data["recipient_type"] = scene.chance.pick(("public", "health-worker"))
        people = scene.chance.between(2, 60)
        ages = {"18-24": scene.chance.below(people // 2 + 1), "60-plus": scene.chance.below(people // 2 + 1)}
        given.data["lines"][0] |= {"recipients": {"count": people, "unit": "person"}, "disaggregation": {"age": ages}}
        if scene.chance.one_in(4):
            given.data["place"] = {"code": f"32.{scene.chance.between(1, 20):02d}", "edition": "kemendagri-2020"}
        if scene.chance.one_in(2):
            given.data["evidence"] = scene.evidence()
        return given

    def _event(self, kind: str, centre: str, day: int, steps: int, lot: str, *, programme: str) -> Draft:
        made = self._made
        line: Data = {"line": 1, "item": made.item, "quantity": shown(steps, made.decimals), "unit": made.unit, "lot": lot}
        return self._scene.new(kind, centre, day, {"programme": programme, "country": "ID", "lines": [line]})


def consignment(scene: Scene, day: int, country: str, packages: int | None) -> Iterator[Draft]:
    """Yield goods on their way to one destination: bought, sent, received with what was lost, and ``packages`` handed out.

    Without a number the goods are masks, as many as chance wants.
    """
    chance, cast = scene.chance, scene.cast
    warehouse, mission = cast.pick("gudang", chance), cast.pick(f"perwakilan-{country.lower()}", chance)
    item, unit = ("masker", "piece") if packages is None else ("sembako", "package")
    handed_out = chance.between(200, 4_000) if packages is None else packages
    damaged, missing = (chance.below(handed_out // 20 + 1) if chance.one_in(3) else 0 for _ in range(2))
    kept = chance.below(handed_out // 10 + 1)
    sent = handed_out + damaged + missing + kept
    store = chance.pick(cast.sites)
    lot = f"kiriman-{chance.hexadecimal(4)}"

    def line(quantity: int, **more: Any) -> list[Data]:
        return [{"line": 1, "item": item, "quantity": str(quantity), "unit": unit, "lot": lot, **more}]

    way = {"programme": "bantuan-pmi", "country": country, "from": store, "to": mission}
    subject = f"consignment/simulasi-{chance.hexadecimal(6)}"
    yield scene.new("goods.procured", warehouse, day, {"programme": "bantuan-pmi", "country": "ID", "to": store, "lines": line(sent)})
    dispatched = scene.new("consignment.dispatched", warehouse, day + 1, {**way, "lines": line(sent)}, subject=subject)
    yield dispatched
    arrived = handed_out + kept + (chance.between(1, 50) if chance.one_in(20) else 0)
    lost = {name: number for name, number in (("damaged", damaged), ("missing", missing)) if number}
    received = scene.new("consignment.received", mission, day + 8, {**way, "lines": line(arrived, **lost)}, subject=subject)
    received.data["original"] = scene.original(dispatched, mission)
    yield received
    people = handed_out if packages is None else max(1, handed_out * chance.between(1, 3) // 3)
    line_out = line(handed_out, **({} if packages is not None else {"recipients": {"count": people, "unit": "person"}}))
    if handed_out > 1 and chance.one_in(4):  # some were from a lot that nobody wrote down
        mixed = chance.between(1, handed_out - 1)
        line_out[0]["quantity"] = str(handed_out - mixed)
        line_out.append({"line": 2, "item": item, "quantity": mixed, "unit": unit})
    given: Data = {"programme": "bantuan-pmi", "country": country, "recipient_type": chance.pick(("pmi", "pmi-family")), "lines": line_out}
    if chance.one_in(2):
        given["evidence"] = scene.evidence()
    yield scene.new("distribution.recorded", mission, day + 10, given)


def reached_only(scene: Scene, day: int, persons: int) -> Draft:
    """Return food of which only the number of people is known."""
    line = {"line": 1, "item": "sembako", "recipients": {"count": persons, "unit": "person"}}
    data = {"programme": "bantuan-pmi", "country": "MY", "recipient_type": "pmi", "lines": [line]}
    return scene.new("distribution.recorded", scene.cast.pick("perwakilan-my", scene.chance), day, data)


def prepared(scene: Scene, day: int, packages: int) -> Draft:
    """Return packages that were made ready in Sarawak and of which nobody knows yet whom they reached."""
    line = {"line": 1, "item": "sembako", "quantity": packages, "unit": "package", "lot": "sarawak"}
    data = {"programme": "bantuan-pmi", "country": "MY", "lines": [line]}
    return scene.new("goods.procured", scene.cast.pick("perwakilan-my", scene.chance), day, data)
