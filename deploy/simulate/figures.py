"""The published figures that a simulation is scaled from. Split over many events their sums stay what was published.

Where no source gives a figure (consignments to other destinations, training, jobs, vaccination) the size of each
event is made up and has no total to keep.
"""

from typing import Final, NamedTuple

BSU_PAYMENTS: Final = {"1": 12_265_437, "2": 12_248_195}
"""Confirmed payments per term."""
BSU_AMOUNT: Final = 1_200_000
"""Rupiah in each payment."""

GROUPS: Final = {"jps-tkm": ("kelompok-wirausaha", 1_985), "jps-padat-karya": ("kelompok-padat-karya", 1_091)}
PERSONS_PER_GROUP: Final = 20
"""39,700 / 1,985 = 21,820 / 1,091 = 20."""

ENGAGED: Final = {"wirausaha-baru": 212_260, "padat-karya": 106_014, "inkubasi-bisnis": 4_080, "wirausaha-digital": 4_020, "tenaga-pendamping": 639}
"""The five parts of 327,013."""


class Produced(NamedTuple):
    """What the training centres made, in the smallest steps of the unit."""

    item: str
    unit: str
    steps: int
    decimals: int = 0


BLK: Final = (
    Produced("masker", "piece", 180_875),
    Produced("hand-sanitizer", "litre", 8_500_000, decimals=3),
    Produced("baju-pelindung", "piece", 2_740),
    Produced("wastafel", "piece", 20),
)
MALAYSIA_PERSONS: Final = 239_675
MALAYSIA_PACKAGES: Final = 109_168
SARAWAK_PREPARED: Final = 3_453
AFFECTED: Final = (380_221, 1_058_284, 318_959)
CAPACITY: Final = (("masker", 2_200, "piece"), ("hand-sanitizer", 1_500, "litre"))
JPS_BUDGET: Final = 500_000_000_000
"""Rupiah for TKM and works."""
TRAVEL_BUDGET: Final = 40_000_000_000
"""Rupiah moved to training incentives; no source gives the amount, so it is made up."""

PARENTS: Final = {
    "jps-tkm": "jps",
    "jps-padat-karya": "jps",
    "wirausaha-baru": "perluasan-kesempatan-kerja",
    "padat-karya": "perluasan-kesempatan-kerja",
    "padat-karya-tunai": "padat-karya",
    "inkubasi-bisnis": "perluasan-kesempatan-kerja",
    "wirausaha-digital": "perluasan-kesempatan-kerja",
    "tenaga-pendamping": "perluasan-kesempatan-kerja",
}
"""The programme above each that has one, of those that are simulated."""

UNITS: Final = {
    "sembako": "package",
    "masker": "piece",
    "hand-sanitizer": "litre",
    "baju-pelindung": "piece",
    "pelindung-wajah": "piece",
    "wastafel": "piece",
    "uang": "payment",
    "kelompok-wirausaha": "group",
    "kelompok-padat-karya": "group",
    "peserta": "person",
    "pelatihan": "training-place",
    "penempatan": "person",
    "dosis-vaksin": "dose",
    "penyemprotan": "site",
    "hok": "person-day",
}
"""The unit of each item that is simulated."""

ABROAD: Final = ("MY", "TW", "HK", "SG", "KR", "BN")
