import re

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from keheng.common.keys import key_ring
from keheng.common.pinyin import COMPOUND_SURNAMES, SURNAMES, spell
from keheng.common.sealing import seal
from keheng.common.spelling import spell_column

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=5)
NAMES = st.one_of(
    CHINESE,
    st.builds(str.__add__, st.sampled_from([*SURNAMES, *COMPOUND_SURNAMES]), CHINESE),
    st.text(max_size=12),
)


@given(st.lists(st.none() | st.text(), max_size=20))
def test_a_sealed_column_is_what_sealing_one_by_one_gives(texts: list[str | None]) -> None:
    ring, purpose = key_ring(), "tests.value"
    sealed = seal(pl.Series(texts, dtype=pl.String), purpose)
    opened = [None if value is None else ring.decrypt(value, purpose) for value in sealed.values]
    assert opened == texts
    assert sealed.indexes.to_list() == [None if text is None else ring.blind_index(text, purpose) for text in texts]
    assert sealed.tails.to_list() == [None if text is None else ring.blind_tail(text, purpose) for text in texts]


@given(st.lists(st.tuples(st.none() | NAMES, st.booleans()), max_size=20))
def test_a_column_of_names_is_spelled_like_each_name(rows: list[tuple[str | None, bool]]) -> None:
    names, companies = [name for name, _ in rows], [company for _, company in rows]
    spelled = spell_column(pl.Series(names, dtype=pl.String), pl.Series(companies, dtype=pl.Boolean))
    assert spelled.rows() == [
        (None, None) if name is None else spell(name, person=not company) for name, company in rows
    ]


@given(
    st.text(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
        | st.sampled_from("重庆银行长江音乐厂都行有限公司Ab1"),
        max_size=16,
    )
)
def test_a_company_is_read_as_its_whole_name_is(name: str) -> None:
    runs = re.findall(r"[A-Za-z0-9]+|[^\W_A-Za-z0-9]+", name)
    assert spell(name, person=False)[0] == "".join(one.lower() for run in runs for one in lazy_pinyin(run))
