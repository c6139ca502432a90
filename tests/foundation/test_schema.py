"""A fresh database begins with `config/schema.sql`; it says what the migrations say."""

from runner import schema


def test_the_snapshot_is_what_the_migrations_make() -> None:
    """`./dev schema` writes it anew."""
    kept, made = schema.SNAPSHOT.read_text(encoding="utf-8").splitlines(), schema.as_migrated("--from-nothing").splitlines()
    assert kept == made


def test_it_says_nothing_of_when_and_where_it_was_made() -> None:
    made = schema.plain(
        "SET x = 1;\n-- Dumped by\nSELECT pg_catalog.setval('s', 4);\nVALUES ('1999-01-01 00:00:00+00');\n"
    )
    assert made == "SELECT pg_catalog.setval('s', 4);\nVALUES (now());\n"
