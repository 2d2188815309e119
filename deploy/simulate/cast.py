"""The simulated partners: who plays which part, and the registrations that let them.

Every code begins with ``simulasi-``, so nobody mistakes one for a real partner.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from deploy.simulate import figures
from deploy.simulate.chance import Chance

REGISTRAR: Final = "kemnaker"

_EVERYWHERE: Final = ("ID", *figures.ABROAD)
_SERVICES: Final = ("jps", "perluasan-kesempatan-kerja", "pelatihan-vokasi", "insentif-pelatihan-blk", "penempatan", "vaksinasi", "gerakan-pekerja-sehat")
_PLANNED: Final = (*_SERVICES, "bsu", "blk-produksi", "bansos-publik", "bantuan-pmi")


class Part(NamedTuple):
    """One part: what its partners are called and may report, and how many of a hundred play it."""

    role: str
    name: str
    programmes: tuple[str, ...]
    countries: tuple[str, ...]
    reports: tuple[str, ...]
    share: int = 0


PROGRAMME: Final = "simulasi-tanggap"
LEGAL_BASIS: Final = "simulasi-dasar"
_CODES: Final = (
    ("programme.registered", {"code": PROGRAMME, "name": {"id": "Tanggap simulasi", "en": "Simulated response"}, "start": "2020-01-01"}),
    ("item.registered", {"code": "simulasi-paket", "name": {"id": "Paket simulasi", "en": "Simulated package"}, "unit": "package"}),
    ("legal-basis.registered", {"code": LEGAL_BASIS, "name": {"id": "Dasar simulasi", "en": "Simulated legal basis"}, "issued": "2020-01-01"}),
)
"""Codes that stand beside the real ones, so that nothing real is registered or stopped by a simulation."""

PARTS: Final = (
    Part("perencana", "Perencana", _PLANNED, _EVERYWHERE, ("plans",)),
    Part("pengawas", "Pengawas", (), (), ("assurance", "statements")),
    Part("penjamin", "Penjamin", ("bsu",), ("ID",), ("payments-instruct", "plans")),
    Part("bank", "Bank", ("bsu",), ("ID",), ("payments-pay",), share=25),
    Part("pendamping", "Pendamping", _SERVICES, ("ID",), ("services",), share=25),
    Part("balai", "Balai", ("blk-produksi", "bansos-publik"), ("ID",), ("goods", "services"), share=20),
    Part("gudang", "Gudang", ("bantuan-pmi",), _EVERYWHERE, ("goods",), share=5),
    *(
        Part(f"perwakilan-{country.lower()}", f"Perwakilan {country}", ("bantuan-pmi",), (country,), ("goods", "services"), share=4)
        for country in figures.ABROAD
    ),
)


class Cast:
    """Who plays what. ``sites`` are the stores of the warehouses."""

    def __init__(self, partners: int) -> None:
        spare = partners - len(PARTS)
        shares = sum(part.share for part in PARTS)
        counts = {part.role: 1 + spare * part.share // shares for part in PARTS}
        counts["bank"] += partners - sum(counts.values())
        self._codes = {part.role: [f"simulasi-{part.role}-{number:03d}" for number in range(1, counts[part.role] + 1)] for part in PARTS}
        self.sites = [code.replace("simulasi-gudang", "simulasi-lumbung") for code in self._codes["gudang"]]

    def pick(self, role: str, chance: Chance) -> str:
        """Return one of those who play a part."""
        return chance.pick(self._codes[role])

    def all(self, role: str) -> Sequence[str]:
        """Return all who play a part."""
        return self._codes[role]

    def registrations(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the kinds and data of the events that bring partners and sites into being."""
        found: list[tuple[str, dict[str, Any]]] = list(_CODES)
        found += [("partner.registered", _registration(part, code)) for part in PARTS for code in self._codes[part.role]]
        for site, partner in zip(self.sites, self._codes["gudang"], strict=True):
            number = site[-3:]
            name = {"id": f"Lumbung simulasi {number}", "en": f"Simulated store {number}"}
            found.append(("site.registered", {"code": site, "name": name, "country": "ID", "partner": partner}))
        return found


def _registration(part: Part, code: str) -> dict[str, Any]:
    number = code[-3:]
    grants = {"programmes": list(part.programmes), "countries": list(part.countries)} if part.programmes else {}
    name = {"id": f"{part.name} simulasi {number}", "en": f"Simulated {part.name.lower()} {number}"}
    return {"code": code, "name": name, "simulated": True, **grants, "reports": list(part.reports)}
