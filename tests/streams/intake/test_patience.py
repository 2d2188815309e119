"""What does not come in time is given up, and one timer is enough for everything that is waited for."""

import asyncio

import pytest

from streams.intake.patience import Patience, Timeout


def give_up(future: "asyncio.Future[str]") -> None:
    future.set_result("given up")


async def test_each_is_given_up_when_its_own_time_is_over() -> None:
    patience: Patience[asyncio.Future[str]] = Patience(0.05, give_up)
    loop = asyncio.get_running_loop()
    ended: list[float] = []
    for _ in range(3):
        future: asyncio.Future[str] = loop.create_future()
        began = loop.time()
        patience.watch(future)
        assert await future == "given up"
        ended.append(loop.time() - began)
    assert all(0.049 <= seconds < 5 for seconds in ended)


async def test_what_came_in_time_is_left_alone_and_what_began_later_still_ends() -> None:
    patience: Patience[asyncio.Future[str]] = Patience(0.05, give_up)
    first, second, third = (asyncio.get_running_loop().create_future() for _ in range(3))
    for future in (first, second, third):
        patience.watch(future)
    second.set_result("came")
    assert [await one for one in (first, second, third)] == ["given up", "came", "given up"]


async def test_what_takes_too_long_inside_a_timeout_is_interrupted_and_nothing_else() -> None:
    patience: Patience[Timeout] = Patience(0.02, Timeout.end)
    with pytest.raises(TimeoutError):
        async with Timeout(patience):
            await asyncio.Event().wait()
    async with Timeout(patience):
        await asyncio.sleep(0)
    await asyncio.wait_for(_outlast(patience), 5)


async def test_a_task_that_others_cancel_is_cancelled() -> None:
    patience: Patience[Timeout] = Patience(60, Timeout.end)

    async def wait() -> None:
        async with Timeout(patience):
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def _outlast(patience: "Patience[Timeout]") -> None:
    """Wait until something that was watched later is given up: whatever was watched before had its time."""
    with pytest.raises(TimeoutError):
        async with Timeout(patience):
            await asyncio.Event().wait()
