"""`salur topics`: create the topics that are missing, and say which are not as declared."""

from typing import Annotated

import typer

from deploy import running
from deploy.cli.console import NO, print_json, print_table
from deploy.cli.options import Data, Json, Lang, asked
from deploy.cli.remark_words import remark
from deploy.cli.words import say

CheckOnly = Annotated[bool, typer.Option("--check", help="Create nothing.")]
Partner = Annotated[list[str] | None, typer.Option("--partner", metavar="CODE", help="Also the topic of this direct producer.", show_default=False)]


def command(check: CheckOnly = False, partner: Partner = None, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Create and check every topic. What differs is reported, never changed: exit code 1."""
    from deploy import topics

    question = asked(data=data, lang=lang, json=json)
    settings = question.settings
    act = topics.check if check else topics.ensure
    states = act(
        running.bootstrap_servers(settings),
        partitions=settings.partitions,
        replication_factor=settings.replication_factor,
        min_insync_replicas=settings.min_insync_replicas,
        partners=partner or (),
    )
    if json:
        print_json([{"topic": state.name, "status": state.status, "differences": [str(difference) for difference in state.differences]} for state in states])
    else:
        rows = [
            [state.name, remark(state.status, question.lang), "; ".join(remark(str(difference), question.lang) for difference in state.differences)]
            for state in states
        ]
        print_table([(say(name, question.lang), False) for name in ("topic", "status", "differences")], rows)
    if any(state.status in ("missing", "differs") for state in states):
        raise typer.Exit(NO)
