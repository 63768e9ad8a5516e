from io import StringIO
from itertools import product

import pytest
from django.core.management import CommandError, call_command

from exports.states import DONE, FINAL, STEPS, TRANSITIONS, FileState, JobStatus


def test_every_status_says_what_may_follow():
    assert set(TRANSITIONS) == set(JobStatus)


def test_final_states_are_those_that_nothing_follows():
    assert sorted(FINAL) == ["cancelled", "completed", "failed"]


def test_transitions_are_the_life_of_a_job():
    allowed = {
        (before, after)
        for before, after in product(JobStatus, JobStatus)
        if after in TRANSITIONS[before]
    }

    assert allowed == {
        *(("pending", end) for end in ("processing", "cancelled", "failed")),
        ("processing", "pending"),
        *(("processing", end) for end in ("completed", "failed", "cancelled")),
    }


def test_steps_are_as_answered():
    assert (len(STEPS), STEPS[0]) == (6, "Initializing export job")
    assert DONE == "Export completed successfully"


def test_files_have_a_life_of_their_own():
    assert sorted(FileState) == ["deleted", "expired", "lost", "stored", "streamed"]


def test_diagram_in_the_documentation_is_up_to_date():
    call_command("statemachine", "--check", stdout=StringIO())


def test_diagram_shows_every_state_and_move(settings, tmp_path):
    settings.BASE_DIR = tmp_path

    call_command("statemachine", stdout=StringIO())

    lines = (tmp_path / "docs" / "states.md").read_text().splitlines()
    drawn = {
        tuple(line.strip().split(":")[0].split(" --> "))
        for line in lines
        if " --> " in line
    }
    moves = {(str(a), str(b)) for a, after in TRANSITIONS.items() for b in after}
    ends = {(str(final), "[*]") for final in FINAL}
    assert drawn == moves | ends | {("[*]", "pending")}


@pytest.mark.parametrize("before", [None, "something else"])
def test_diagram_that_is_not_up_to_date_is_refused(settings, tmp_path, before):
    settings.BASE_DIR = tmp_path
    if before:
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs" / "states.md").write_text(before)

    with pytest.raises(CommandError, match=r"run manage\.py statemachine"):
        call_command("statemachine", "--check", stdout=StringIO())
