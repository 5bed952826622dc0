"""Two web nodes and two matchers over one PostgreSQL: any may be killed, or restarted; nothing acknowledged is lost."""

import json
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self
from urllib.request import Request, build_opener

import pytest
from tests.functional.crowd import Crowd
from tests.functional.running_desk import NO_UPLOADS, URL, Person, RunningDesk, answer_of
from tests.functional.test_kill import ROUNDS, assert_kept
from tests.postgres import MISSING, Server, programs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("postgresql"),
    pytest.mark.skipif(programs() is None, reason=MISSING),
    pytest.mark.skipif("ARGINE_TEST_SERVER" in os.environ, reason="the whole run is over PostgreSQL already"),
]

DRAIN_S = 2
GONE = (OSError, HTTPException, AssertionError)
SIGNAL = {"type": "pdq", "value": secrets.token_hex(32), "quality": 100}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server.make().start()
    yield made
    made.remove()


@pytest.fixture(scope="module")
def nodes(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RunningDesk]]:
    """Each has a folder of its own; the second got the keys of the first, as its operator copies them."""
    folder, url = tmp_path_factory.mktemp("nodes"), server.new_database()
    made = [
        RunningDesk(
            folder / name,
            {**NO_UPLOADS, URL: url, "ARGINE_NODE": name, "ARGINE_TRUST_PROXY": "yes"},
            words=("--drain", str(DRAIN_S)),
        )
        for name in ("one", "two")
    ]
    made[0].start()
    shutil.copytree(folder / "one" / "keys", folder / "two" / "keys")
    made[1].start()
    yield made
    for node in made:
        node.stop()


@pytest.fixture(scope="module")
def matchers(nodes: list[RunningDesk], server: Server) -> Iterator[list[RunningDesk]]:
    """Two more that only answer platforms."""
    folder, url = nodes[0].data.parent, nodes[0].environment[URL]
    made = [
        RunningDesk(folder / name, {URL: url, "ARGINE_NODE": name}, words=("--faces", "api"))
        for name in ("three", "four")
    ]
    for matcher in made:
        shutil.copytree(nodes[0].data / "keys", matcher.data / "keys")
        matcher.start()
    yield made
    for matcher in made:
        matcher.end()


def check(node: RunningDesk, key: str) -> tuple[int, Any]:
    return node.api("check", {"signals": [SIGNAL]}, key=key)


class Platform:
    """The platform's software: it checks without a pause, and asks another node where one does not answer."""

    def __init__(self, key: str, order: Callable[[int], list[RunningDesk]]) -> None:
        self.key, self.order = key, order
        self.answered, self.unanswered = 0, list[object]()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._check)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_reason: object) -> None:
        self._end.set()
        self._thread.join()

    def _check(self) -> None:
        turn = 0
        while not self._end.is_set():
            turn += 1
            tried: list[object] = []
            for node in self.order(turn):
                with suppress(*GONE):
                    status, answer = check(node, self.key)
                    tried.append(status)
                    if status == 200 and answer["verdict"] in {"allow", "review"}:
                        self.answered += 1
                        break
            else:
                self.unanswered.append(tried)
            sleep(0.02)


def wait_for(found: Callable[[], object], seconds: float = 60) -> None:
    end = monotonic() + seconds
    while not found():
        assert monotonic() < end, "it did not happen in time"
        sleep(0.05)


def in_turn(nodes: list[RunningDesk]) -> Callable[[int], list[RunningDesk]]:
    return lambda turn: nodes[turn % 2 :] + nodes[: turn % 2]


def test_any_web_node_and_any_matcher_may_be_killed_and_checks_go_on_and_nothing_acknowledged_is_lost(
    nodes: list[RunningDesk], matchers: list[RunningDesk]
) -> None:
    for killed in (nodes[0], matchers[0], nodes[1], matchers[1])[: max(2, 2 * (ROUNDS - 1))]:
        left = [node for node in nodes if node is not killed]
        with Platform(nodes[0].key, in_turn(matchers)) as platform:
            with Crowd(nodes[0]).telling() as first, Crowd(nodes[1]).telling() as second:
                wait_for(lambda: first.codes and second.codes and platform.answered > 5)
                killed.kill()
                there = second if killed is nodes[0] else first
                before, checked = len(there.codes), platform.answered
                # The others go on: people report there, the platform is answered.
                wait_for(lambda: len(there.codes) > before + 1 and platform.answered > checked + 20)  # noqa: B023
            assert platform.unanswered == []
        # What was acknowledged anywhere is seen at those that are left, and at the one that came back.
        assert_kept(left[0], first)
        assert_kept(left[0], second)
        killed.start()
        if killed in nodes:
            assert_kept(killed, there)
    assert nodes[0].verify().returncode == 0


def test_what_one_node_takes_up_counts_at_the_others_next_check(nodes: list[RunningDesk]) -> None:
    assert [check(node, nodes[0].key)[1]["verdict"] for node in nodes] == ["allow", "allow"]
    Person(nodes[0].base).report(signals=json.dumps([{"signals": [SIGNAL]}]))
    assert [check(node, nodes[0].key)[1]["verdict"] for node in nodes] == ["review", "review"]


def test_a_node_may_be_restarted_while_the_other_serves_and_no_request_fails(nodes: list[RunningDesk]) -> None:
    ready = {node.port: True for node in nodes}
    end = threading.Event()

    def balance() -> None:
        """As a load balancer looks who is well."""
        while not end.is_set():
            for node in nodes:
                ready[node.port] = is_well(node)
            sleep(0.1)

    def those_that_are_well(turn: int) -> list[RunningDesk]:
        found = [node for node in nodes if ready[node.port]]
        # One alone: what fails there is a failed request.
        return found[turn % len(found) :][:1] if found else []

    balancer = threading.Thread(target=balance)
    balancer.start()
    with Platform(nodes[0].key, those_that_are_well) as platform:
        for node in nodes:
            assert node.stop() == 0
            node.start()
            wait_for(lambda: ready[node.port])  # noqa: B023
    end.set()
    balancer.join()
    assert platform.unanswered == []
    assert platform.answered > 20


def is_well(node: RunningDesk) -> bool:
    with suppress(*GONE):
        return answer_of(build_opener(), Request(f"{node.base}/health"))[0] == 200
    return False


def told_to_come_again(node: RunningDesk) -> bool:
    """A check of the platform's, and a look at how the node is, meanwhile."""
    health = answer_of(build_opener(), Request(f"{node.base}/health"))
    status, answer = check(node, node.key)
    return (health[0], status, answer["error"]) == (503, 503, "http_503")


def test_nodes_outlive_their_database_and_lose_nothing_that_was_acknowledged(
    nodes: list[RunningDesk], server: Server
) -> None:
    with Crowd(nodes[0]).telling() as here, Crowd(nodes[1]).telling() as there:
        wait_for(lambda: here.codes and there.codes)
        server.stop()  # as a crash: nobody may finish
        for node in nodes:
            assert told_to_come_again(node)
        server.start()
        before = len(there.codes)
        wait_for(lambda: len(there.codes) > before)
    for node in nodes:
        assert_kept(node, here)
        assert_kept(node, there)
        wait_for(lambda: check(node, nodes[0].key)[0] == 200)  # noqa: B023
    assert nodes[0].verify().returncode == 0


def test_each_node_keeps_the_logs_head_beside_its_own_keys(nodes: list[RunningDesk]) -> None:
    heads: list[Path] = [node.data / "checkpoint.txt" for node in nodes]
    # Each is a job of its node: planned at its start, done a minute later.
    wait_for(lambda: all(head.exists() for head in heads), 100)


MANY = 20_100
"""A few more than make a bank's files worth their while."""

MANY_ROUNDS = 4


def index_files(node: RunningDesk) -> set[Path]:
    return {place for place in (node.data / "index").glob("[0-9]*") if place.is_dir()}


def make_files_now(node: RunningDesk) -> None:
    """Let the job that is planned for in ten minutes be done by each node's own worker, at the same time."""
    node.sql("UPDATE jobs_job SET run_after = now() WHERE kind = 'banks.files'")


@pytest.mark.skipif(ROUNDS < MANY_ROUNDS, reason="20,100 entries take long to write: ARGINE_KILLS=4 runs it")
def test_nodes_make_their_own_index_files_at_the_same_time_and_a_withdrawal_leaves_all(
    nodes: list[RunningDesk], tmp_path: Path
) -> None:
    values = [secrets.token_hex(32) for _ in range(MANY)]
    (tmp_path / "many").write_text("".join(f"pdq {value}\n" for value in values))
    done = nodes[0].command("bank", "import", "removed", str(tmp_path / "many"), "--json")
    assert done.returncode == 0, done.stdout + done.stderr

    def verdicts(value: str) -> list[str]:
        asked = {"signals": [{"type": "pdq", "value": value, "quality": 100}]}
        return [node.api("check", asked, key=nodes[0].key)[1]["verdict"] for node in nodes]

    assert verdicts(values[0]) == ["block", "block"]
    make_files_now(nodes[0])
    wait_for(lambda: all(index_files(node) for node in nodes), 120)
    # A node that begins with its files answers as the one that has followed all along.
    nodes[1].kill()
    nodes[1].start()
    assert [verdicts(value) for value in values[1:4]] == [["block", "block"]] * 3
    before = [index_files(node) for node in nodes]
    ((entry,),) = nodes[0].sql("SELECT entry_id FROM banks_entrysignal WHERE value = ?", bytes.fromhex(values[5]))
    withdrawn = nodes[1].command("bank", "withdraw", str(entry), "--erase")
    assert withdrawn.returncode == 0, withdrawn.stdout + withdrawn.stderr
    assert verdicts(values[5]) == ["allow", "allow"]
    make_files_now(nodes[0])
    wait_for(
        lambda: all(index_files(node) and not index_files(node) & old for node, old in zip(nodes, before, strict=True)),
        120,
    )
    nodes[0].kill()
    nodes[0].start()
    assert (verdicts(values[5]), verdicts(values[6])) == (["allow", "allow"], ["block", "block"])
