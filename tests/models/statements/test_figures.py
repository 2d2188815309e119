"""Figures with parts, claims without value, and the verdict on a statement that follows from its figures'."""

from typing import get_args

import pytest

from models.statements.figures import judge_figure
from models.statements.sums import Amount, FigureSums
from models.statements.verdicts import Verdict, of_statement
from tests.models.statements.scopes import SCOPE, amount, figure, said_of, sums, with_parts

FIVE = (212_260, 106_014, 4_080, 4_020, 639)


def test_parts_that_are_each_supported_and_make_the_whole_support_it() -> None:
    found = with_parts("327013 person", [(f"{part} person", sums(f"{part} person")) for part in FIVE])
    assert said_of(found) == ("supported", "stmt.parts_add_up")
    assert (found.judged.tally, found.judged.gap) == (Amount(327_013, "person"), Amount(0, "person"))


def test_parts_make_the_whole_by_its_own_qualifier() -> None:
    parts = [(f"{part} person", sums(f"{part} person")) for part in (380_221, 1_058_284, 318_959)]
    assert said_of(with_parts("1700000 person", parts, qualifier="about", nearest=100_000)) == ("supported", "stmt.parts_add_up")
    assert said_of(with_parts("1700000 person", parts)) == ("contradicted", "stmt.parts_exceed")


def test_parts_that_explain_less_than_the_whole_leave_it_part_though_the_tally_is_right() -> None:
    parts = [(f"{part} package", sums(f"{part} package")) for part in (840, 137, 233)]
    found = with_parts("3453 package", parts, own=sums("3453 package"))
    assert said_of(found) == ("part", "stmt.parts_incomplete")
    assert found.judged.reason.amounts["gap"] == (Amount(2_243, "package"),)
    assert found.judged.tally == Amount(3_453, "package")


def test_parts_in_several_units_are_never_added_and_both_are_named() -> None:
    found = with_parts("348843 person", [("239675 person", sums("239675 person")), ("109168 package", sums("109168 package"))])
    assert said_of(found) == ("part", "stmt.sum_refused")
    assert found.judged.reason.amounts["parts"] == (Amount(239_675, "person"), Amount(109_168, "package"))
    assert found.judged.tally is None


def test_parts_in_several_units_without_any_event_are_unsupported() -> None:
    assert said_of(with_parts("5 person", [("2 person", sums()), ("3 package", sums())])) == ("unsupported", "stmt.no_events")
    assert said_of(with_parts("5 person", [("2 person", None), ("3 package", None)])) == ("unsupported", "stmt.no_scope")


def test_parts_in_one_unit_do_not_make_a_whole_in_another() -> None:
    assert said_of(with_parts("5 person", [("2 package", sums("2 package")), ("3 package", sums("3 package"))])) == ("part", "stmt.sum_refused")


def test_parts_that_nothing_opens_are_part_if_they_add_up() -> None:
    assert said_of(with_parts("20915 package", [("13970 package", None), ("6945 package", None)])) == ("part", "stmt.parts_unopened")
    assert said_of(with_parts("20916 package", [("13970 package", None), ("6945 package", None)])) == ("unsupported", "stmt.no_scope")
    assert said_of(with_parts("20914 package", [("13970 package", None), ("6945 package", None)])) == ("contradicted", "stmt.parts_exceed")


def test_one_contradicted_part_contradicts_the_whole() -> None:
    found = with_parts("5 person", [("2 person", sums("3 person")), ("3 person", sums("3 person"))])
    assert said_of(found) == ("contradicted", "stmt.part_contradicted")
    assert found.judged.reason.names == {"label": "part 1"}
    assert [part.judged.verdict for part in found.parts if part.judged] == ["contradicted", "supported"]


def test_a_missing_or_short_part_leaves_the_whole_part() -> None:
    assert said_of(with_parts("5 person", [("2 person", sums()), ("3 person", sums("3 person"))])) == ("part", "stmt.parts_differ")
    assert said_of(with_parts("5 person", [("2 person", sums("1 person")), ("3 person", sums("3 person"))])) == ("part", "stmt.parts_differ")
    assert said_of(with_parts("5 person", [("2 person", None), ("3 person", sums("3 person"))])) == ("part", "stmt.parts_differ")
    assert said_of(with_parts("5 person", [("2 person", sums()), ("3 person", sums())])) == ("unsupported", "stmt.no_events")


def test_the_tally_of_the_whole_weighs_beside_its_parts() -> None:
    parts = [("2 person", sums("2 person")), ("3 person", sums("3 person"))]
    assert said_of(with_parts("5 person", parts, own=sums("5 person"))) == ("supported", "stmt.parts_add_up")
    assert said_of(with_parts("5 person", parts, own=sums("6 person"))) == ("contradicted", "stmt.exceeded")
    assert said_of(with_parts("5 person", parts, own=sums("4 person"))) == ("part", "stmt.short_so_far")
    assert said_of(with_parts("5 person", parts, own=sums())) == ("part", "stmt.parts_differ")


def test_parts_without_scopes_are_carried_by_the_tally_of_the_whole() -> None:
    parts = [("2 person", None), ("3 person", None)]
    assert said_of(with_parts("5 person", list(parts), own=sums("5 person"))) == ("supported", "stmt.equal")
    assert said_of(with_parts("5 person", list(parts), own=sums())) == ("unsupported", "stmt.no_events")


def test_a_value_against_which_nothing_can_be_held_is_unsupported() -> None:
    assert said_of(judge_figure(figure("63000 person", "about"), FigureSums())) == ("unsupported", "stmt.no_scope")


def test_a_claim_without_value_is_shown_by_anything_that_counts_in_its_scope() -> None:
    claim = figure(scope=SCOPE)
    assert said_of(judge_figure(claim, FigureSums(scope=sums("3 piece")))) == ("supported", "stmt.shown")
    assert said_of(judge_figure(claim, FigureSums(scope=sums()))) == ("unsupported", "stmt.no_events")
    assert said_of(judge_figure(claim, FigureSums(scope=sums("0 piece")))) == ("unsupported", "stmt.no_events")
    assert said_of(judge_figure(claim, FigureSums(scope=sums(others=(amount("9 piece", "produced"),))))) == ("unsupported", "stmt.other_measures")
    assert said_of(judge_figure(claim, FigureSums(scope=sums(others=(amount("9 piece/day", "capacity"),))))) == ("unsupported", "stmt.no_events")


def test_a_claim_of_several_destinations_is_shown_at_each_and_nothing_there_is_no_figure() -> None:
    claim = figure(scope=SCOPE)
    given = (amount("3 piece"),)

    def found(**destinations: tuple[Amount, ...]) -> FigureSums:
        total = sum(len(amounts) for amounts in destinations.values())
        return FigureSums(scope=sums(*(["3 piece"] if total else []), destinations=destinations))

    assert said_of(judge_figure(claim, found(HK=given, TW=given))) == ("supported", "stmt.shown")
    assert said_of(judge_figure(claim, found(HK=(), TW=()))) == ("unsupported", "stmt.no_events")
    some = judge_figure(claim, found(HK=given, TW=(), BN=()))
    assert said_of(some) == ("part", "stmt.shown_in_part")
    assert some.judged.reason.names == {"places": "HK", "missing": "BN, TW"}
    assert some.destinations == {"HK": given, "TW": (), "BN": ()}


def test_what_is_promised_is_not_shown_by_a_plan() -> None:
    claim = figure(qualifier="target", scope=SCOPE)
    assert said_of(judge_figure(claim, FigureSums(scope=sums("5 IDR", measure="budget")))) == ("unsupported", "stmt.announced_only")
    assert said_of(judge_figure(claim, FigureSums(scope=sums("5 IDR", measure="paid")))) == ("supported", "stmt.shown")


def test_a_claim_may_be_shown_by_events_that_post_nothing() -> None:
    claim = figure(shown_by={"type": "salur.programme.resumed.v1"})
    assert said_of(judge_figure(claim, FigureSums(shown={"HK": 1, "KR": 1}))) == ("supported", "stmt.shown")
    assert said_of(judge_figure(claim, FigureSums(shown={"HK": 1, "MY": 0}))) == ("part", "stmt.shown_in_part")
    assert said_of(judge_figure(claim, FigureSums(shown={}))) == ("unsupported", "stmt.no_events")


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        (["supported"], "supported"),
        (["supported", "supported"], "supported"),
        (["unsupported", "unsupported"], "unsupported"),
        (["supported", "unsupported"], "part"),
        (["part", "unsupported"], "part"),
        (["supported", "part"], "part"),
        (["supported", "unsupported", "contradicted"], "contradicted"),
    ],
)
def test_the_verdict_on_a_statement_follows_from_those_on_its_figures(verdicts: list[Verdict], whole: Verdict) -> None:
    assert of_statement(verdicts) == whole
    assert whole in get_args(Verdict)
