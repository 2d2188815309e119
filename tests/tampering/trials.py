"""Each forgery tried many times, and what everybody said: who noticed, who must have, and whether the first bad row was named."""

import dataclasses
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from tests.consumers.proof.sealed import SealedLedger
from tests.tampering.forgeries import FORGERIES
from tests.tampering.watchers import WATCHERS, Copy, ask


@dataclasses.dataclass
class Trial:
    """What came of one forgery: how often each watcher noticed, out of how many, and what was not as it must be."""

    name: str
    tried: int = 0
    noticed: Counter[str] = dataclasses.field(default_factory=Counter)
    with_a_bad_row: int = 0
    named: int = 0
    wrong: list[str] = dataclasses.field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        noticed = {watcher: self.noticed[watcher] for watcher in WATCHERS}
        return {"forgery": self.name, "tried": self.tried, "noticed": noticed, "first bad row named": [self.named, self.with_a_bad_row], "wrong": self.wrong}


def tried(name: str, ledger: SealedLedger, folder: Path, chance: random.Random, *, times: int) -> Trial:
    """Commit a forgery so often, each time in a fresh copy, and ask everybody."""
    forgery, trial = FORGERIES[name], Trial(name)
    for number in range(times):
        copy = Copy(ledger, folder / f"copy-{number}")
        bad = forgery.does(copy, chance)
        proofs = copy.proofs(chance)
        if forgery.after is not None:
            forgery.after(copy, proofs, chance)
        told = ask(copy, proofs)
        trial.tried += 1
        trial.noticed.update(told.noticed)
        if told.noticed != forgery.noticed_by:
            trial.wrong.append(f"noticed by {sorted(told.noticed ^ forgery.noticed_by)} otherwise than it must: {told.named}")
        trial.wrong += told.disagree
        if bad is not None:
            trial.with_a_bad_row += 1
            trial.named += told.named.get("verify, kept seals") == str(bad)
        shutil.rmtree(copy.folder)
    return trial
