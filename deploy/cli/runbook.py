"""`salur runbook`: the page of an alert, which says what it means and what to do, where only the command is at hand."""

import difflib
from pathlib import Path
from typing import Annotated, Final

import typer

from deploy import monitoring
from deploy.cli.console import print_json
from deploy.cli.options import Data, Json, Lang, asked
from deploy.settings import Language
from models.errors import ConfigurationError

FOLDER: Final = Path(monitoring.__file__).with_name("runbooks")
GENERAL: Final = "README"
"""What holds for every alert."""

Name = Annotated[str, typer.Argument(metavar="[ALERT]", help="The alert, such as SalurWorkerDown; all of them without one.", show_default=False)]


def command(name: Name = "", data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Print what an alert means, what to do, and how to see that it is over."""
    question = asked(data=data, lang=lang, json=json)
    names = alerts()
    text = page(name or GENERAL, question.lang) if not name or name in names else ""
    if not text:
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
        raise ConfigurationError(f"there is no alert {name}", hint=f"the closest is {near[0]}" if near else f"known are {', '.join(names)}")
    if json:
        print_json({"alert": name or None, "page": text, "alerts": names})
        return
    typer.echo(text if name else f"{text}\n{''.join(f'- {one}{chr(10)}' for one in names)}", nl=False)


def alerts() -> list[str]:
    """Return the names of all alerts that have a page."""
    return sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != GENERAL)


def page(name: str, lang: Language) -> str:
    """Return a page in a language, as Markdown."""
    return ((FOLDER / "id" if lang == "id" else FOLDER) / f"{name}.md").read_text(encoding="utf-8")
