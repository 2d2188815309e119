"""Options that several commands share, and the settings that follow from them."""

import dataclasses
import itertools
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from deploy.settings import Language, Settings, default_language, load

Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Data folder of the stack (or SALUR_DATA).", show_default=False, file_okay=False)]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
Lang = Annotated[Literal["id", "en"] | None, typer.Option("--lang", help="Language of the words: id or en.", show_default=False)]
Simulated = Annotated[bool, typer.Option("--simulated", help="Include simulated partners; every row then says which kind it is.")]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every command knows from its shared options."""

    settings: Settings
    json: bool

    @property
    def lang(self) -> Language:
        """The language of the words."""
        return self.settings.lang


def asked(*, data: Path | None, lang: Language | None = None, json: bool = False, **options: object) -> Asked:
    """Read the settings for one command. Raises ConfigurationError."""
    settings = load(environment=os.environ, options={"data_dir": data, "lang": lang, **options})
    return Asked(settings=settings, json=json)


def spoken(words: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Return the language of what is said before, or without, reading the settings: help, and errors of the settings themselves."""
    given = [after for word, after in itertools.pairwise(words) if word == "--lang"]
    given += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    match given[-1] if given else environment.get("SALUR_LANG"):
        case "id" | "en" as language:
            return language
        case _:
            return default_language(environment)
