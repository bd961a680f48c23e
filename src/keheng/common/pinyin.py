"""Names in pinyin, for search: full spelling and initials, with the readings that surnames take.

pypinyin reads 单雄信 as "dan xiong xin"; as a surname 单 is shàn. The table below holds the surnames whose reading
differs from the common one (requirements A1, issue "find").
"""

from functools import cache

from pypinyin import Style, lazy_pinyin

SURNAMES = {
    "单": "shan", "仇": "qiu", "解": "xie", "曾": "zeng", "查": "zha", "任": "ren", "区": "ou", "盖": "ge",
    "朴": "piao", "缪": "miao", "尉": "wei", "乐": "yue", "员": "yun", "繁": "po", "黑": "he", "秘": "bi",
    "冼": "xian", "翟": "zhai", "折": "she", "种": "chong", "召": "shao", "覃": "qin", "佴": "nai", "逄": "pang",
    "万俟": "moqi", "尉迟": "yuchi", "长孙": "zhangsun", "单于": "chanyu", "澹台": "tantai", "令狐": "linghu",
    "宿": "su", "洗": "xian", "那": "na", "祭": "zhai", "隗": "wei", "兹": "zi", "么": "yao", "葛": "ge",
}  # fmt: skip
_COMPOUND_INITIALS = {
    "万俟": "mq", "尉迟": "yc", "长孙": "zs", "单于": "cy", "澹台": "tt", "令狐": "lh",
}  # fmt: skip


@cache
def _syllable(character: str) -> str:
    return lazy_pinyin(character, style=Style.NORMAL, errors=lambda other: list(other.lower()))[0]


def spell(name: str, *, person: bool = True) -> tuple[str, str]:
    """Return full pinyin and initials of a name: ``黄雅琴`` → ``("huangyaqin", "hyq")``.

    Args:
        name: Chinese, Latin or mixed; anything but letters and digits is dropped.
        person: read the surname by the surname table.
    """
    head_spelling, head_initials, rest = "", "", name
    if person and name[:2] in SURNAMES:
        head_spelling, head_initials, rest = SURNAMES[name[:2]], _COMPOUND_INITIALS[name[:2]], name[2:]
    elif person and name[:1] in SURNAMES:
        head_spelling = SURNAMES[name[:1]]
        head_initials, rest = head_spelling[0], name[1:]
    syllables = [_syllable(character) for character in rest if character.isalnum()]
    return head_spelling + "".join(syllables), head_initials + "".join(syllable[0] for syllable in syllables)
