"""The read API: the answers of the commands as JSON or CSV, asked by the parameters that pages have in their addresses."""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import unquote

from litestar import Response, Router, get
from litestar.params import FromPath

from consumers.answers.asof import resolve
from consumers.answers.balance import BalanceFilter, balance
from consumers.answers.diff import diff
from consumers.answers.dimensions import parse_by
from consumers.answers.event import OpenedEvent, open_event
from consumers.answers.explain import explain
from consumers.answers.flags import flagged, flags, parse_flag, parse_flag_groups
from consumers.answers.intake import intake
from consumers.answers.plans import PlanCodes, PlansAnswer, parse_years, plans
from consumers.answers.statement_json import of_all, of_one
from consumers.answers.statements import StatementAnswer, Statements
from consumers.answers.tally import SeveralUnits, one_total, tally
from consumers.web import problems, responses, sheets
from consumers.web.answer import BASE, Addresses, Answer, Json, adding_of, entries_of, limit_of
from consumers.web.problems import Problem
from consumers.web.question import COMMON, Parameters, address, cells_of, event_path, parse_moment, whole_number
from consumers.web.responses import AnyRequest
from consumers.web.shell import Asked, NotBooked, Shell, problem_response
from models.errors import ConfigurationError

GOODS: Final = ("item", "holder", "lot", "as_of", "since", "simulated")
PLANNED: Final = ("programme", "destination", "item", "year", "as_of", "simulated", "below")
FLAGGED: Final = ("destination", "programme", "partner", "as_of", "simulated", "below", "flag", "by", "after", "limit")
STATED: Final = ("as_of", "simulated")


def router(shell: Shell, more: Addresses = MappingProxyType({})) -> Router:
    """Return the addresses below /v1, with ``more`` that name nothing."""
    every = {**simple(), **more}
    handlers = [_handler(shell, path, allowed, make) for path, (allowed, make) in every.items()]

    @get("/statements/{statement:str}", name="api_statement", sync_to_thread=True)
    def one_statement(request: AnyRequest, statement: FromPath[str]) -> Response[bytes]:
        return _respond(shell, request, (*STATED, "limit"), opened_statement, names=(statement,))

    @get("/partners/{partner:str}/events/{event_id:path}", name="api_event", sync_to_thread=True)
    def one_event(request: AnyRequest, partner: FromPath[str], event_id: FromPath[str]) -> Response[bytes]:
        return _respond(shell, request, (), lambda asked: opened_event(asked, shell), names=(partner, event_id_of(request, event_id)))

    return Router(path=BASE, route_handlers=[*handlers, one_statement, one_event])


def simple() -> Addresses:
    """Return the addresses that name nothing: which parameters each takes, and what answers."""
    return {
        "/tallies": ((*COMMON, "by", "total"), tallies),
        "/entries": ((*COMMON, "after", "limit", "newest_first", "add_up"), entries),
        "/statements": (STATED, statements),
        "/diff": ((*(name for name in COMMON if name != "as_of"), "a", "b", "after", "limit", "add_up"), changes),
        "/balance": (GOODS, goods),
        "/intake": (("as_of",), received),
        "/plans": (PLANNED, planned),
        "/flags": (FLAGGED, flag_counts),
    }


def tallies(asked: Asked) -> Answer:
    """Return the sums; with ``total``, one sum or the reason why there is none."""
    wants_total = "total" in asked.parameters
    by = () if wants_total else parse_by(asked.parameters.get("by", "destination,programme,item"))
    answer = tally(asked.moment.connection, cells_of(asked.parameters, asked.moment.registry), by=by)
    rows = [{**row.to_json(), "entries": entries_of(asked.parameters, row.key())} for row in answer.rows]
    value: Json = {**answer.to_json(), "rows": rows}
    if wants_total:
        total = one_total(answer)
        if isinstance(total, SeveralUnits):
            refused = {**total.to_json(), "figures": rows}
            return Answer({}, problem=Problem(kind="several-units", text=total.message, more={name: refused[name] for name in ("units", "figures")}))
        value["total"] = total.to_json() if total is not None else None
    return Answer(value, rows)


def entries(asked: Asked) -> Answer:
    """Return a page of the events behind figures, and whether all of them add up."""
    parameters = asked.parameters
    explanation = explain(
        asked.moment.connection,
        cells_of(parameters, asked.moment.registry),
        cursor=whole_number(parameters, "after", None),
        limit=limit_of(parameters),
        newest_first=parameters.get("newest_first", "no") != "no",
        adding=adding_of(parameters),
    )
    value = explanation.to_json()
    for event in value["events"]:
        event["event"] = f"{BASE}/{event_path(event['source'], event['id'])}"
    value["next_page"] = None if explanation.next is None else address(f"{BASE}/entries", parameters, after=explanation.next)
    return Answer(value, value["events"])


def opened_event(asked: Asked, shell: Shell) -> Answer:
    """Return one event with everything it moved, each with the address of the figure."""
    value = event_named(asked, shell).to_json()
    value["receipt"] = f"{BASE}/proofs/receipts/{value['decision']}"
    for cell in value["moved"]:
        cell["entries"] = entries_of({}, cell)
    return Answer(value, value["moved"])


def event_named(asked: Asked, shell: Shell) -> OpenedEvent:
    """Return the event that the path names. Raises NotBooked."""
    partner, event_id = asked.names
    decision = shell.reader.decision_of(partner, event_id)
    found = open_event(asked.moment.connection, decision) if decision is not None else None
    if found is None:
        raise NotBooked
    return found


def statements(asked: Asked) -> Answer:
    """Return every published figure with its verdict."""
    value = of_all(statements_of(asked).all())
    for one in value["statements"]:
        one["address"] = address(f"{BASE}/statements/{one['statement']}", asked.parameters)
    rows = [{**{k: v for k, v in one.items() if k not in {"figures", "verdict"}}, **figure} for one in value["statements"] for figure in one["figures"]]
    return Answer(value, rows)


def opened_statement(asked: Asked) -> Answer:
    """Return one statement with the events behind it."""
    every = statements_of(asked)
    value = {"as_of": every.as_of.to_json(), **of_one(statement_named(every, asked.names[0], limit=limit_of(asked.parameters, 20)))}
    return Answer(value, [{name: member for name, member in figure.items() if name != "opened"} for figure in value["figures"]])


def statement_named(every: Statements, name: str, *, limit: int) -> StatementAnswer:
    """Return one statement. Raises NotBooked."""
    try:
        return every.one(name, limit=limit)
    except ConfigurationError as error:
        raise NotBooked from error


def statements_of(asked: Asked) -> Statements:
    """Return the published figures as of the moment that was asked for."""
    wanted = cells_of(asked.parameters, asked.moment.registry)
    return Statements(asked.moment.connection, asked.moment.registry, as_of=wanted.as_of, simulated=wanted.shows_simulated)


def changes(asked: Asked) -> Answer:
    """Return what changed between two moments."""
    parameters = asked.parameters
    first, last = parse_moment(parameters.get("a", "")), parse_moment(parameters.get("b", ""))
    if first is None:
        raise ConfigurationError("the parameter a is missing", hint="name the earlier booking or moment with a=, the later one with b=")
    cells = cells_of({name: value for name, value in parameters.items() if name not in {"a", "b"}}, asked.moment.registry)
    cursor, limit = whole_number(parameters, "after", None), limit_of(parameters)
    end = asked.moment.head.booking if last is None else last
    answer = diff(asked.moment.connection, cells, first, end, cursor=cursor, limit=limit, adding=adding_of(parameters))
    value = answer.to_json()
    for event in value["events"]:
        event["address"] = f"{BASE}/{event_path(event['source'], event['id'])}"
    value["next_page"] = None if answer.next is None else address(f"{BASE}/diff", parameters, after=answer.next)
    return Answer(value, value["events"])


def goods(asked: Asked) -> Answer:
    """Return the mass balance."""
    value = balance(asked.moment.connection, goods_of(asked)).to_json()
    return Answer(value, [*value["lines"], *value["totals"]])


def goods_of(asked: Asked) -> BalanceFilter:
    """Return which goods are meant."""
    cells = cells_of({name: value for name, value in asked.parameters.items() if name != "since"}, asked.moment.registry)
    named = {plural: cells.values.get(name, frozenset()) for name, plural in (("item", "items"), ("holder", "holders"), ("lot", "lots"))}
    return BalanceFilter(**named, simulated=cells.shows_simulated, as_of=cells.as_of, since=parse_moment(asked.parameters.get("since", "")))


def received(asked: Asked) -> Answer:
    """Return what came in and what became of it."""
    value = intake(asked.moment.connection, booking=_booking(asked)).to_json()
    return Answer(value, value["partners"])


def planned(asked: Asked) -> Answer:
    """Return budgets and targets beside what came of them."""
    value = plans_of(asked).to_json()
    return Answer(value, value["rows"])


def plans_of(asked: Asked) -> PlansAnswer:
    """Return the plans that are asked for."""
    registry = asked.moment.registry
    units = {code: item.unit for code, item in registry.items.items()}
    cells = cells_of({name: value for name, value in asked.parameters.items() if name != "year"}, registry)
    codes = PlanCodes(descendants=registry.descendants, item_unit=units.get)
    return plans(asked.moment.connection, cells, codes, years=parse_years(asked.parameters.get("year", "")))


def flag_counts(asked: Asked) -> Answer:
    """Return how often flags were raised; with ``flag``, by which events."""
    parameters = asked.parameters
    groups = parse_flag_groups(parameters.get("by", "programme,partner"))
    cells = cells_of(parameters, asked.moment.registry)
    if "flag" not in parameters:
        value = flags(asked.moment.connection, cells, by=groups).to_json()
        return Answer(value, value["rows"])
    cursor, limit = whole_number(parameters, "after", None), limit_of(parameters)
    answer = flagged(asked.moment.connection, cells, parse_flag(parameters["flag"]), by=groups, cursor=cursor, limit=limit)
    value = answer.to_json()
    for event in value["events"]:
        event["address"] = f"{BASE}/{event_path(event['source'], event['id'])}"
    value["next_page"] = None if answer.next is None else address(f"{BASE}/flags", parameters, after=answer.next)
    return Answer(value, value["events"])


def event_id_of(request: AnyRequest, event_id: str) -> str:
    """Return the id as it was written: an id may hold slashes, which the path alone does not show exactly."""
    raw_path = (request.scope.get("raw_path") or b"").decode("ascii", "replace").partition("?")[0]
    _, found, name = raw_path.partition("/events/")
    return unquote(name) if found else event_id.removeprefix("/")


def _handler(shell: Shell, path: str, allowed: Sequence[str], make: Callable[[Asked], Answer]) -> Any:
    @get(path, name=f"api{path.replace('/', '_')}", sync_to_thread=True)
    def handle(request: AnyRequest) -> Response[bytes]:
        return _respond(shell, request, allowed, make)

    return handle


def _respond(shell: Shell, request: AnyRequest, allowed: Sequence[str], make: Callable[[Asked], Answer], names: Sequence[str] = ()) -> Response[bytes]:
    def fail(problem: Problem, correlation_id: str) -> Response[bytes]:
        return problem_response(shell, request, problem, correlation_id)

    def answer(asked: Asked) -> Response[bytes]:
        parameters = {name: value for name, value in asked.parameters.items() if name != "format"}
        made = make(asked._replace(parameters=parameters))
        if made.problem is not None:
            return fail(made.problem, problems.new_correlation_id())
        held = {responses.AS_OF: str(made.booking), responses.ROWS: str(len(made.rows))}
        if _wants_sheet(request, asked.parameters):
            name = request.url.path.rpartition("/")[2]
            disposition = {"Content-Disposition": f'attachment; filename="{_plain(name)}.csv"'}
            return responses.respond(sheets.sheet(made.rows), sheets.MEDIA_TYPE, headers={**disposition, **held})
        return responses.respond(responses.as_json(made.value), responses.JSON, headers=held)

    return shell.answer(request, (*allowed, "format"), answer, fail, names)


def _wants_sheet(request: AnyRequest, parameters: Parameters) -> bool:
    wished = parameters.get("format")
    if wished is not None and wished not in {"json", "csv"}:
        raise ConfigurationError(f"there is no format {wished!r}", hint="the closest is 'csv'")
    return wished == "csv" or (wished is None and request.headers.get("accept", "").startswith("text/csv"))


def _plain(name: str) -> str:
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "_" for letter in name)


def _booking(asked: Asked) -> int | None:
    as_of = asked.parameters.get("as_of")
    if as_of is None:
        return None
    return resolve(asked.moment.connection, parse_moment(as_of)).booking
