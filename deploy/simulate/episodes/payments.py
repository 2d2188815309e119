"""Payments: declared batches of the wage subsidy, each payment on its way from instructed to confirmed, and incentives."""

from collections.abc import Iterator
from typing import Any

from deploy.simulate import figures
from deploy.simulate.drafts import Draft, Scene

EPISODE_LINES = 3
EPISODES_PER_BATCH = 40
LOOP_LINES = 4
REFUND_LINES = 2


class Batches:
    """A term of the wage subsidy as a run of batches. What was confirmed and did not come back afterwards is exactly what was published."""

    def __init__(self, scene: Scene, term: str, episodes: int) -> None:
        self._scene = scene
        self._term = term
        self._sizes = scene.chance.split(figures.BSU_PAYMENTS[term], episodes)
        self._left = episodes
        self._number = 0
        self._waiting: list[int] = []
        self.subjects: list[str] = []

    @staticmethod
    def batches(episodes: int) -> int:
        """Return how many batches so many episodes make."""
        return -(-episodes // EPISODES_PER_BATCH)

    def episode(self, day: int, loop: int) -> Iterator[Draft]:
        """Yield the next episode: the batch's declaration if one begins, the stages, and a loop of so many lines."""
        if not self._waiting:
            yield self._declaration(day)
        payments = self._waiting.pop(0)
        chance = self._scene.chance
        insurer, bank = self._scene.cast.pick("penjamin", chance), self._scene.cast.pick("bank", chance)
        back = min(chance.between(1, 40), payments - 1) if loop else 0
        never = back if loop == REFUND_LINES else 0
        subject = self.subjects[-1]
        is_confirmed_first = loop == LOOP_LINES and chance.one_in(3)
        yield self._stage("disbursement.instructed", insurer, day, payments + never, subject)
        sent = self._stage("disbursement.sent", bank, day + 1, payments + never, subject)
        yield sent
        arrived = payments if never or is_confirmed_first else payments - back
        confirmed = self._stage("disbursement.confirmed", bank, day + 3, arrived, subject, reached=True)
        yield confirmed
        if back:
            yield from self._loop(confirmed if is_confirmed_first else sent, bank, back, day + 4, loop)

    def _declaration(self, day: int) -> Draft:
        """Declare what the batch will pay; now and then fewer, or more."""
        scene = self._scene
        self._number += 1
        self._waiting = [next(self._sizes) for _ in range(min(EPISODES_PER_BATCH, self._left))]
        self._left -= len(self._waiting)
        self.subjects.append(f"batch/simulasi-{scene.knobs.tag}-t{self._term}-{self._number:04d}")
        declared = sum(self._waiting)
        if scene.chance.one_in(5):
            declared += scene.chance.between(-declared // 20, declared // 20)
        return self._stage("batch.declared", scene.cast.pick("penjamin", scene.chance), day, max(declared, 1), self.subjects[-1])

    def _loop(self, original: Draft, bank: str, back: int, day: int, loop: int) -> Iterator[Draft]:
        """Yield the return of some payments, and how they are made again or their money goes to the treasury."""
        scene = self._scene
        if loop == REFUND_LINES and scene.chance.one_in(3):
            yield self._stage("disbursement.failed", bank, day, back, original.subject)
            yield self._stage("disbursement.refunded", bank, day + 20, back, original.subject)
            return
        reason = scene.chance.pick(("account_closed", "frozen", "name_mismatch", "number_mismatch", "duplicate_membership"))
        undelivers = original.kind == "disbursement.confirmed"
        # Now and then more comes back than was sent, by one mistake or another.
        mistake = 10**6 if not undelivers and scene.chance.one_in(25) else 1
        returned = self._stage("disbursement.returned", bank, day, back * mistake, original.subject)
        returned.undelivers = undelivers
        returned.data |= {"reason": reason, "original": scene.original(original, bank)}
        yield returned
        if loop == REFUND_LINES:
            yield self._stage("disbursement.refunded", bank, day + 20, back, original.subject)
            return
        yield self._stage("disbursement.reissued", bank, day + 5, back, original.subject)
        yield self._stage("disbursement.sent", bank, day + 6, back, original.subject)
        yield self._stage("disbursement.confirmed", bank, day + 8, back, original.subject, reached=True)

    def _stage(self, kind: str, partner: str, day: int, payments: int, subject: str, *, reached: bool = False) -> Draft:
        scene = self._scene
        line: dict[str, Any] = {"line": 1, "payments": payments, "amount": str(payments * figures.BSU_AMOUNT), "currency": "IDR"}
        data: dict[str, Any] = {"programme": "bsu", "country": "ID", "tranche": self._term, "recipient_type": "worker", "lines": [line]}
        if reached:
            women = scene.chance.below(payments + 1)
            line |= {
                "recipients": {"count": payments, "unit": "person"},
                "disaggregation": {"sex": {"f": women, "m": scene.chance.below(payments - women + 1)}},
            }
            if scene.chance.one_in(3):
                data["evidence"] = scene.evidence()
        return scene.new(kind, partner, day, data, subject=subject)


def incentive(scene: Scene, day: int) -> Iterator[Draft]:
    """Yield an incentive for trainees and the evidence that came later. Sizes are made up: no source gives an amount."""
    partner = scene.cast.pick("pendamping", scene.chance)
    trainees = scene.chance.between(8, 32)
    line = {"line": 1, "payments": trainees, "amount": str(trainees * 500_000), "currency": "IDR"}
    data = {"programme": "insentif-pelatihan-blk", "country": "ID", "tranche": f"gelombang-{day // 30 + 1}", "recipient_type": "trainee", "lines": [line]}
    paid = scene.new("incentive.paid", partner, day, data)
    yield paid
    yield scene.new("evidence.attached", partner, day + 9, {"original": paid.id, "evidence": scene.evidence()})
