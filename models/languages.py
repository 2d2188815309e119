"""Which of the two languages a request asks for (``Accept-Language``, RFC 9110 section 12.5.4)."""

from typing import Final

from models.reasons import Language

DEFAULT: Final[Language] = "en"
_MOST_RANGES: Final = 20


def preferred(accept_language: str | None) -> Language:
    """Return the language with the highest weight; English where neither is named."""
    best: tuple[float, Language] = (0.0, DEFAULT)
    for part in (accept_language or "").split(",")[:_MOST_RANGES]:
        name, _, parameter = part.strip().partition(";")
        match name.strip().lower().partition("-")[0]:
            case "id" | "in":
                language: Language = "id"
            case "en" | "*":
                language = "en"
            case _:
                continue
        weight = _weight(parameter)
        if weight > best[0]:
            best = (weight, language)
    return best[1]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
