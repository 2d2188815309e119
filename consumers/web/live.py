"""The live view over HTTP: a stream of server-sent events with the figures of one page, as the tables count them.

A page is whole without it. The stream says first everything, then what changed; a reader that is slow gets the newest
next. It ends by itself now and then, when the process stops, and at once where nothing can move; browsers come again.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final

import msgspec
from litestar import Response, get
from litestar.response import Stream

from consumers.answers.dimensions import parse_by
from consumers.live.figures import LiveAnswer, LiveFigure, Question
from consumers.live.hub import Full, Hub
from consumers.tables.tally import refuse_what_tables_cannot_tell
from consumers.web import responses
from consumers.web.badge import in_words, kind_of
from consumers.web.question import COMMON, Parameters, address, cells_of, ordered, read_parameters
from consumers.web.responses import AnyRequest
from consumers.web.shell import Shell
from consumers.web.speaking import Speaker
from models.errors import ConfigurationError, Unreachable
from models.reasons import Language
from models.registry import Registry

EVENT_STREAM: Final = "text/event-stream"
ALLOWED: Final = (*COMMON, "by")
TURN_SECONDS: Final = 0.5
BEAT_SECONDS: Final = 15.0
LONGEST_SECONDS: Final = 1800.0
RETRY_MS: Final = 3000
NOTHING_MOVES: Final = 204
FULL: Final = 503

Words = tuple[str, str]
"""How something looks, and what it says."""


def question_of(parameters: Parameters, registry: Registry, by: Sequence[str]) -> Question | None:
    """Return what is looked at; None where the tables cannot tell (the past, a day, a place)."""
    asked = {name: value for name, value in parameters.items() if name in COMMON}
    cells = cells_of(asked, registry)
    try:
        refuse_what_tables_cannot_tell(cells, by)
    except ConfigurationError:
        return None
    return Question(name=address("", ordered(asked), by=",".join(by)), cells=cells, by=tuple(by))


def agreement(figure: LiveFigure | None) -> Words:
    """Return how the table's figure stands to the ledger's, as mark and key of its words."""
    if figure is None or figure.agrees is None:
        return "moving", "live_moves"
    return ("supported", "live_equal") if figure.agrees else ("contradicted", "live_differs")


def state_words(hub: Hub, *, is_attended: bool | None, speaker: Speaker) -> Words:
    """Return what is said of the live view as a whole."""
    if hub.state == "reading" and is_attended is False:
        return "stale", speaker.say("live_unattended")
    match hub.state:
        case "reading":
            return "supported", speaker.say("live_reading")
        case "away":
            return "stale", speaker.say("live_away")
        case "too-large":
            return "unknown", speaker.say("live_too_large")
        case _:
            return "unknown", speaker.say("live_starting")


def handler(shell: Shell, hub: Hub, language: Language) -> Any:
    """Return the address of the stream in one language."""

    @get("/live", name=f"{language}_live", sync_to_thread=True)
    def live(request: AnyRequest) -> Response[Any] | Stream:
        try:
            parameters = read_parameters(list(request.query_params.multi_items()), allowed=ALLOWED)
            with shell.reader.moment() as moment:
                question = question_of(parameters, moment.registry, parse_by(parameters.get("by", "")))
                speaker = Speaker(language, moment.registry)
        except (ConfigurationError, Unreachable):
            # To a browser this means: do not come again. The page says what is wrong with the question.
            question = None
        if question is None or hub.is_stopping():
            return responses.respond(b"", "text/plain", status=NOTHING_MOVES)
        if hub.is_full:
            return responses.respond(b"", "text/plain", status=FULL, headers={"Retry-After": "30"})
        headers = {**responses.SAFE_HEADERS, "Cache-Control": "no-store", "X-Accel-Buffering": "no", responses.AS_OF: str(moment.head.booking)}
        return Stream(stream(shell, hub, question, speaker), media_type=EVENT_STREAM, headers=headers)

    return live


async def stream(shell: Shell, hub: Hub, question: Question, speaker: Speaker) -> AsyncGenerator[bytes]:
    """Yield the events of one reader, until he goes, the process stops, or it is time to come again."""
    try:
        hub.join(question)
    except Full:
        return
    try:
        yield f"retry: {RETRY_MS}\n\n".encode()
        told = _Told(speaker)
        clock = asyncio.get_running_loop().time
        began = heard = clock()
        while not hub.is_stopping() and clock() - began < LONGEST_SECONDS:
            state = await asyncio.to_thread(_state, shell, hub, speaker)
            for event in told.news(state, hub.ask(question)):
                heard = clock()
                yield event
            if clock() - heard > BEAT_SECONDS:
                heard = clock()
                yield b": still here\n\n"
            await asyncio.sleep(TURN_SECONDS)
    finally:
        hub.leave(question)


def _state(shell: Shell, hub: Hub, speaker: Speaker) -> Mapping[str, Words]:
    """Return what is said of the page as a whole."""
    try:
        found, now = shell.watch.look()
    except Unreachable:
        away = "stale", speaker.say("problem_503")
        return {"badge": away, "live": away}
    badge = kind_of(found, now), in_words(found, now, speaker)
    return {"badge": badge, "live": state_words(hub, is_attended=now.is_attended, speaker=speaker)}


class _Told:
    """What one reader was told already."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._state: Mapping[str, Words] = {}
        self._answer: LiveAnswer | None = None

    def news(self, state: Mapping[str, Words], answer: LiveAnswer | None) -> list[bytes]:
        """Return the events that say what is new."""
        found = []
        if state != self._state:
            self._state = state
            found.append(_event("state", {name: {"kind": kind, "text": text} for name, (kind, text) in state.items()}))
        if answer is not None and answer != self._answer:
            found.append(_event("figures", self._figures(answer)))
            self._answer = answer
        return found

    def _figures(self, answer: LiveAnswer) -> dict[str, Any]:
        before = self._answer.figures if self._answer is not None else {}
        changed = {key: figure for key, figure in answer.figures.items() if before.get(key) != figure}
        return {
            "full": self._answer is None,
            "gone": [key for key in before if key not in answer.figures],
            "provenance": live_provenance(answer, self._speaker),
            "figures": {key: self._figure(figure) for key, figure in changed.items()},
        }

    def _figure(self, figure: LiveFigure) -> dict[str, Any]:
        mark, words = agreement(figure)
        quantity = self._speaker.number(figure.quantity) if figure.quantity else self._speaker.say("no_figure")
        events = None if figure.events is None else self._speaker.number(figure.events)
        return {"quantity": quantity, "events": events, "mark": mark, "words": self._speaker.say(words)}


def live_provenance(answer: LiveAnswer, speaker: Speaker) -> str:
    """Return what stands under figures that come from the tables."""
    counts = {name: speaker.number(count) for name, count in answer.intake.to_json().items()}
    key = "provenance_tables" if answer.is_exact else "provenance_moving"
    said = speaker.say(key, booking=speaker.number(answer.as_of.booking), booked_at=speaker.moment(answer.as_of.booked_at))
    return f"{said}; {speaker.say('intake_identity', **counts)}"


def _event(name: str, value: Any) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(value) + b"\n\n"
