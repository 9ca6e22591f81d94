"""Many clients at once: nothing is lost, nothing is doubled, nobody meets."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from stepmock.mock_server.clock import FrozenClock

SEQUENCE = "seq_lkCSKd32qSZZTe5Ru"
STEPS = f"/sequences/{SEQUENCE}/steps"
LISTING = "/campaigns/cam_docs0000000000000/sequences"
THREADS = 8
EACH = 25


def in_parallel(work: Callable[[int], Any]) -> list[Any]:
    """Run `work` in all threads at once; return what each came to."""
    together = Barrier(THREADS)

    def run(number: int) -> Any:
        together.wait(20)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_steps_that_are_added_to_one_sequence_at_once_are_all_there(client: Any) -> None:
    def add(number: int) -> list[str]:
        replies = [client.post(STEPS, json={"type": "manual", "title": f"{number}/{turn}"}) for turn in range(EACH)]
        assert [reply.status for reply in replies] == [200] * EACH
        return [reply.json()["_id"] for reply in replies]

    made = [name for names in in_parallel(add) for name in names]
    listed = client.get(LISTING).json()[SEQUENCE]["steps"]
    assert len(set(made)) == THREADS * EACH
    assert {step["_id"] for step in listed} == set(made)
    assert len(listed) == len(made)
    assert len({step["emailTemplateId"] for step in listed}) == len(made)
    assert {step["title"] for step in listed} == {
        f"{number}/{turn}" for number in range(THREADS) for turn in range(EACH)
    }
    assert [step["index"] for step in listed] == list(range(1, len(made) + 1))
    assert [step["sequenceStep"] for step in listed] == list(range(len(made)))


def test_each_thread_finds_its_own_steps_in_order(client: Any) -> None:
    in_parallel(
        lambda number: [client.post(STEPS, json={"type": "manual", "title": f"{number}/{turn}"}) for turn in range(5)]
    )
    listed = [step["title"].split("/") for step in client.get(LISTING).json()[SEQUENCE]["steps"]]
    for number in range(THREADS):
        assert [turn for who, turn in listed if who == str(number)] == ["0", "1", "2", "3", "4"]


def test_adding_and_deleting_at_once_leaves_what_was_not_deleted(client: Any) -> None:
    def come_and_go(number: int) -> str:
        stays = ""
        for turn in range(10):
            made = client.post(STEPS, json={"type": "linkedinVisit", "index": 0}).json()["_id"]
            if turn < 9:
                assert client.delete(f"{STEPS}/{made}").status == 200
            else:
                stays = made
        return stays

    stays = in_parallel(come_and_go)
    listed = client.get(LISTING).json()[SEQUENCE]["steps"]
    assert {step["_id"] for step in listed} == set(stays)
    assert [step["index"] for step in listed] == list(range(1, THREADS + 1))


def test_one_step_is_deleted_by_one_thread_only(client: Any) -> None:
    made = client.post(STEPS, json={"type": "linkedinVisit"}).json()["_id"]
    statuses = in_parallel(lambda number: client.delete(f"{STEPS}/{made}").status)
    assert sorted(statuses) == [200] + [404] * (THREADS - 1)


def test_a_listing_that_is_read_while_steps_come_is_whole(client: Any) -> None:
    def work(number: int) -> None:
        for _ in range(10):
            if number % 2:
                assert client.post(STEPS, json={"type": "linkedinVisit", "index": 0}).status == 200
            else:
                listed = client.get(LISTING).json()[SEQUENCE]["steps"]
                assert [step["index"] for step in listed] == list(range(1, len(listed) + 1))
                assert len({step["_id"] for step in listed}) == len(listed)

    in_parallel(work)
    assert len(client.get(LISTING).json()[SEQUENCE]["steps"]) == THREADS // 2 * 10


def test_keys_that_work_in_parallel_never_meet(client: Any) -> None:
    def work(number: int) -> tuple[set[str], set[str]]:
        own = client.with_key(f"{client.key}, {number}")
        made = {own.post(STEPS, json={"type": "manual", "title": str(number)}).json()["_id"] for _ in range(10)}
        listed = own.get(LISTING).json()[SEQUENCE]["steps"]
        assert {step["title"] for step in listed} == {str(number)}
        return made, {step["_id"] for step in listed}

    worlds = in_parallel(work)
    assert all(made == listed for made, listed in worlds)
    assert len(set().union(*(made for made, _ in worlds))) == THREADS * 10


def test_a_world_that_is_opened_by_many_at_once_is_opened_once(client: Any) -> None:
    teams = in_parallel(lambda number: client.get("/team").json()["_id"])
    assert len(set(teams)) == 1


def test_the_quota_lets_exactly_20_of_many_through(core: Callable[..., Any]) -> None:
    client = core(rate_limit=True, clock=FrozenClock(1_700_000_000))
    rounds = in_parallel(lambda number: [client.get("/team").status for _ in range(5)])
    statuses = [status for each in rounds for status in each]
    assert (statuses.count(200), statuses.count(429)) == (20, 20)
