"""The auditors' side of the web process: the read API below /v1 and the pages below /id and /en, over the ledger's answers."""
