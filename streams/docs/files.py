"""The files that the documentation names: the client, templates, schemas, examples, descriptions, and the style sheet."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from models.events.catalogue import EVENT_TYPES
from models.json_schema import schema_of
from models.reasons import Language
from models.registry import Registry
from streams.docs import asyncapi, snippets
from streams.docs.rendering import LANGUAGES, ROOT, SAFE, style_path, style_sheet
from streams.docs.wheel import ClientFiles, wheel_of
from streams.sheets import templates
from streams.sheets.columns import full_type

_YEAR_SECONDS: Final = 31_536_000
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
"""By which Excel sees that a CSV is UTF-8."""

Lists = Callable[[], Awaitable[Registry]]
"""The code lists, as the ledger has them now if it answers."""


def handlers(*, lists: Lists, client: ClientFiles) -> list[Any]:
    """Return the handlers of all files."""
    return [_style_sheet(), _asyncapi(), _schema(), _example(), *_client(client), *(_template(language, lists) for language in LANGUAGES)]


def _style_sheet() -> Any:
    @get(style_path(), name="docs_style_sheet")
    async def serve() -> Response[bytes]:
        return _file(style_sheet(), "text/css", **{"Cache-Control": f"public, max-age={_YEAR_SECONDS}, immutable"})

    return serve


def _asyncapi() -> Any:
    described = json.dumps(asyncapi.description(), ensure_ascii=False).encode()

    @get(asyncapi.PATH, name="asyncapi")
    async def serve() -> Response[bytes]:
        return _file(described, "application/json")

    return serve


def _schema() -> Any:
    @get(f"{ROOT}/schemas/{{name:str}}", name="docs_schema")
    async def serve(name: FromPath[str]) -> Response[bytes]:
        return _file(json.dumps(schema_of(_known(name)), indent=2, ensure_ascii=False).encode(), "application/schema+json")

    return serve


def _example() -> Any:
    @get(f"{ROOT}/examples/{{name:str}}", name="docs_example")
    async def serve(name: FromPath[str]) -> Response[bytes]:
        return _file(snippets.pretty(snippets.example(_known(name))).encode() + b"\n", "application/json")

    return serve


def _client(client: ClientFiles) -> list[Any]:
    wheel = wheel_of(client)

    @get(f"{ROOT}/{client.module_name}", name="docs_client")
    async def module() -> Response[bytes]:
        return _file(client.module, "text/x-python")

    @get(f"{ROOT}/{wheel.name}", name="docs_client_wheel")
    async def packed() -> Response[bytes]:
        return _file(wheel.content, "application/octet-stream")

    return [module, packed]


def _template(language: Language, lists: Lists) -> Any:
    @get(f"{ROOT}/{language}/templates/{{name:str}}", name=f"docs_template_{language}")
    async def serve(name: FromPath[str]) -> Response[bytes]:
        short, _, suffix = name.rpartition(".")
        event_type = full_type(short)
        if event_type is None or suffix not in {"xlsx", "csv"}:
            raise NotFoundException
        named = {"Content-Disposition": f'attachment; filename="{name}"'}
        if suffix == "csv":
            return _file(_BYTE_ORDER_MARK + templates.csv_template(event_type, language).encode(), "text/csv", **named)
        return _file(templates.xlsx_template(event_type, language, await lists()), _XLSX, **named)

    return serve


def _known(name: str) -> str:
    """Return the type that a file is about. Raises NotFoundException."""
    event_type = name.removesuffix(".json")
    if event_type not in EVENT_TYPES or not name.endswith(".json"):
        raise NotFoundException
    return event_type


def _file(content: bytes, media_type: str, **headers: str) -> Response[bytes]:
    every: Mapping[str, str] = {**SAFE, "Cache-Control": "no-cache", **headers}
    return Response(content=content, media_type=media_type, headers=dict(every))
