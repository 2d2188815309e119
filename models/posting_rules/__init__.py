"""What each noun's events add to which cells: payments, goods, services, plans. ``models.postings`` says which rule is whose."""
