"""Names in pinyin, for search: full spelling and initials, with the readings that names take.

pypinyin reads 单雄信 as "dan xiong xin" and 晟 as "cheng"; as a surname 单 is shàn, in a given name 晟 is shèng. The
tables below hold the characters whose reading in a name differs from the common one, simplified and traditional.
"""

import re
from functools import cache, lru_cache

from pypinyin import Style, lazy_pinyin
from pypinyin.core import Pinyin

SURNAMES = {
    "单": "shan", "單": "shan", "仇": "qiu", "解": "xie", "曾": "zeng", "查": "zha", "区": "ou", "區": "ou",
    "盖": "ge", "蓋": "ge", "朴": "piao", "缪": "miao", "繆": "miao", "乐": "yue", "樂": "yue", "员": "yun",
    "員": "yun", "贠": "yun", "繁": "po", "黑": "he", "秘": "bi", "翟": "zhai", "折": "she", "种": "chong",
    "召": "shao", "覃": "qin", "佴": "nai", "洗": "xian", "祭": "zhai", "隗": "wei", "么": "yao", "卜": "bu",
    "薄": "bo", "乜": "nie", "阚": "kan", "闞": "kan", "句": "gou", "藏": "zang", "能": "nai", "都": "du", "郇": "xun",
    "牟": "mu", "粘": "nian", "炅": "gui", "逢": "pang", "重": "chong",
}  # fmt: skip
COMPOUND_SURNAMES = {
    "万俟": ("mo", "qi"), "萬俟": ("mo", "qi"), "尉迟": ("yu", "chi"), "尉遲": ("yu", "chi"), "长孙": ("zhang", "sun"),
    "長孫": ("zhang", "sun"), "单于": ("chan", "yu"), "單于": ("chan", "yu"), "澹台": ("tan", "tai"),
    "澹臺": ("tan", "tai"), "令狐": ("ling", "hu"),
}  # fmt: skip
_GIVEN = {"晟": "sheng", "长": "chang", "長": "chang", "么": "yao", "曾": "zeng"}
OTHER_READINGS = {
    # Characters of names that people read in another way than the spelling here does, right or wrong.
    "乐": ("le", "yue"), "单": ("shan", "dan"), "仇": ("qiu", "chou"), "解": ("xie", "jie"), "曾": ("zeng", "ceng"),
    "查": ("zha", "cha"), "区": ("ou", "qu"), "盖": ("ge", "gai"), "朴": ("piao", "pu"), "缪": ("miao", "mou"),
    "员": ("yun", "yuan"), "尉": ("wei", "yu"), "翟": ("zhai", "di"), "覃": ("qin", "tan"), "柏": ("bai", "bo"),
    "车": ("che", "ju"), "贾": ("jia", "gu"), "谌": ("chen", "shen"), "郇": ("xun", "huan"), "牟": ("mu", "mou"),
    "都": ("du", "dou"), "能": ("nai", "neng"), "隗": ("wei", "kui"), "黑": ("he", "hei"), "种": ("chong", "zhong"),
    "薄": ("bo", "bao"), "秘": ("bi", "mi"), "祭": ("zhai", "ji"), "折": ("she", "zhe"), "召": ("shao", "zhao"),
    "褚": ("chu", "zhu"), "莘": ("shen", "xin"), "宿": ("su", "xiu"), "俞": ("yu", "shu"), "盛": ("sheng", "cheng"),
    "沈": ("shen", "chen"),
    "石": ("shi", "dan"), "洗": ("xian", "xi"), "长": ("chang", "zhang"), "行": ("xing", "hang"),
    "朝": ("chao", "zhao"), "重": ("zhong", "chong"), "晟": ("sheng", "cheng"), "茜": ("qian", "xi"),
    "莎": ("sha", "suo"), "娜": ("na", "nuo"), "奇": ("qi", "ji"), "蔚": ("wei", "yu"), "颉": ("jie", "xie"),
    "传": ("chuan", "zhuan"), "大": ("da", "dai"), "浚": ("jun", "xun"), "湛": ("zhan", "chen"), "六": ("liu", "lu"),
    "系": ("xi", "ji"), "什": ("shi", "shen"), "宓": ("mi", "fu"), "么": ("yao", "me"),
}  # fmt: skip
_CHARACTERS = re.compile(r"[A-Za-z0-9]+|[^\W_A-Za-z0-9]")
_cutter = Pinyin()  # cuts a text into the words of pypinyin's dictionary
_RUNS = re.compile(r"[A-Za-z0-9]+|[^\W_A-Za-z0-9]+")


def spell(name: str, *, person: bool = True) -> tuple[str, str]:
    """Return full pinyin and initials of a name: ``黄雅琴`` → ``("huangyaqin", "hyq")``.

    Latin words and numbers stay whole (``John Smith`` → ``("johnsmith", "js")``); everything but letters and digits
    is dropped; 吕 is ``lv``.

    Args:
        name: Chinese, Latin or mixed.
        person: read a person's name character by character, with the readings of names; else read the words of a
            company's name (重庆 is chóngqìng, 银行 is yínháng).
    """
    syllables = _of_person(_CHARACTERS.findall(name)) if person else _of_company(_RUNS.findall(name))
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def spellings_of_beginning(text: str) -> set[str]:
    """How the beginning of a person's name may be spelled in full: 单 begins 单雄信 and 单于丹, so shan or chan."""
    beginnings = {syllables[0] for surname, syllables in COMPOUND_SURNAMES.items() if surname[0] == text}
    return {spell(text)[0]} | beginnings


def otherwise_read(latin: str) -> set[tuple[str, str]]:
    """Spellings that are stored where ``latin`` reads one character in its other way, each with that character.

    ``liyue`` → ``{("lile", "乐")}``: a name spelt ``lile…`` here that holds 乐 may be meant by it.
    """
    found = set()
    for character, readings in OTHER_READINGS.items():
        given = given_syllable(character)
        surname = SURNAMES.get(character, given)
        for reading in readings:
            if reading != surname and latin.startswith(reading):
                found.add((surname + latin.removeprefix(reading), character))
            if reading != given and (at := latin.find(reading, 1)) > 0:
                found.add((f"{latin[:at]}{given}{latin[at + len(reading) :]}", character))
    return found


def _of_person(tokens: list[str]) -> list[str]:
    compound = COMPOUND_SURNAMES.get("".join(tokens[:2]))
    if compound:
        return [*compound, *map(given_syllable, tokens[2:])]
    return [
        SURNAMES.get(token) or given_syllable(token) if place == 0 else given_syllable(token)
        for place, token in enumerate(tokens)
    ]


def _of_company(runs: list[str]) -> list[str]:
    return [syllable for run in runs for word in _cutter.seg(run) for syllable in _word(word)]


@lru_cache(maxsize=20_000)
def _word(word: str) -> list[str]:
    """A word of a company's name; few words make up most names."""
    return [syllable.lower() for syllable in lazy_pinyin([word], style=Style.NORMAL, errors="default")]


@cache
def given_syllable(token: str) -> str:
    """How a character of a given name, or a Latin word, is read."""
    return _GIVEN.get(token) or lazy_pinyin(token, style=Style.NORMAL, errors="default")[0].lower()
