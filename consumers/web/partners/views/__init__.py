"""Views of the partners' pages: each makes one page from the ledger's answers about one partner."""
