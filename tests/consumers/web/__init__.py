"""The auditors' side: the read API and the pages, over the booked demonstration."""
