"""The stream: every line in the order in which it is sent, day by day, with everything that goes wrong on the way.

Exactly as many lines come as were asked for. First come registrations and a few deliveries that later events name
without being able to wait for them, then registrations again: a publisher waits until registrations are booked.
"""

import heapq
from collections import deque
from collections.abc import Iterator
from typing import Final

from deploy.simulate import mishaps
from deploy.simulate.cast import REGISTRAR, Cast
from deploy.simulate.chance import Chance
from deploy.simulate.drafts import Draft, Scene, as_bytes
from deploy.simulate.episodes import assurance, payments, plans, services
from deploy.simulate.knobs import MILLION, Knobs, Quota
from deploy.simulate.meant import Meant
from deploy.simulate.oracle.postings import DELIVERIES
from deploy.simulate.plot import Plot
from models.errors import ConfigurationError

_BURST_EVERY_DAYS: Final = 15
_REMEMBERED: Final = 500
_SUSPICIONS_PER_MILLION: Final = 2_000
_EARLY_DELIVERIES: Final = 4
_CONTRADICTED_ONE_IN: Final = 8


class Stream:
    """Iterate once; afterwards ``meant`` and ``refused`` are complete. ``head`` is how many lines must be booked before the rest."""

    def __init__(self, knobs: Knobs) -> None:
        self.knobs = knobs
        self.meant = Meant()
        self.refused: dict[bytes, str] = {}
        cast = Cast(knobs.partners)
        self._scene = Scene(knobs, cast)
        self._chance = Chance(knobs.seed, "stream")
        self._beginning = self._registrations()
        self.head = len(self._beginning)
        self._opening = list(plans.opening(self._scene))
        self._suspicions = Quota(knobs.events * _SUSPICIONS_PER_MILLION // MILLION // 2 * 2)
        self._duplicates, self._conflicts, self._bad = (Quota(knobs.lines(name)) for name in ("duplicates", "conflicts", "bad"))
        self._corrections, self._returns = Quota(knobs.lines("corrections")), Quota(knobs.lines("returns") // 2 * 2)
        self._plot = self._plotted()
        self._waiting: list[tuple[int, int, Draft]] = []
        # An event is copied or contradicted, never both: what comes first would decide how many of each there are.
        self._copied: deque[Draft] = deque(maxlen=_REMEMBERED)
        self._contradicted: deque[Draft] = deque(maxlen=_REMEMBERED)
        self._tokens: deque[str] = deque(maxlen=_REMEMBERED)
        self._pushed = 0
        self._next_loop = payments.LOOP_LINES

    def __iter__(self) -> Iterator[bytes]:
        for draft in self._beginning:
            self._mean(draft)
            yield self._line(draft)
        for draft in self._opening:
            self._mean(draft)
            self._push(draft)
        primary = self.knobs.events - self.head - sum(quota.left for quota in (self._duplicates, self._conflicts, self._bad))
        done = 0
        for draft in self._in_order_of_arrival():
            yield self._line(draft)
            done += 1
            yield from self._strays(done, primary)
        assert done == primary, f"{done} lines were made, {primary} were planned"

    def _registrations(self) -> list[Draft]:
        """Return partners, then a few deliveries, then sites; all happen on the first day."""
        scene = self._scene
        made = [scene.new(kind, REGISTRAR, 0, data) for kind, data in scene.cast.registrations()]
        self._early = [services.works(scene, 0) for _ in range(_EARLY_DELIVERIES)]
        sites = [draft for draft in made if draft.kind == "site.registered"]
        return [*(draft for draft in made if draft not in sites), *self._early, *sites]

    def _plotted(self) -> Plot:
        """Return the plot that leaves room for everything else."""
        quotas = (self._duplicates, self._conflicts, self._bad, self._corrections, self._returns, self._suspicions)
        taken = len(self._beginning) + len(self._opening) + plans.closings(self.knobs.events) + sum(quota.left for quota in quotas)
        if self.knobs.events - taken < Plot.FEWEST:
            raise ConfigurationError("too few events for every part of the story", hint="ask for more with --events")
        return Plot(self._scene, self.knobs.events - taken)

    def _in_order_of_arrival(self) -> Iterator[Draft]:
        """Yield each draft when nothing that arrives before it can be made any more."""
        lines = self._plot.lines
        made = 0
        for name, maker in self._plot.episodes():
            day = made * self.knobs.days // lines
            while self._waiting and self._waiting[0][0] < day:
                yield heapq.heappop(self._waiting)[2]
            loop = self._loop(made, lines) if name.startswith("bsu") else 0
            drafts = list(maker(day, loop))
            made += len(drafts) - loop
            for draft in drafts:
                self._happen(draft, made, lines)
            while self._suspicions.due(made, lines) >= 2:
                self._suspicions.take(2)
                self._suspect(day)
        self._settle_rest()
        for draft in plans.closing(self._scene, self._plot.subjects):
            self._mean(draft)
            self._push(draft)
        while self._waiting:
            yield heapq.heappop(self._waiting)[2]

    def _loop(self, made: int, lines: int) -> int:
        """Return how many lines of a loop of returns are due, if any."""
        size = self._next_loop
        if self._returns.due(made, lines) < size:
            return 0
        self._returns.take(size)
        self._next_loop = self._chance.pick((payments.LOOP_LINES, payments.LOOP_LINES, payments.REFUND_LINES))
        return size

    def _happen(self, draft: Draft, made: int, lines: int) -> None:
        """Take one draft up: when it arrives, whom it served, what was meant by it, and what went wrong with it."""
        self._delay(draft)
        self._serve(draft)
        self._mean(draft)
        size = min(self._corrections.due(made, lines), mishaps.MOST_LINES)
        if size > 0:
            size = 1 + self._chance.below(size)
            self._corrections.take(size)
            for part in mishaps.corrected(self._scene, draft, size):
                self._push(part)
        else:
            self._push(draft)

    def _delay(self, draft: Draft) -> None:
        """Let a draft arrive later: in a burst, after its partner was out of reach, or more than a month late."""
        knobs, chance = self.knobs, self._chance
        if chance.below(MILLION) < knobs.bursts:
            draft.arrival += -draft.arrival % _BURST_EVERY_DAYS
        begin, length = knobs.days // 2, knobs.days * knobs.outage // MILLION
        if draft.partner == self._scene.cast.all("bank")[0] and begin <= draft.arrival < begin + length:
            draft.arrival = begin + length
        if chance.below(MILLION) < knobs.late:
            draft.arrival += 31 + chance.below(60)

    def _serve(self, draft: Draft) -> None:
        """Give some deliveries the tokens of those they served, a few of whom were served before."""
        chance = self._chance
        if draft.kind not in DELIVERIES or not chance.one_in(6):
            return
        if draft.kind == "distribution.recorded" and "quantity" not in draft.data["lines"][0]:
            return
        tokens = [chance.pick(self._tokens) if self._tokens and chance.one_in(12) else self._scene.token() for _ in range(chance.between(1, 3))]
        draft.data["tokens"] = list(dict.fromkeys(tokens))
        self._tokens.extend(tokens)

    def _suspect(self, day: int) -> None:
        one = self._chance.below(len(self._early) - 1)
        for draft in assurance.suspicion(self._scene, day, self._early[one], self._early[one + 1]):
            self._mean(draft)
            self._push(draft)

    def _settle_rest(self) -> None:
        """Use what is left of the quotas, so that there are exactly as many lines as were asked for."""
        last = self.knobs.days - 1
        for quota in (self._corrections, self._returns, self._suspicions):
            while quota.left:
                quota.take()
                draft = assurance.remark(self._scene, last, self._early[0])
                self._mean(draft)
                self._push(draft)

    def _mean(self, draft: Draft) -> None:
        self.meant.take(draft)

    def _push(self, draft: Draft) -> None:
        self._pushed += 1
        heapq.heappush(self._waiting, (draft.arrival, self._pushed, draft))

    def _line(self, draft: Draft) -> bytes:
        """Return the line of a draft, and count what becomes of it."""
        if draft.is_refused:
            self.meant.disposed("rejected", "rjct.already_reversed")
        else:
            self.meant.disposed("held" if str(draft.data.get("original", "")).endswith("-never-sent") else "accepted")
        if draft.is_repeatable:
            (self._contradicted if self._chance.one_in(_CONTRADICTED_ONE_IN) else self._copied).append(draft)
        return as_bytes(draft.whole())

    def _strays(self, done: int, of: int) -> Iterator[bytes]:
        """Yield what comes in between: copies, other content under a known id, and rows that nobody can book."""
        while self._duplicates.due(done, of) > 0:
            self._duplicates.take()
            self.meant.disposed("duplicate")
            event = self._chance.pick(self._copied).whole()
            yield mishaps.in_another_form(event) if self._chance.one_in(4) else as_bytes(event)
        while self._conflicts.due(done, of) > 0:
            self._conflicts.take()
            self.meant.disposed("conflict")
            yield as_bytes(mishaps.conflicting(self._scene, self._chance.pick(self._contradicted).whole()))
        while self._bad.due(done, of) > 0:
            self._bad.take()
            row, reason = mishaps.bad_row(self._scene)
            self.meant.disposed("rejected", reason)
            self.refused[row] = reason
            yield row
