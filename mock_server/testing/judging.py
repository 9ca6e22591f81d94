"""Holds what one test sent against the contracts, at the end of each of its phases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .markers import said

if TYPE_CHECKING:
    from .coverage import Tally
    from .verdict import Verdict
    from .watching import Request, Watch

TALLY: pytest.StashKey[Tally] = pytest.StashKey()
"""What the run has exercised, kept with the config where somebody wants to know."""

TITLE = "stepmock"
"""What the parts of a report that are ours are called, with the phase behind it where that is not the call."""

_judge: pytest.StashKey[Judge] = pytest.StashKey()


def judge_of(item: pytest.Item) -> Judge:
    """Return the judge of a test, who is made when he is first asked for."""
    if (judge := known_judge_of(item)) is None:
        judge = item.stash[_judge] = Judge(item)
    return judge


def begin_anew(item: pytest.Item) -> None:
    """Forget what was said of a test: it may be run again."""
    if known_judge_of(item) is not None:
        del item.stash[_judge]
    item.user_properties[:] = [each for each in item.user_properties if not each[0].startswith(TITLE)]


def known_judge_of(item: pytest.Item) -> Judge | None:
    """Return the judge of a test that has one."""
    return item.stash.get(_judge, None)


class Judge:
    """Who reads the journals of what a test uses. `said` are the texts for the report, with their phases.

    `broken` and `found` are the codes of error rules that were broken, and of findings that are errors, and not on
    purpose; `unfired` says of which faults that the test set none fired.
    """

    def __init__(self, item: pytest.Item) -> None:
        from .verdict import Verdict

        self.said: list[tuple[str, str]] = []
        self.broken: list[str] = []
        self.found: list[str] = []
        self.unfired: list[str] = []
        self._expected: tuple[str, ...] = tuple(said(item, "expect") or ())
        self._bar: str = item.config.getoption("stepmock_strict") or item.config.getini("stepmock_strict")
        self._tally = item.config.stash.get(TALLY, None)
        self._watches: list[Watch] = []
        self._verdict: Verdict = Verdict()

    def add(self, watch: Watch) -> None:
        """Judge what a watch sees, from now on."""
        watch.note, watch.lose = self._note, self._lose
        if watch not in self._watches:
            self._watches.append(watch)

    def _note(self, request: Request) -> None:
        self._verdict.note(request)
        if self._tally is not None:
            self._tally.note(request)

    def _lose(self, count: int) -> None:
        self._verdict.lost += count

    def look(self, phase: str) -> None:
        """Read what is new, and note for the report what there is to say of it."""
        from ..control_client import StepmockError

        verdict = self._verdict
        for watch in self._watches:
            try:
                watch.look()
                verdict.note_findings(watch.findings())
                if phase == "call":
                    verdict.unfired += watch.unfired()
            except StepmockError as error:
                self.said.append((phase, str(error)))
        if text := verdict.text():
            self.said.append((phase, text))
        self.broken += self._not_expected(verdict.broken("error"))
        self.found += self._not_expected(verdict.found("error"))
        self.unfired += verdict.unfired

    def _not_expected(self, codes: list[str]) -> list[str]:
        return [code for code in codes if code not in self._expected]

    def begin(self) -> Verdict:
        """Forget what was seen, and return what it came to."""
        from .verdict import Verdict

        verdict, self._verdict = self._verdict, Verdict()
        return verdict

    def fail(self, phase: str) -> None:
        """Fail the test if a strict run does not let pass what was seen in a phase; then begin anew."""
        from ..findings.model import KINDS

        verdict = self.begin()
        if not self._bar:
            return
        reasons: list[str] = []
        if codes := self._not_expected(verdict.broken(self._bar)):
            reasons.append(f"requests broke {', '.join(codes)}")
        if codes := self._not_expected(verdict.found(self._bar)):
            reasons.append(f"findings: {', '.join(codes)}")
        if verdict.unfired:
            reasons.append("a fault that the test set never fired")
        if verdict.lost:
            reasons.append("requests could not be judged")
        if reasons:
            self.said = [entry for entry in self.said if entry[0] != phase]
            pytest.fail(f"{'; '.join(reasons)}\n\n{verdict.text()}", pytrace=False)
        if phase == "call" and (codes := verdict.missing(self._expected)):
            named = ", ".join(codes)
            what = f"no request broke {named}" if set(codes) - KINDS.keys() else f"there is no finding {named}"
            pytest.fail(f"{what}, which the test expects", pytrace=False)
