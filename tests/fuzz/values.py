"""Values that no page expects, each of a kind that once broke some program."""

from random import Random

NUL = "\x00"
NUMBERS = [
    "-1",
    "0",
    "-0",
    "00",
    "1e5",
    "1e400",
    "-1e400",
    "1e999999",
    "1E-999999",
    "NaN",
    "sNaN",
    "Infinity",
    "-Infinity",
    "2147483647",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "1000000000000000000000000000000",
    "1_000",
    "0x10",
    "٣",
    "３",
    "½",
    "1,000",
    "1.000,5",
    "--1",
    "+1",
    ".5",
    "5.",
    "1e",
    "0.0000000000000000000001",
    "99999999999.999",
    "1;2",
]
DAYS = [
    "0000-00-00",
    "0001-01-01",
    "1582-10-10",
    "9999-12-31",
    "10000-01-01",
    "2026-02-30",
    "2026-13-01",
    "2026-1-1",
    "20260101",
    "26-01-01",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "2026-01-01T24:00",
    "2026-01-01T25:61",
    "2026-01-01T00:00+99:99",
    "24:00",
    "23:59:60",
    "0000-01",
    "9999-12",
    "2026-00",
    "2026-99",
]
CURSORS = [
    "[]",
    "[1]",
    "[1e400]",
    "[NaN]",
    "[null]",
    "[true]",
    "[{}]",
    "[[1]]",
    "{}",
    "null",
    "-1",
    "[-1]",
    "[9223372036854775808]",
    "[1e999999]",
    '["\\ud800"]',
    '["\\u0000"]',
    '["9999-12-31T23:59:59.999999+00:00","1"]',
    '["0001-01-01T00:00:00+08:00","1"]',
    '["x","y"]',
    '["2026-13-01","1"]',
    "[1,2]",
    '["1","2","3"]',
    '["0001-01-01",1]',
    '["99999-01-01",1]',
]
TEXTS = [
    "",
    " ",
    "　",
    NUL,
    f"a{NUL}b",
    "\x01\x1b[31m",
    "\x7f\x9f",
    "\ufffe\uffff",
    "\u200b",
    "\u202eabc",
    "👩‍👩‍👧‍👦" * 3,
    "e" + "\u0301" * 60,
    "\U000e0001",
    "\r\nX-Bad: 1",
    "%",
    "_",
    "\\",
    "'",
    '"',
    "' OR 1=1 --",
    "a & | ! :* <-> ( )",
    "{{ 7 }}{% now %}",
    "{0} %s %(a)s ${a}",
    "<script>alert(1)</script>",
    "../../../etc/passwd",
    "=1+1",
    "on",
    "None",
    "[]",
    "{}",
    "true",
    "__all__",
    "ſK",
    "ŉ" * 40,
    "ﷺ" * 60,
    "张" * 41,
    "A" * 129,
    "A" * 300,
    "永" * 300,
    "0" * 5000,
    "9" * 5000,
    "永" * 5000,
    "a b " * 3000,
    "[" * 3000,
    "x@" + "y" * 300 + ".cn",
    "data:image/png;base64,AAAA",
    "data:image/png;base64,*",
    "SO-99999999-9999",
    "SO-20260230-0001",
]
COUNTS = ["-1", "0", "501", "1001", "2000", "20000", "999999999", "9" * 30, "1e9", "abc", "", NUL, "٣", "1.5"]
EVERYTHING = [*NUMBERS, *DAYS, *CURSORS, *TEXTS]


def value(chance: Random) -> str:
    return chance.choice(chance.choice((NUMBERS, DAYS, TEXTS, TEXTS, CURSORS)))


def spoilt(chance: Random, text: str) -> str:
    """`text` with something of that kind in it, or more than it was."""
    at = chance.randint(0, len(text))
    way = chance.randrange(4)
    if way == 0:
        return text[:at] + value(chance) + text[at:]
    if way == 1:
        return text * chance.choice((2, 40, 600))
    if way == 2:
        return text[:at]
    return text[:at] + chance.choice(("\x00", "\u202e", "０", "-", "e9", "\n", ";")) + text[at:]
