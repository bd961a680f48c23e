import pytest

from keheng.common.pinyin import OTHER_READINGS, otherwise_read, spell, spellings_of_beginning


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("黄雅琴", ("huangyaqin", "hyq")),
        ("单雄信", ("shanxiongxin", "sxx")),  # as a surname shàn, else dān
        ("單雄信", ("shanxiongxin", "sxx")),
        ("曾", ("zeng", "z")),
        ("仇英", ("qiuying", "qy")),
        ("任单", ("rendan", "rd")),  # no surname: the common reading
        ("尉迟恭", ("yuchigong", "ycg")),
        ("单于丹", ("chanyudan", "cyd")),
        ("欧阳修", ("ouyangxiu", "oyx")),
        ("葛晟", ("gesheng", "gs")),
        ("吕布", ("lvbu", "lb")),
        ("阿卜杜·热合曼", ("abodureheman", "abdrhm")),
        ("John Smith", ("johnsmith", "js")),
        ("", ("", "")),
        ("——", ("", "")),
    ],
)
def test_names_of_persons(name: str, expected: tuple[str, str]) -> None:
    assert spell(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("重庆长安汽车有限公司", ("chongqingchanganqicheyouxiangongsi", "cqcaqcyxgs")),
        ("中国农业银行", ("zhongguonongyeyinhang", "zgnyyh")),
        ("7天酒店（温州）", ("7tianjiudianwenzhou", "7tjdwz")),
        ("3M中国", ("3mzhongguo", "3zg")),
    ],
)
def test_names_of_companies_are_read_by_words(name: str, expected: tuple[str, str]) -> None:
    assert spell(name, person=False) == expected


@pytest.mark.parametrize(
    ("text", "spellings"),
    [("单", {"shan", "chan"}), ("万", {"wan", "mo"}), ("单于", {"chanyu"}), ("黄雅", {"huangya"}), ("欧", {"ou"})],
)
def test_the_beginning_of_a_name_may_be_read_in_two_ways(text: str, spellings: set[str]) -> None:
    assert spellings_of_beginning(text) == spellings


@pytest.mark.parametrize(
    ("surname", "syllables"),
    [
        ("单", "shan"), ("仇", "qiu"), ("解", "xie"), ("曾", "zeng"), ("查", "zha"), ("区", "ou"), ("盖", "ge"),
        ("朴", "piao"), ("缪", "miao"), ("乐", "yue"), ("员", "yun"), ("翟", "zhai"), ("覃", "qin"), ("种", "chong"),
        ("折", "she"), ("黑", "he"), ("秘", "bi"), ("薄", "bo"), ("句", "gou"), ("能", "nai"), ("都", "du"),
        ("牟", "mu"), ("郇", "xun"), ("那", "na"), ("华", "hua"), ("任", "ren"), ("宁", "ning"), ("尹", "yin"),
        ("逯", "lu"), ("谌", "chen"), ("冼", "xian"), ("亓", "qi"), ("訾", "zi"), ("郗", "xi"), ("厍", "she"),
        ("隗", "wei"), ("尉迟", "yuchi"), ("万俟", "moqi"), ("澹台", "tantai"), ("单于", "chanyu"),
        ("长孙", "zhangsun"), ("令狐", "linghu"), ("宇文", "yuwen"), ("闾丘", "lvqiu"),
        ("耶律", "yelv"), ("乐正", "yuezheng"),
    ],
)  # fmt: skip
def test_surnames_are_read_as_surnames(surname: str, syllables: str) -> None:
    assert spell(surname)[0] == syllables


@pytest.mark.parametrize(
    ("latin", "expected"),
    [
        ("liyue", ("lile", "乐")),
        ("chouying", ("qiuying", "仇")),
        ("zhengchengxi", ("zhengchengqian", "茜")),
        ("yuegong", ("yuegong", "乐")),
    ],
)
def test_what_is_read_otherwise_leads_to_how_it_is_stored(latin: str, expected: tuple[str, str]) -> None:
    assert (expected in otherwise_read(latin)) is (expected[0] != latin)


def test_one_of_the_readings_is_the_one_stored() -> None:
    assert [
        one for one, readings in OTHER_READINGS.items() if not {spell(one)[0], spell(f"王{one}")[0][4:]} & {*readings}
    ] == []
