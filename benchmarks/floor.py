"""The floor: the report tables by hand-written DuckDB straight from Parquet files; no staging, no settings, no MySQL.

`python -m benchmarks.floor FOLDER` computes everything and prints seconds and peak memory as JSON.
`python -m benchmarks.floor FOLDER --last-day` computes, from all files, what the last day alone adds.
`python -m benchmarks.floor FOLDER --before STATE` keeps what a further day needs, users and their days, in a file;
`python -m benchmarks.floor FOLDER --on STATE` then computes what the single day of FOLDER adds to that.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import duckdb

_BACKGROUND = (
    "('app_remove', 'app_clear_data', 'app_exception', 'error', 'os_update', 'notification_receive', "
    "'notification_dismiss', 'firebase_campaign')"
)
_EXCLUDED = (
    "('user_engagement', 'session_start', 'os_update', 'firebase_campaign', 'app_exception', 'error', "
    "'notification_receive', 'notification_dismiss')"
)
_DAYS_OF_USERS = f"""
    SELECT
      strptime(event_date, '%Y%m%d')::DATE AS d,
      user_pseudo_id AS u,
      arg_max(
        {{'c': coalesce(geo.country, '(unknown)'), 'p': coalesce(platform, '(unknown)')}},
        {{'t': event_timestamp, 'c': coalesce(geo.country, '(unknown)'), 'p': coalesce(platform, '(unknown)')}}
      ) AS dims
    FROM read_parquet($files)
    WHERE user_pseudo_id IS NOT NULL AND event_name NOT IN {_BACKGROUND}
    GROUP BY 1, 2
"""
_USERS = "SELECT u, min(d) AS first_day, arg_min(dims, d) AS dims FROM user_days GROUP BY 1"
_ACTIVE_USERS = """
    WITH w AS (
      SELECT dates.d, u, max(x.d) AS last, arg_max(dims, x.d) AS dims
      FROM dates JOIN user_days x ON x.d BETWEEN dates.d - 27 AND dates.d
      GROUP BY 1, 2
    )
    SELECT
      w.d, w.dims.c, w.dims.p, count_if(last = w.d) AS dau, count_if(last > w.d - 7) AS wau, count(*) AS mau,
      count_if(first_day = w.d) AS new_users
    FROM w JOIN users USING (u)
    GROUP BY 1, 2, 3
"""
_GROWTH = """
    WITH w AS (
      SELECT
        dates.d, u, bool_or(x.d > dates.d - 7) AS w1, bool_or(x.d <= dates.d - 7) AS w0, arg_max(dims, x.d) AS dims
      FROM dates JOIN user_days x ON x.d BETWEEN dates.d - 13 AND dates.d
      GROUP BY 1, 2
    )
    SELECT
      w.d, w.dims.c, w.dims.p, count_if(w1 AND first_day > w.d - 7), count_if(w1 AND w0),
      count_if(w1 AND NOT w0 AND first_day <= w.d - 7), count_if(w0 AND NOT w1)
    FROM w JOIN users USING (u)
    GROUP BY 1, 2, 3
"""
_RETENTION = """
    WITH size AS (SELECT first_day, dims, count(*) AS n FROM users GROUP BY ALL),
    hit AS (
      SELECT first_day, x.d - first_day AS k, users.dims AS dims, count(*) AS n
      FROM users JOIN user_days x USING (u) JOIN dates ON dates.d = x.d
      GROUP BY ALL
    )
    SELECT size.first_day, k.k, size.dims, size.n, coalesce(hit.n, 0)
    FROM size
    JOIN (SELECT unnest(range(31)) AS k UNION ALL VALUES (60), (90)) k ON true
    JOIN dates ON dates.d = size.first_day + k.k::INT
    LEFT JOIN hit ON hit.first_day = size.first_day AND hit.k = k.k AND hit.dims = size.dims
"""


# A user counts once under the dimensions of its last such event.
_COUNTED = """
    WITH r AS (
      SELECT event_date, event_name, user_pseudo_id AS u, event_timestamp AS t, {columns}
      FROM read_parquet($files)
      WHERE {where}
    ),
    n AS (SELECT event_date, event_name, v, dims, count(*) AS events FROM r GROUP BY ALL),
    l AS (SELECT event_date, event_name, v, u, arg_max(dims, {{'t': t, 'd': dims}}) AS dims FROM r GROUP BY ALL),
    k AS (SELECT event_date, event_name, v, dims, count(*) AS users FROM l GROUP BY ALL)
    SELECT n.*, coalesce(users, 0) AS users FROM n LEFT JOIN k USING (event_date, event_name, v, dims)
"""
_EVENTS = _COUNTED.format(
    columns="'' AS v, {'c': geo.country, 'p': platform, 'v': app_info.version} AS dims",
    where=f"event_name NOT IN {_EXCLUDED}",
)
_EVENT_PARAMS = _COUNTED.format(
    columns=(
        "list_filter(event_params, lambda x: x.key = 'filter_name')[1].value.string_value AS v, "
        "{'c': geo.country, 'p': platform} AS dims"
    ),
    where="event_name = 'apply_filter'",
)
_REPORTS = {
    "active_users": _ACTIVE_USERS,
    "growth": _GROWTH,
    "retention": _RETENTION,
    "events": _EVENTS,
    "event_params": _EVENT_PARAMS,
}


def main() -> None:
    """Runs what the arguments ask for; prints one line of JSON: seconds, peak memory in MB, rows by report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--before", type=Path, metavar="STATE")
    parser.add_argument("--on", type=Path, metavar="STATE")
    parser.add_argument("--last-day", action="store_true")
    asked = parser.parse_args()
    connection = duckdb.connect(str(asked.before or asked.on or ":memory:"))
    connection.execute("SET threads = 2")
    files = [str(path) for path in sorted(asked.folder.glob("*.parquet"))]
    started = time.monotonic()
    rows: dict[str, int] = {}
    if asked.on:
        _one_more_day(connection, files)
    else:
        connection.execute(f"CREATE TABLE user_days AS {_DAYS_OF_USERS}", {"files": files})
        connection.execute(f"CREATE TABLE users AS {_USERS}")
        days = "max(d) AS d" if asked.last_day else "DISTINCT d"
        connection.execute(f"CREATE TEMP TABLE dates AS SELECT {days} FROM user_days")
    if not asked.before:
        for name, query in _REPORTS.items():
            values = {"files": files[-1:] if asked.last_day else files} if "$files" in query else {}
            connection.execute(f"CREATE TEMP TABLE {name} AS {query}", values)
            counted = connection.execute(f"SELECT count(*) FROM {name}").fetchone()
            rows[name] = counted[0] if counted else 0
    result = {
        "seconds": time.monotonic() - started,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "rows": rows,
    }
    sys.stdout.write(json.dumps(result) + "\n")


def _one_more_day(connection: duckdb.DuckDBPyConnection, files: list[str]) -> None:
    connection.execute(f"CREATE TEMP TABLE new_days AS {_DAYS_OF_USERS}", {"files": files})
    connection.execute("CREATE TEMP TABLE dates AS SELECT DISTINCT d FROM new_days")
    connection.execute("INSERT INTO user_days FROM new_days")
    connection.execute("INSERT INTO users SELECT u, d, dims FROM new_days ANTI JOIN users USING (u)")


if __name__ == "__main__":
    main()
