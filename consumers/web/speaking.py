"""Codes, quantities and moments as a page says them, in its language."""

import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from consumers.web.words import say, say_or
from models.events.reference import Name
from models.figure_words import grouped, measure_word, unit_word
from models.measures import PARTS, RECIPIENTS
from models.provinces import PROVINCES
from models.reason_words import REASONS
from models.reasons import Language
from models.registry import Registry
from models.units import UNITS

_JAKARTA: Final = ZoneInfo("Asia/Jakarta")
_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class Speaker:
    """Says things in one language, with the names of one registry."""

    def __init__(self, language: Language, registry: Registry | None = None) -> None:
        self.language: Language = language
        self._registry = registry

    def say(self, key: str, **values: object) -> str:
        """Return words."""
        return say(key, self.language, **values)

    def kind(self, prefix: str, code: str) -> str:
        """Return the words of a code that comes with a prefix, the code itself where it has none."""
        return say_or(f"{prefix}_{code}", code, self.language)

    def number(self, quantity: str | int) -> str:
        """Return an exact quantity with its thousands grouped."""
        return grouped(str(quantity), self.language)

    def signed(self, quantity: str) -> str:
        """Return a change with its sign."""
        return self.number(quantity) if quantity.startswith("-") or not quantity.strip("0.") else f"+{self.number(quantity)}"

    def unit(self, code: str) -> str:
        """Return what a unit is called; a currency by its code."""
        unit = UNITS.get(code)
        named = self._registry.units.get(code) if self._registry and unit and unit.kind != "money" else None
        return unit_word(code, self.language) if named is None else named.id if self.language == "id" else named.en

    def measure(self, code: str) -> str:
        """Return what a measure is called."""
        return measure_word(code, self.language)

    def amount(self, quantity: str, unit: str) -> str:
        """Return a quantity with its unit."""
        return f"{self.number(quantity)} {self.unit(unit)}"

    def name(self, dimension: str, code: str) -> str:
        """Return what a code of a dimension is called; the code itself where it has no name."""
        if code == "unknown":
            return self.say("unknown")
        match dimension:
            case "measure":
                return self.measure(code)
            case "unit":
                return self.unit(code)
            case "day" | "month":
                return code
            case "province":
                return self.province(code)
        name = self._name(dimension, code)
        return code if name is None else name.id if self.language == "id" else name.en

    def province(self, code: str) -> str:
        """Return what a province is called; the code itself where it has no name of ours."""
        listed = PROVINCES.get(code)
        return code if listed is None else listed.id if self.language == "id" else listed.en

    def moment(self, time_ms: int | None) -> str:
        """Return a moment in Jakarta's time, as people there write it."""
        if not time_ms:
            return "\u2013"
        moment = (_EPOCH + datetime.timedelta(milliseconds=time_ms)).astimezone(_JAKARTA)
        return f"{format_datetime(moment, 'd MMM y, HH.mm' if self.language == 'id' else 'd MMM y, HH:mm', locale=self.language)} WIB"

    def iso_moment(self, text: str | None) -> str:
        """Return a moment that is written in ISO 8601, as ``moment`` does."""
        return self.moment((datetime.datetime.fromisoformat(text) - _EPOCH) // datetime.timedelta(milliseconds=1) if text else None)

    def event_type(self, code: str) -> str:
        """Return the type of an event without what all types have."""
        return code.removeprefix("salur.").removesuffix(".v1")

    def reason(self, code: str) -> str:
        """Return what a flag or a reason says."""
        return REASONS[code].words(self.language).text if code in REASONS else code

    def rule_of(self, measure: str, *, programmes_rule: str | None) -> str:
        """Return what a figure about people is; empty for other figures."""
        if programmes_rule is not None:
            return self.say("contacts_rule")
        return self.say("people_rule") if measure == RECIPIENTS or measure in PARTS else ""

    def _name(self, dimension: str, code: str) -> Name | None:
        registry = self._registry
        if registry is None:
            return None
        match dimension:
            case "destination":
                return registry.countries.get(code)
            case "recipient_type":
                return registry.recipient_types.get(code)
            case "programme":
                return registry.programmes[code].name if code in registry.programmes else None
            case "item":
                return registry.items[code].name if code in registry.items else None
            case "partner":
                return registry.partners[code].name if code in registry.partners else None
            case "holder":
                holder = registry.partners.get(code) or registry.sites.get(code)
                return None if holder is None else holder.name
        return None
