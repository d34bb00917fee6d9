"""GoogleSQL's functions where DuckDB's of the same meaning answer otherwise: macros that every connection knows."""

from __future__ import annotations

from functools import reduce

# One letter that becomes several in upper case, such as ß: DuckDB leaves them as they are. All are of the first plane.
_EXPANDING = tuple((letter, letter.upper()) for letter in map(chr, range(0x10000)) if len(letter.upper()) > 1)
_EXPANDED = reduce(lambda sql, pair: f"replace({sql}, '{pair[0]}', '{pair[1]}')", _EXPANDING, "x")

# The names under which a translated statement calls them.
UPPER = "google_upper"
TEXT = "google_text"

MACROS = (
    # Most text is ASCII, where bytes are characters.
    f"CREATE OR REPLACE TEMP MACRO {UPPER}(x) AS "
    f"CASE WHEN strlen(x) = length(x) THEN upper(x) ELSE upper({_EXPANDED}) END",
    # With 15 digits where they say the number, else with 17; DuckDB takes as few as say it. Zero and NaN have no sign.
    "CREATE OR REPLACE TEMP MACRO google_double(x) AS CASE WHEN x = 0 THEN '0' WHEN isnan(x) THEN 'nan' "
    "WHEN CAST(printf('%.15g', x) AS DOUBLE) = x THEN printf('%.15g', x) ELSE printf('%.17g', x) END",
    # DuckDB chooses the branch when it binds the statement; the casts there are for the types that never take it.
    f"CREATE OR REPLACE TEMP MACRO {TEXT}(x) AS CASE WHEN typeof(x) = 'DOUBLE' "
    "THEN google_double(TRY_CAST(CAST(x AS VARCHAR) AS DOUBLE)) ELSE CAST(x AS VARCHAR) END",
)
