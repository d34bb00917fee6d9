"""What passes by in a dump is counted by table, whatever a row holds."""

from __future__ import annotations

import hashlib

from backup.dump import Tally, dump_command
from stack.places import Places

DUMP = rb"""-- MariaDB dump
USE `reports`;
CREATE TABLE `days` (
  `date` date NOT NULL COMMENT 'INSERT INTO `x` VALUES'
);
-- Dumping data for table `days`
INSERT INTO `days` VALUES
('2026-11-01','INSERT INTO `days` VALUES\n(1);\n'),
('2026-11-02','USE `superset`;');
INSERT INTO `days` VALUES
('2026-11-03','x');
UNLOCK TABLES;
-- Dumping data for table `empty`
UNLOCK TABLES;
USE `superset`;
-- Dumping data for table `days`
INSERT INTO `days` (`date`, `b)`) VALUES (1,_binary '(\n;'),
(2,'z');
INSERT INTO `days` (`date`, `b)`) VALUES (3,'y');
-- Dump completed
""".splitlines(keepends=True)


def test_rows_are_counted_by_database_and_table() -> None:
    tally = Tally()
    assert b"".join(tally.watch(iter(DUMP))) == b"".join(DUMP)
    assert {name: table.rows for name, table in tally.tables().items()} == {
        "reports.days": 3,
        "reports.empty": 0,
        "superset.days": 3,
    }


def test_the_digest_is_that_of_the_rows_however_statements_are_cut() -> None:
    other = [*DUMP[:7], DUMP[7].replace(b"),\n", b");\n"), *DUMP[9:10], DUMP[8].replace(b");\n", b"),\n"), *DUMP[10:]]
    whole, cut = Tally(), Tally()
    for tally, lines in ((whole, DUMP), (cut, other)):
        for _ in tally.watch(iter(lines)):
            pass
    assert whole.tables() == cut.tables()
    assert whole.tables()["superset.days"].sha256 == hashlib.sha256(b"(1,_binary '(\\n;')(2,'z')(3,'y')").hexdigest()


def test_a_row_that_differs_differs() -> None:
    tallies = Tally(), Tally()
    for tally, lines in zip(tallies, (DUMP, [line.replace(b"'x'", b"'y'") for line in DUMP]), strict=True):
        for _ in tally.watch(iter(lines)):
            pass
    first, second = (tally.tables() for tally in tallies)
    assert [name for name in first if first[name] != second[name]] == ["reports.days"]


def test_no_password_is_handed_over(tmp_path) -> None:
    assert not [word for word in dump_command(Places(tmp_path)) if word.startswith(("--password", "-p", "--defaults"))]
