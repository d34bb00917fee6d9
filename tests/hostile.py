"""Values that have broken a database, an encoding or a page before."""

import datetime as dt

from hypothesis import strategies as st

TEXTS = [
    "",
    " ",
    " leading",
    "trailing\t",
    "\\",
    "\\N",
    "\\\\N",
    "\\0",
    "NULL",
    "\0",
    "a\0b",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\x1a",
    "\x08",
    "\x1b[2J",
    "'",
    '"',
    "`",
    "''",
    "a'b\"c\\d",
    "%",
    "%s",
    "%(x)s",
    ":x",
    "{{ 1+1 }}",
    "{x}",
    "<script>alert(1)</script>",
    "<b>bold</b> &lt;",
    "=1+1",
    ",;|",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\uffff",
    "\U0010ffff",
    "\u0301",
    "e\u0301",
    "é",
    "ﬁ",
    "ß",
    "ẞ",
    "ss",
    "İ",
    "ı",
    "\u200f",
    "\u202eabc",
    "שלום عالم",
    "🌈",
    "👨‍👩‍👧‍👦",
    "🇰🇷",
    "한국",
    "\u1112\u1161\u11ab",
]
# The alphabet: what the texts above are made of, and whatever else UTF-8 can say.
_CHARACTERS = st.sampled_from(sorted(set("".join(TEXTS)))) | st.characters(codec="utf-8")


def texts(longest: int) -> st.SearchStrategy[str]:
    """Text of at most so many characters, up to the last one."""
    at_the_limit = st.sampled_from(["x", "ж", "🌈", "\\", "\0", "\u0301"]).map(lambda character: character * longest)
    short = st.sampled_from([text for text in TEXTS if len(text) <= longest])
    return short | st.text(_CHARACTERS, max_size=min(longest, 30)) | at_the_limit


INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([-(2**63), 2**63 - 1, 2**53 + 1, 0, -1])
# Subnormals, the largest and smallest, and some that need 17 digits.
FLOATS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [-0.0, 5e-324, 2.2250738585072011e-308, 1.7976931348623157e308, 0.1 + 0.2, 1e16, 9.223372036854776e18, 1e23]
)
DATES = st.dates() | st.sampled_from([dt.date(1, 1, 1), dt.date(1000, 1, 1), dt.date(9999, 12, 31)])
MOMENTS = st.datetimes() | st.sampled_from(
    [
        dt.datetime.min,
        dt.datetime.max,
        dt.datetime(1969, 12, 31, 23, 59, 59, 999_999),
        dt.datetime(2038, 1, 19, 3, 14, 8),
    ]
)
