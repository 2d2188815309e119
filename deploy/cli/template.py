"""`salur template`: a spreadsheet to fill in."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.console import print_json, remarks
from deploy.cli.options import Data, Json, Lang, asked
from deploy.cli.words import say
from models.errors import ConfigurationError

Type = Annotated[str, typer.Argument(metavar="TYPE", help="Type of event, such as distribution.recorded.")]
Xlsx = Annotated[bool, typer.Option("--xlsx/--csv", help="XLSX with drop-downs (the default) or CSV.", show_default=False)]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to write it; the type's name by default.", show_default=False)]


def command(type_: Type, xlsx: Xlsx = True, out: Out = None, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Write a template for a type of event: XLSX with drop-downs and help, or the header of a CSV."""
    from deploy.cli.check import registry
    from streams.sheets import templates
    from streams.sheets.columns import columns_of

    question = asked(data=data, lang=lang, json=json)
    event_type = known_type(type_)
    place = out or Path(templates.template_name(event_type, "xlsx" if xlsx else "csv"))
    if xlsx:
        content = templates.xlsx_template(event_type, question.lang, registry(question.settings))
    else:
        content = b"\xef\xbb\xbf" + templates.csv_template(event_type, question.lang).encode()
    try:
        place.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(f"{place} cannot be written", hint="choose another place with --out") from error
    if json:
        print_json({"type": event_type, "file": str(place), "columns": [column.name for column in columns_of(event_type)]})
        return
    remarks().print(say("template_written", question.lang, out=place))


def known_type(name: str) -> str:
    """Return the whole name of a type. Raises ConfigurationError, with the closest, for one that no sheet can hold."""
    import difflib

    from streams.sheets.columns import SHEET_TYPES, full_type, short_type

    found = full_type(name)
    if found is not None:
        return found
    known = [short_type(one) for one in SHEET_TYPES]
    near = difflib.get_close_matches(name.removeprefix("salur.").removesuffix(".v1"), known, n=1)
    hint = f"the closest is {near[0]}" if near else f"known are {', '.join(known)}"
    raise ConfigurationError(f"no sheet holds events of type {name}", hint=hint)
