"""The words of every reason of a verdict, in English and Indonesian. Texts may be improved, codes never change."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from models.reasons import Language
from models.statements.sums import Amount
from models.statements.verdicts import Reason, ReasonCode
from models.units import format_steps

_WORDS: Final[Mapping[ReasonCode, tuple[str, str]]] = MappingProxyType(
    {
        "stmt.equal": ("the events come to exactly {tally}", "jumlah peristiwanya tepat {tally}"),
        "stmt.near": (
            "the events come to {tally}: within the rounding of {said} (gap {gap})",
            "jumlah peristiwanya {tally}: masih dalam pembulatan {said} (selisih {gap})",
        ),
        "stmt.more": ("the events come to {tally}: more than {said}", "jumlah peristiwanya {tally}: lebih dari {said}"),
        "stmt.less": ("the events come to {tally}: less than {said}", "jumlah peristiwanya {tally}: kurang dari {said}"),
        "stmt.in_range": (
            "the events come to {tally}, which has as many digits as was said",
            "jumlah peristiwanya {tally}, sesuai dengan kisaran yang disebut",
        ),
        "stmt.realised": ("the target {said} is reached: {tally}", "target {said} tercapai: {tally}"),
        "stmt.shown": ("it is shown by what is booked: {found} {places}", "terbukti dari yang dibukukan: {found} {places}"),
        "stmt.parts_add_up": ("each part is supported, and together they make {made}", "setiap bagian didukung dan jumlahnya {made}"),
        "stmt.short_so_far": (
            "the events come to {tally} so far (gap {gap} to {said}); more may come",
            "sejauh ini jumlah peristiwanya {tally} (selisih {gap} dari {said}); masih dapat bertambah",
        ),
        "stmt.target_short": ("of the target {said} {tally} is reached", "dari target {said} baru tercapai {tally}"),
        "stmt.shown_in_part": ("shown at {places}; no figure for {missing}", "terbukti di {places}; belum ada angka untuk {missing}"),
        "stmt.parts_differ": (
            "some parts are supported and others are not; they say {made} of {said}",
            "sebagian didukung dan sebagian tidak; bagian-bagiannya menyebut {made} dari {said}",
        ),
        "stmt.parts_incomplete": (
            "the parts explain {made} of {said}; {gap} is not itemised",
            "bagian-bagiannya menjelaskan {made} dari {said}; {gap} tidak dirinci",
        ),
        "stmt.parts_unopened": (
            "the parts add up to {made}, but no event stands behind them",
            "bagian-bagiannya berjumlah {made}, tetapi tidak ada peristiwa di baliknya",
        ),
        "stmt.sum_refused": ("there is no sum of {parts}: they are different units", "{parts} tidak dapat dijumlahkan: satuannya berbeda"),
        "stmt.no_events": ("nothing is booked for this", "belum ada yang dibukukan untuk ini"),
        "stmt.taken_back": ("what was booked for this has been taken back: {tally}", "yang pernah dibukukan untuk ini sudah ditarik kembali: {tally}"),
        "stmt.other_measures": (
            "nothing is booked for this; in the same scope there is only {found}, which is something else",
            "belum ada yang dibukukan untuk ini; dalam cakupan yang sama hanya ada {found}, yaitu hal lain",
        ),
        "stmt.other_units": ("nothing is counted in this unit; there is {found}", "tidak ada yang dihitung dalam satuan ini; yang ada {found}"),
        "stmt.announced_only": ("announced, and nothing of it is booked as delivered", "baru diumumkan; belum ada penyaluran yang dibukukan"),
        "stmt.no_scope": ("nothing is named against which this could be held", "tidak disebut apa yang dapat menjadi pembandingnya"),
        "stmt.subtrahend_missing": (
            "there is {found}, but nothing is booked of what is to be taken off; unknown is not 0",
            "ada {found}, tetapi pengurangnya belum dibukukan; tidak diketahui bukan berarti 0",
        ),
        "stmt.numerator_missing": (
            "a percentage needs its two figures; the first, of which the share is made, is not booked",
            "persentase memerlukan dua angka; angka pertama (pembilang) belum dibukukan",
        ),
        "stmt.denominator_missing": (
            "a percentage needs its two figures; the second, of which it is a share, is not booked",
            "persentase memerlukan dua angka; angka kedua (penyebut) belum dibukukan",
        ),
        "stmt.percent_figures_missing": (
            "a percentage needs its two figures; neither is booked in one and the same unit",
            "persentase memerlukan dua angka; keduanya belum dibukukan dalam satuan yang sama",
        ),
        "stmt.percent_unit_open": (
            "a percentage needs its two figures; it is not said in which unit they are counted: {found}",
            "persentase memerlukan dua angka; satuannya tidak disebut: {found}",
        ),
        "stmt.exceeded": ("the events come to {tally} (gap {gap} to {said})", "jumlah peristiwanya {tally} (selisih {gap} dari {said})"),
        "stmt.short_when_closed": (
            "the events come to {tally} (gap {gap} to {said}), and nothing more is expected: the period is closed",
            "jumlah peristiwanya {tally} (selisih {gap} dari {said}) dan tidak akan bertambah: periodenya sudah ditutup",
        ),
        "stmt.difference_short": (
            "the difference of the events is {tally} (gap {gap} to {said})",
            "selisih antarperistiwanya {tally} (berbeda {gap} dari {said})",
        ),
        "stmt.counted_otherwise": ("{said} is another thing: what is counted is {found}", "{said} itu keliru: yang dihitung adalah {found}"),
        "stmt.part_contradicted": ("the events contradict the part {label}", "peristiwa bertentangan dengan bagian {label}"),
        "stmt.parts_exceed": ("the parts come to {made}, more than {said}", "bagian-bagiannya berjumlah {made}, lebih dari {said}"),
    }
)

_AND: Final[Mapping[Language, str]] = MappingProxyType({"en": " and ", "id": " dan "})


def plainly(amount: Amount) -> str:
    """Return an amount in codes: 1985 group (assisted)."""
    measure = f" ({amount.measure})" if amount.measure else ""
    return f"{format_steps(amount.steps, amount.unit)} {amount.unit}{measure}"


def in_words(reason: Reason, lang: Language, shown: Callable[[Amount], str] = plainly) -> str:
    """Return the words of a reason; ``shown`` writes an amount as its reader expects."""
    english, indonesian = _WORDS[reason.code]
    amounts = {name: _listed(values, lang, shown) for name, values in reason.amounts.items()}
    filled = {**dict.fromkeys(("tally", "said", "gap", "made", "found", "parts", "places", "missing", "label"), ""), **amounts, **reason.names}
    text = (indonesian if lang == "id" else english).format(**filled)
    return " ".join(text.split())


def _listed(amounts: Sequence[Amount], lang: Language, shown: Callable[[Amount], str]) -> str:
    words = [shown(amount) for amount in amounts]
    return _AND[lang].join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
