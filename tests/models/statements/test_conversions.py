"""Pack conversions stand beside the figures that they concern, and never change one."""

from models.statements.conversions import beside, shipped


def test_a_conversion_stands_beside_either_end_of_it_and_no_other_figure() -> None:
    boxes = beside(shipped(), items=["masker-kotak"], unit="box")
    assert [(one.quantity, one.into_quantity, one.qualifier) for one in boxes] == [("700", "33000", "about")]
    assert beside(shipped(), items=["masker", "sembako"], unit="piece") == boxes
    assert beside(shipped(), items=["sembako"], unit="box") == ()
    assert beside(shipped(), items=["masker-kotak"], unit="piece") == ()


def test_every_conversion_has_its_day_and_its_source() -> None:
    assert all(one.date and one.source for one in shipped())
