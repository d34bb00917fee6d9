"""Thousands of broken files: ingested as they are, or refused in one sentence that names the place; nothing else."""

import sys

import pytest

from tests.fuzz import thrift
from tests.fuzz.campaign import run_cases
from tests.fuzz.cases import make_case
from tests.fuzz.parquet import footer, with_footer
from tests.fuzz.samples import parquet_samples

SEED = 20260301


def test_a_case_is_made_again_from_its_seed_and_number():
    assert [make_case(SEED, number) for number in range(1, 40, 2)] == [
        make_case(SEED, number) for number in range(1, 40, 2)
    ]


def test_a_footer_is_written_as_it_was_read():
    for sample in parquet_samples():
        assert with_footer(sample.data, footer(sample.data)) == sample.data
        assert any(node.type == thrift.BINARY for node in thrift.walk(footer(sample.data)))


def test_two_thousand_broken_files(tmp_path):
    findings = run_cases(tmp_path, SEED, range(2_000))
    assert not findings.faults, "\n".join(findings.faults[:20])
    assert findings.cases == 2_000


@pytest.mark.soak
@pytest.mark.timeout(6 * 3600)
def test_fifty_thousand_broken_files(tmp_path, capsys):
    findings = run_cases(tmp_path, SEED + 1, range(50_000))
    with capsys.disabled():
        sys.stdout.write(f"\n{findings}\n")
    assert not findings.faults, "\n".join(findings.faults[:50])
    assert findings.cases == 50_000
