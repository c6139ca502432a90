"""Finding Chinese names by any part of them: words, pairs of characters and pinyin as tokens under a GIN index.

A model keeps `search = SearchField()`, filled by its actions with `tokens(code, name, initials)`; PostgreSQL needs no
extension for it. A substring of two or more characters, a pinyin beginning or the beginning of a code finds the row:
`Customer.objects.filter(search__matches="华印 szh")`.
"""

import re
import unicodedata
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from pypinyin import Style, lazy_pinyin

RUNS = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
LONGEST_RUN = 40
MOST_PIECES = 12


def plain(text: str) -> str:
    """Full-width letters as half-width ones, small letters."""
    return unicodedata.normalize("NFKC", text).lower()


def pinyin(text: str) -> str:
    """What names are ordered by: «苏州华印» → "su zhou hua yin"."""
    return " ".join(lazy_pinyin(plain(text)))[:200]


def initials(text: str) -> str:
    """«苏州华印» → "szhy"; surnames and 银行 come out wrong at times, so people may correct it."""
    return re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(plain(text), style=Style.FIRST_LETTER)))[:40]


def tokens(*texts: str) -> str:
    """Everything that `texts` can be found by, separated by spaces."""
    found: dict[str, None] = {}
    for run in RUNS.findall(plain(" ".join(texts))):
        found.update(dict.fromkeys([run] if run.isascii() else chinese_tokens(run[:LONGEST_RUN])))
    return " ".join(found)


def chinese_tokens(run: str) -> list[str]:
    """Characters, pairs, and initials and pinyin from each character on, so that a middle part is found as well."""
    syllables = [re.sub(r"[^a-z0-9]", "", syllable) for syllable in lazy_pinyin(run)]
    first_letters = "".join(syllable[:1] for syllable in syllables)
    endings = range(len(syllables))
    return [
        *run,
        *(run[at : at + 2] for at in range(len(run) - 1)),
        *filter(None, (first_letters[at:] for at in endings)),
        *filter(None, ("".join(syllables[at:])[:60] for at in endings)),
    ]


def query_of(words: str) -> str:
    """A tsquery that asks for every piece of `words`; empty where nothing in it can be searched."""
    pieces: list[str] = []
    for run in RUNS.findall(plain(words)):
        if run.isascii():
            pieces.append(f"'{run[:LONGEST_RUN]}':*")
        else:
            pieces += [f"'{run[at : at + 2]}'" for at in range(max(len(run) - 1, 1))]
    return " & ".join(pieces[:MOST_PIECES])


class TokenVector(models.Func):
    """The tokens as a tsvector, without a parser that would judge Chinese by the database's locale."""

    template = "array_to_tsvector(string_to_array(%(expressions)s, ' '))"
    output_field = models.TextField()


class SearchField(models.TextField):
    """Tokens of a row. `search__matches=words` finds it through the index of `search_index()`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"blank": True, "default": "", "editable": False, **kwargs})


@SearchField.register_lookup
class Matches(models.Lookup):
    lookup_name = "matches"

    def get_prep_lookup(self) -> str:
        return query_of(str(self.rhs))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        return f"array_to_tsvector(string_to_array({lhs}, ' ')) @@ %s::tsquery", (*lhs_params, self.rhs)


def search_index(name: str, field: str = "search") -> GinIndex:
    return GinIndex(TokenVector(field), name=name)
