"""What the articles name, and what carries each thing: ``NAMED.md`` is made of ``named.toml`` by ``python -m deploy.demo.named``.

A carrier is a row of a code list, an event or a statement of the demonstration, or an event type. The articles
themselves are not kept here, nor sentences of theirs.
"""

import json
import pathlib
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any, Final, NamedTuple

from deploy.demo import catalogue
from models.codelists import reader
from models.events.catalogue import EVENT_TYPES

PAGE: Final = pathlib.Path(__file__).parent / "NAMED.md"

LISTS: Final[dict[str, reader.CodeList]] = {
    "activity": "activities",
    "country": "countries",
    "item": "items",
    "legal-basis": "legal_bases",
    "partner": "partners",
    "programme": "programmes",
    "recipient": "recipient_types",
    "source": "sources",
    "unit": "units",
}
"""The kinds of carrier that are rows of a code list, by their code."""

_HEAD: Final = """\
# What the articles name, and what carries it

Made by `python -m deploy.demo.named` from `named.toml`; do not edit. The five articles come first, sentence by sentence
from the title on; links to other articles and notes of the publisher are counted too. Of the sources after them only the
figures are taken. A carrier is a row of a code list (`models/codelists/`), an event or a statement of `deploy/demo/events/`
(made-up ones say *simulated*), or a type of event. That something has a carrier does not mean that it is supported:
`salur statement` says of each published figure whether it is.
"""


class Thing(NamedTuple):
    """Something that an article names in these sentences, and its carriers as ``kind:code``."""

    sentences: tuple[int, ...]
    name: str
    kind: str
    carriers: tuple[str, ...]


class Outside(NamedTuple):
    """What stands in these sentences and is no part of the matter, and why."""

    sentences: tuple[int, ...]
    why: str


class Article(NamedTuple):
    """One article, by its code in the list of sources; no sentences for a source of which only some figures are taken."""

    source: str
    sentences: int
    things: tuple[Thing, ...]
    outside: tuple[Outside, ...]


def articles() -> list[Article]:
    """Return what the five articles name, and what is taken from other sources, in the order of the file."""
    found = tomllib.loads((files("deploy.demo") / "named.toml").read_text(encoding="utf-8"))
    return [
        Article(
            source=source,
            sentences=article["sentences"],
            things=tuple(Thing(tuple(thing["in"]), thing["thing"], thing["kind"], tuple(thing["by"])) for thing in article["things"]),
            outside=tuple(Outside(tuple(part["in"]), part["why"]) for part in article.get("outside", ())),
        )
        for source, article in found.items()
    ]


def carriers() -> dict[str, str]:
    """Return everything that can carry a name, as ``kind:code``, and how it is shown on the page."""
    found = {f"{kind}:{row['code']}": f"{kind.replace('-', ' ')} `{row['code']}`" for kind, code_list in LISTS.items() for row in reader.rows(code_list)}
    found |= {f"pack:{row['item']}": f"pack conversion `{row['item']}`" for row in reader.rows("pack_conversions")}
    found |= {f"type:{event_type}": f"event type `{event_type}`" for event_type in EVENT_TYPES}
    for file, event in _events():
        mark = " (simulated)" if file.startswith(catalogue.SIMULATED) else ""
        found[f"event:{event['id']}"] = f"event `{event['id']}`{mark}"
        if event["type"] == "salur.statement.published.v1":
            code = event["data"]["statement"]
            found[f"statement:{code}"] = f"statement `{code}`{mark}"
    return found


def page() -> str:
    """Return the page as it is committed. Raises KeyError for a carrier that does not exist."""
    shown = carriers()
    titles = {row["code"]: f"{row['publisher']}: {row['title']} ({row['date']})" for row in reader.rows("sources")}
    return _HEAD + "".join(_section(article, titles[article.source], shown.__getitem__) for article in articles())


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")
    return 0


def _section(article: Article, title: str, shown: Callable[[str], str]) -> str:
    columns = ("in sentence", "what is named", "what it is", "carried by")
    rows = [columns, ("---",) * len(columns)]
    rows += [(_numbers(thing.sentences), thing.name, thing.kind, ", ".join(map(shown, thing.carriers))) for thing in article.things]
    if not article.sentences:
        rows = [row[1:] for row in rows]
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    outside = " ".join(f"Sentence {_numbers(part.sentences)}: {part.why[0].lower()}{part.why[1:]}." for part in article.outside)
    return f"\n## {title}\n\n{table}" + (f"\nNo part of the matter. {outside}\n" if outside else "")


def _numbers(sentences: tuple[int, ...]) -> str:
    return ", ".join(map(str, sentences))


def _events() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the demonstration's events that can be read, with their files."""
    for name in [*catalogue.published(), catalogue.REGISTRATIONS, *catalogue.simulated()]:
        for line in catalogue.lines(name):
            try:
                yield name, json.loads(line.value)
            except ValueError:
                continue  # one line is malformed on purpose, to be rejected


if __name__ == "__main__":
    sys.exit(main())
