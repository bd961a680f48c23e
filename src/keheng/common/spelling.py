"""Names in pinyin in bulk: the same as :func:`keheng.common.pinyin.spell`, a column at a time."""

import polars as pl

from keheng.common.pinyin import COMPOUND_SURNAMES, SURNAMES, given_syllable, spell

_LONGEST = 4  # characters of a person's name that is spelled character by character here
_CHINESE = rf"^[\u4e00-\u9fff]{{1,{_LONGEST}}}$"
_COMPOUND = list(COMPOUND_SURNAMES)


def spell_column(names: pl.Series, companies: pl.Series) -> pl.DataFrame:
    """Return ``pinyin`` and ``initials`` of names (null for null).

    Short Chinese names of persons, nearly all there are, are put together from their characters; each different
    other name is spelled once.

    Args:
        companies: where true, the name is read as a company's.
    """
    frame = pl.DataFrame({"name": names, "company": companies})
    plain = (names.str.contains(_CHINESE) & ~companies).fill_null(value=False)
    joined = _by_character(names.set(~plain, None))
    others = frame.filter(~plain).unique().drop_nulls()
    spellings = [spell(name, person=not company) for name, company in others.iter_rows()]
    others = others.with_columns(
        pinyin=pl.Series([full for full, _ in spellings], dtype=pl.String),
        initials=pl.Series([initials for _, initials in spellings], dtype=pl.String),
    )
    rest = frame.join(others, on=["name", "company"], how="left", maintain_order="left")
    return pl.select(
        pinyin=pl.coalesce(joined["pinyin"], rest["pinyin"]), initials=pl.coalesce(joined["initials"], rest["initials"])
    )


def _by_character(names: pl.Series) -> pl.DataFrame:
    surname = names.str.slice(0, 2)
    compound = surname.is_in(_COMPOUND)
    syllables = [_mapped(names.str.slice(place, 1), SURNAMES if place == 0 else {}) for place in range(_LONGEST)]
    for place in (0, 1):
        whole = surname.replace_strict(_COMPOUND, [parts[place] for parts in COMPOUND_SURNAMES.values()], default=None)
        syllables[place] = whole.zip_with(compound.fill_null(value=False), syllables[place])
    first_letters = [one.str.slice(0, 1) for one in syllables]
    joined = pl.select(
        pinyin=pl.concat_str(syllables, ignore_nulls=True), initials=pl.concat_str(first_letters, ignore_nulls=True)
    )
    return joined.with_columns(pl.when(names.is_not_null()).then(pl.all()))


def _mapped(characters: pl.Series, surnames: dict[str, str]) -> pl.Series:
    """The syllable of each character, each different one looked up once; null past the end of the name."""
    different = [one for one in characters.drop_nulls().unique() if one]
    spelled = [surnames.get(one) or given_syllable(one) for one in different]
    return characters.replace_strict(different, spelled, default=None, return_dtype=pl.String)
