"""Drawings of the pages as values: the geometry of time series and of the map. How they look is the style sheet's."""
