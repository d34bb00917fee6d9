"""The newest load, noted beside the warehouse."""

import pytest

from loaders.journal import Journal, journal_file, noted, read_journal


def test_nothing_is_noted_at_first(tmp_path):
    assert read_journal(tmp_path) == Journal()


def test_a_load_is_unfinished_until_its_end_and_then_done(tmp_path):
    with noted(tmp_path, "one", lambda: 42):
        assert read_journal(tmp_path).newest.outcome == "unfinished"
    journal = read_journal(tmp_path)
    assert journal.newest == journal.success
    assert (journal.newest.outcome, journal.newest.rows) == ("done", 42)


def test_a_failure_keeps_the_last_success_and_its_own_first_line(tmp_path):
    with noted(tmp_path, "one", lambda: 1):
        pass
    with pytest.raises(ValueError, match="full"), noted(tmp_path, "two", lambda: 0):
        raise ValueError("It is full.\nMore of it.")
    journal = read_journal(tmp_path)
    assert (journal.newest.run, journal.newest.outcome, journal.newest.error) == ("two", "failed", "It is full.")
    assert journal.success.run == "one"


def test_a_later_success_ends_the_failure(tmp_path):
    with pytest.raises(ValueError), noted(tmp_path, "one", lambda: 0):
        raise ValueError
    with noted(tmp_path, "two", lambda: 0):
        pass
    assert read_journal(tmp_path).newest.outcome == "done"


def test_a_journal_that_was_cut_short_counts_as_none(tmp_path):
    journal_file(tmp_path).write_text('{"newest": {"run"')
    assert read_journal(tmp_path) == Journal()


def test_a_note_that_cannot_be_written_stops_no_load(tmp_path):
    with noted(tmp_path / "missing", "one", lambda: 0):
        pass
    assert list(tmp_path.iterdir()) == []
