import pytest

from keheng.common.pinyin import spell, spellings_of_beginning


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
