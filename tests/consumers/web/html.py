"""A page as a test reads it: its links, tables and form, and whatever must not be in it."""

import dataclasses
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "br"})


@dataclasses.dataclass
class Table:
    """One table: its caption, its headings with their scope, and its rows of (text, link)."""

    caption: str = ""
    headings: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    rows: list[list[tuple[str, str]]] = dataclasses.field(default_factory=list)


class Page(HTMLParser):
    """Reads one page; tags must close in the order in which they were opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.language = ""
        self.links: list[str] = []
        self.tables: list[Table] = []
        self.titles: list[str] = []
        self.forbidden: list[str] = []
        self.addresses: list[str] = []
        self.labels: set[str] = set()
        self.fields: set[str] = set()
        self.ids: list[str] = []
        self.references: set[str] = set()
        self.struck: list[str] = []
        self.headlines: list[tuple[str, str]] = []
        self.hidden: list[tuple[str, str]] = []
        self.scripts: list[str] = []
        self.provenances = 0
        self.charts = 0
        self.text = ""
        self._open: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.forbidden += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        self.forbidden += [tag] if tag in {"style", "iframe", "object"} or (tag == "script" and not given.get("src", "").startswith("/assets/")) else []
        self.scripts += [given["src"]] if tag == "script" and "src" in given else []
        self.addresses += [given[name] for name in ("href", "src", "action") if name in given]
        self.ids += [given["id"]] if "id" in given else []
        self.references |= {one for name in ("for", "aria-labelledby", "aria-describedby") if name in given for one in given[name].split()}
        self.hidden += [(given["name"], given["value"])] if given.get("type") == "hidden" else []
        self._note(tag, given)
        if tag == "a" and self.tables and self._is_in("td", "th"):
            text, _ = self.tables[-1].rows[-1][-1]
            self.tables[-1].rows[-1][-1] = text, given["href"]
        if tag in {"td", "th"}:
            if given.get("scope") != "col":
                self.tables[-1].rows[-1].append(("", ""))
            if tag == "th":
                self.tables[-1].headings.append(("", given.get("scope", "")))
        if tag not in VOID:
            self._open.append((tag, given.get("scope", "")))

    def _note(self, tag: str, given: dict[str, str]) -> None:
        match tag:
            case "html":
                self.language = given.get("lang", "")
            case "a":
                self.links.append(given["href"])
            case "label":
                self.labels.add(given["for"])
            case "select" | "input" | "textarea" | "progress" if given.get("type") != "hidden":
                self.fields.add(given["id"])
            case "table":
                self.tables.append(Table())
            case "tr":
                self.tables[-1].rows.append([])
            case "svg":
                self.charts += 1
            case "span" if given.get("class") == "value":
                self.headlines.append(("", given["data-unit"]))
            case "p":
                self.provenances += "provenance" in given.get("class", "").split()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        opened, _ = self._open.pop()
        assert opened == tag, f"{tag} closes {opened}"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._is_in("caption"):
            self.tables[-1].caption += data
        if self._is_in("h1"):
            self.titles.append(data)
        if self.headlines and not self.headlines[-1][0] and data.strip() and self._is_in("li"):
            self.headlines[-1] = data.strip(), self.headlines[-1][1]
        if self._is_in("s"):
            self.struck.append(data.strip())
        if self._is_in("td", "th") and not any(scope == "col" for _, scope in self._open):
            text, href = self.tables[-1].rows[-1][-1]
            self.tables[-1].rows[-1][-1] = " ".join(f"{text} {data}".split()), href

    def _is_in(self, *tags: str) -> bool:
        return any(tag in tags for tag, _ in self._open)
