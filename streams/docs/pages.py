"""The pages of the documentation, below /docs/en and /docs/id. They need no token: nothing in them is anybody's."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from litestar import Request, Response, Router, get
from litestar.params import FromPath
from litestar.response import Redirect

from models.events.catalogue import EVENT_TYPES
from models.languages import preferred
from models.reasons import Language
from models.registry import Registry
from models.rules.entitlement import GROUPS
from streams.docs import codes, event_words, files, recipes, snippets, words
from streams.docs.member_words import meaning
from streams.docs.members import Member, members_of
from streams.docs.rendering import LANGUAGES, ROOT, SAFE, page
from streams.docs.wheel import ClientFiles, wheel_of
from streams.intake.problem_words import KINDS, STATUS
from streams.sheets.columns import short_type

Now = Callable[[], Awaitable[Registry | None]]
"""The code lists as the ledger has them now, None while it does not answer."""


class Shown(NamedTuple):
    """A member as a page shows it."""

    path: str
    needed: bool
    form: str
    choices: tuple[str, ...]
    meaning: str


def router(*, base_url: str, now: Now, client: ClientFiles) -> Router:
    """Return the addresses; ``base_url`` is the address that partners know."""
    shipped = Registry.shipped()

    async def lists() -> Registry:
        return await now() or shipped

    handlers = [_root(), *files.handlers(lists=lists, client=client)]
    for language in LANGUAGES:
        handlers += [_start(language, base_url), _events(language), _event(language, base_url), _codes(language, now, shipped)]
        handlers += [
            _answers(language),
            _kobo(language),
            _notices(language, base_url),
            _kafka(language),
            _descriptions(language, base_url, client),
            _nothing(language),
        ]
    return Router(path="/", route_handlers=handlers)


def _root() -> Any:
    @get(ROOT, name="docs_root")
    async def root(request: Request[Any, Any, Any]) -> Redirect:
        return Redirect(path=f"{ROOT}/{preferred(request.headers.get('accept-language'))}/", status_code=302, headers={**SAFE, "Vary": "Accept-Language"})

    return root


def _start(language: Language, base_url: str) -> Any:
    one = recipes.event("masker-2020-05-03")
    context: dict[str, Any] = {
        "given": recipes.given(base_url, language),
        "curl": {"send": snippets.curl(one), "verdict": recipes.verdict(one["id"])},
        "sheet": recipes.sheet(language),
        "python": {"file": recipes.python_file(), "program": snippets.python({**one, "id": "masker-2020-05-04"})},
    }

    @get(f"{ROOT}/{language}", name=f"docs_start_{language}")
    async def start() -> Response[str]:
        return page(language, f"{language}/start.html", here="", title=_title("", language), **context)

    return start


def _events(language: Language) -> Any:
    shorts = [short_type(event_type) for event_type in EVENT_TYPES]
    groups = [
        (words.in_language(event_words.GROUPS[group], language), [(one, event_words.title(one, language), event_words.meaning(one, language)) for one in some])
        for group, some in event_words.grouped(shorts)
    ]

    @get(f"{ROOT}/{language}/events", name=f"docs_events_{language}")
    async def events() -> Response[str]:
        return page(language, "events.html", here="events", title=_title("events", language), groups=groups)

    return events


def _event(language: Language, base_url: str) -> Any:
    @get(f"{ROOT}/{language}/events/{{short:str}}", name=f"docs_event_{language}")
    async def event(short: FromPath[str]) -> Response[str]:
        event_type = f"salur.{short}.v1"
        if event_type not in EVENT_TYPES:
            return _not_found(language)
        example = snippets.example(event_type)
        rows = snippets.rows(example, language)
        return page(
            language,
            "event.html",
            here=f"events/{short}",
            title=event_words.title(short, language),
            event_type=event_type,
            short=short,
            meaning=event_words.meaning(short, language),
            reporters=[words.in_language(words.REPORTS[group], language) for group in GROUPS.get(EVENT_TYPES[event_type], ())],
            members=[_shown(member, language) for member in members_of(event_type)],
            example=snippets.pretty(example),
            full_example=snippets.pretty(snippets.example(event_type, full=True)),
            given=recipes.given(base_url, language),
            curl=snippets.curl(example),
            python=snippets.python(example),
            rows=rows,
            csv="" if rows is None else snippets.as_csv(rows, language),
        )

    return event


def _codes(language: Language, now: Now, shipped: Registry) -> Any:
    @get(f"{ROOT}/{language}/codes", name=f"docs_codes_{language}")
    async def code_lists() -> Response[str]:
        current = await now()
        return page(
            language,
            "codes.html",
            here="codes",
            title=_title("codes", language),
            is_current=current is not None,
            lists=[
                (one.name, words.in_language(words.LISTS[one.name], language), [words.say(name, language) for name in one.columns], one.rows)
                for one in codes.code_lists(current or shipped)
            ],
        )

    return code_lists


def _answers(language: Language) -> Any:
    problems = [(STATUS[kind], kind, reason.words(language)) for kind, reason in KINDS.items()]

    @get(f"{ROOT}/{language}/answers", name=f"docs_answers_{language}")
    async def answers() -> Response[str]:
        return page(language, f"{language}/answers.html", here="answers", title=_title("answers", language), problems=problems)

    return answers


def _kobo(language: Language) -> Any:
    @get(f"{ROOT}/{language}/kobo", name=f"docs_kobo_{language}")
    async def kobo() -> Response[str]:
        return page(language, f"{language}/kobo.html", here="kobo", title=_title("kobo", language), code_=recipes.kobo())

    return kobo


def _notices(language: Language, base_url: str) -> Any:
    code = recipes.notices(language, base_url)

    @get(f"{ROOT}/{language}/notices", name=f"docs_notices_{language}")
    async def notices() -> Response[str]:
        return page(language, f"{language}/notices.html", here="notices", title=_title("notices", language), code_=code)

    return notices


def _kafka(language: Language) -> Any:
    @get(f"{ROOT}/{language}/kafka", name=f"docs_kafka_{language}")
    async def kafka() -> Response[str]:
        return page(language, f"{language}/kafka.html", here="kafka", title=_title("kafka", language), code_=recipes.kafka())

    return kafka


def _descriptions(language: Language, base_url: str, client: ClientFiles) -> Any:
    types = list(EVENT_TYPES)

    @get(f"{ROOT}/{language}/descriptions", name=f"docs_descriptions_{language}")
    async def descriptions() -> Response[str]:
        return page(
            language,
            f"{language}/descriptions.html",
            here="descriptions",
            title=_title("descriptions", language),
            base_url=base_url,
            module=client.module_name,
            wheel=wheel_of(client).name,
            types=types,
        )

    return descriptions


def _nothing(language: Language) -> Any:
    @get(f"{ROOT}/{language}/{{rest:path}}", name=f"docs_nothing_{language}")
    async def nothing(rest: FromPath[str]) -> Response[str]:  # noqa: ARG001 - whatever it is called
        return _not_found(language)

    return nothing


def _not_found(language: Language) -> Response[str]:
    return page(language, "not_found.html", here="", title=words.say("not_found", language), status=404)


def _shown(member: Member, language: Language) -> Shown:
    form = words.in_language(words.FORMS[member.form], language)
    if member.is_list:
        form = words.LIST_OF[language].format(form=form)
    if member.most:
        form = f"{form}, {words.AT_MOST[language].format(most=member.most)}"
    return Shown(member.path, member.required, form, member.choices, meaning(member.owner, member.name, language))


def _title(name: str, language: Language) -> str:
    return words.in_language(words.PAGES[name], language)
