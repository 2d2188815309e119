"""The page of everything that the articles name: each thing has carriers that exist, each sentence is covered, nothing is left over."""

import json

import pytest

from deploy.demo import catalogue, named
from deploy.demo.named import Article
from models.codelists import reader

ARTICLES = {article.source: article for article in named.articles()}
FIVE = ("antara-refokus", "bsu-tahun-ini", "antara-jkp", "kompas-jps", "menaker-blk")
KINDS = {"activity", "body", "figure", "goods", "intention", "law", "office", "people", "place", "programme", "publisher", "time"}
STALE = "named.toml, a code list or an event changed → run: python -m deploy.demo.named"


def used() -> set[str]:
    return {carrier for article in ARTICLES.values() for thing in article.things for carrier in thing.carriers}


def test_the_committed_page_is_the_one_that_is_made() -> None:
    assert named.PAGE.read_text("utf-8") == named.page(), STALE


def test_the_five_articles_come_first_and_each_source_is_on_the_list() -> None:
    assert tuple(ARTICLES)[: len(FIVE)] == FIVE
    assert set(ARTICLES) <= {row["code"] for row in reader.rows("sources")}


@pytest.mark.parametrize("source", FIVE)
def test_every_sentence_of_an_article_is_covered_and_no_other(source: str) -> None:
    article = ARTICLES[source]
    covered = {sentence for thing in article.things for sentence in thing.sentences} | {sentence for part in article.outside for sentence in part.sentences}
    assert covered == set(range(1, article.sentences + 1))


@pytest.mark.parametrize("article", ARTICLES.values(), ids=lambda article: article.source)
def test_everything_named_has_a_kind_and_carriers_that_exist(article: Article) -> None:
    known = named.carriers()
    for thing in article.things:
        assert thing.kind in KINDS, thing.name
        assert thing.carriers, thing.name
        assert set(thing.carriers) <= set(known), thing.name
        assert len(set(thing.carriers)) == len(thing.carriers), thing.name


@pytest.mark.parametrize("article", ARTICLES.values(), ids=lambda article: article.source)
def test_nothing_is_named_twice_in_one_article_for_the_same_sentence(article: Article) -> None:
    places = [(sentence, thing.name) for thing in article.things for sentence in thing.sentences or (0,)]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("article", ARTICLES.values(), ids=lambda article: article.source)
def test_a_figure_is_carried_by_an_event_or_a_statement(article: Article) -> None:
    for thing in article.things:
        if thing.kind == "figure":
            assert {carrier.split(":")[0] for carrier in thing.carriers} & {"event", "statement", "type"}, thing.name


@pytest.mark.parametrize("kind", [kind for kind in named.LISTS if kind not in {"source", "unit"}])
def test_no_code_that_the_articles_gave_is_left_over(kind: str) -> None:
    codes = {f"{kind}:{row['code']}" for row in reader.rows(named.LISTS[kind]) if row["source"] in FIVE}
    assert codes - used() == set()


def test_no_statement_and_no_published_event_is_left_over() -> None:
    left = set()
    for name in catalogue.published():
        for line in catalogue.lines(name):
            event = json.loads(line.value)
            carriers = {f"event:{event['id']}", f"statement:{event['data'].get('statement')}"}
            if not carriers & used():
                left.add(event["id"])
    assert left == set()


def test_no_sentence_of_an_article_is_copied_at_length() -> None:
    for article in ARTICLES.values():
        assert all(len(thing.name) < 120 for thing in article.things)


def test_every_carrier_is_of_a_kind_that_the_page_explains() -> None:
    assert {carrier.split(":")[0] for carrier in used()} <= {*named.LISTS, "pack", "type", "event", "statement"}
