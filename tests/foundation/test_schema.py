"""A fresh database begins with `config/schema.sql`; it says what the migrations say."""

from runner import schema


def test_the_snapshot_is_what_the_migrations_make() -> None:
    """`./dev schema` writes it anew."""
    kept, made = (
        schema.SNAPSHOT.read_text(encoding="utf-8").splitlines(),
        schema.as_migrated("--from-nothing").splitlines(),
    )
    assert kept == made


def test_it_says_nothing_of_how_it_was_dumped() -> None:
    assert (
        schema.plain("SET x = 1;\n-- Dumped by\nSELECT pg_catalog.setval('s', 4);\n")
        == "SELECT pg_catalog.setval('s', 4);\n"
    )
