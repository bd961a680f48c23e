"""Valid rows of the standard profile, any number of them, the same for the same seed. All people are made up."""

from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

_SLICE = 100_000
_WEIGHTS = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
_CHECKS = np.array(list("10X98765432"))
_SURNAMES = np.array(
    list("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈")
)
_GIVEN = np.array(
    list("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华文玉红建国志海新雨子轩浩宇梓涵欣怡一诺佳琪思远若晨晓东晟")
)
_AREAS = np.array(("330302", "330303", "330304", "330381", "330382", "110101", "310115", "440305", "320505", "510107"))
_STREETS = np.array(("人民路", "解放街", "信河街", "学院东路", "车站大道", "新城大道", "飞云江路", "府前街"))
_JOBS = np.array(("教师", "公务员", "个体经营", "工程师", "退休", "职员", "医生", "自由职业"))
_EDUCATION = np.array(("初中", "高中", "大专", "本科", "硕士"))
_MARITAL = np.array(("已婚", "未婚", "离异"))
_CARDS = np.array(("无卡", "普卡", "金卡", "白金卡"))
_TRADES = np.array(("制鞋", "服装", "电器", "零售", "餐饮", "建筑"))
_SYMBOLS = np.array(list("0123456789ABCDEFGHJKLMNPQRTUWXY"))
_USCC_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])


def write_standard_file(
    path: Path, count: int, *, branch: str = "HO", as_of: date = date(2026, 11, 20), seed: int = 1
) -> None:
    """Write ``count`` rows as CSV in UTF-8: 95 in 100 are persons with identity number, mobile and address."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for first in range(0, count, _SLICE):
            frame = standard_rows(first, min(_SLICE, count - first), branch=branch, as_of=as_of, seed=seed)
            file.write(frame.write_csv(include_header=first == 0))


def standard_rows(
    first: int, count: int, *, branch: str = "HO", as_of: date = date(2026, 11, 20), seed: int = 1
) -> pl.DataFrame:
    """The rows from ``first`` on, as text under the headings of the profile."""
    random = np.random.default_rng((seed, first))
    company = random.random(count) < 0.05
    born = (np.datetime64("1940-01-01") + random.integers(0, 24_000, count)).astype("datetime64[D]")
    odd = random.integers(0, 2, count)
    aum = np.round(random.lognormal(9.5, 2.0, count), 2)
    deposits = np.round(aum * random.random(count), 2)
    name = np.char.add(
        np.char.add(_pick(random, _SURNAMES, count), _pick(random, _GIVEN, count)), _pick(random, _GIVEN, count)
    )
    trade = _pick(random, _TRADES, count)
    firm = np.char.add(np.char.add(name, trade), "有限公司")
    frame = pl.DataFrame(
        {
            "客户号": [f"33{number:010d}" for number in range(first, first + count)],
            "姓名": np.where(company, firm, name),
            "类型": np.where(company, "公司", "个人"),
            "机构号": np.full(count, branch),
            "证件类型": np.where(company, "统一社会信用代码", "身份证"),
            "证件号码": np.where(company, _credit_codes(random, count), _identities(random, born, odd)),
            "性别": np.where(company, "", np.where(odd == 1, "男", "女")),
            "出生日期": np.where(company, "", born.astype(str)),
            "手机": [
                f"1{head}{tail:09d}"
                for head, tail in zip(random.integers(3, 10, count), random.integers(0, 10**9, count), strict=True)
            ],
            "邮箱": np.where(
                random.random(count) < 0.3, [f"user{number}@example.com" for number in range(first, first + count)], ""
            ),
            "地址": np.char.add(
                np.char.add("浙江省温州市", _pick(random, _STREETS, count)),
                np.char.add(random.integers(1, 900, count).astype(str), "号"),
            ),
            "职业": np.where(company, "", _pick(random, _JOBS, count)),
            "学历": np.where(company, "", _pick(random, _EDUCATION, count)),
            "婚姻": np.where(company, "", _pick(random, _MARITAL, count)),
            "开户日期": (np.datetime64("2005-01-01") + random.integers(0, 7000, count))
            .astype("datetime64[D]")
            .astype(str),
            "勿扰": np.where(random.random(count) < 0.03, "是", "否"),
            "日期": np.full(count, as_of.isoformat()),
            "AUM": aum,
            "月日均AUM": np.round(aum * random.uniform(0.8, 1.1, count), 2),
            "存款": deposits,
            "存款月日均": np.round(deposits * random.uniform(0.8, 1.1, count), 2),
            "理财": np.round((aum - deposits) * 0.7, 2),
            "基金": np.round((aum - deposits) * 0.3, 2),
            "贷款余额": np.where(random.random(count) < 0.2, np.round(random.lognormal(11, 1, count), 2), 0.0),
            "卡年消费": np.round(random.lognormal(8, 1.5, count), 2),
            "卡等级": _pick(random, _CARDS, count),
            "保证金": np.zeros(count),
            "手数": np.zeros(count, dtype=np.int64),
            "产品数": random.integers(1, 9, count),
            "年贡献": np.round(aum * 0.004, 2),
            "行业": np.where(company, trade, ""),
            "年销售额": np.where(company, np.round(random.lognormal(16, 1.5, count), 2).astype(str), ""),
            "总资产": np.where(company, np.round(random.lognormal(16, 1.5, count), 2).astype(str), ""),
        }
    )
    return frame.with_columns(pl.col(pl.Float64).cast(pl.Decimal(18, 2))).with_columns(
        pl.exclude(pl.String).cast(pl.String)
    )


def _pick(random: np.random.Generator, words: npt.NDArray[np.str_], count: int) -> npt.NDArray[np.str_]:
    return words[random.integers(0, len(words), count)]


def _identities(
    random: np.random.Generator, born: npt.NDArray[np.datetime64], odd: npt.NDArray[np.int64]
) -> npt.NDArray[np.str_]:
    count = len(born)
    order = random.integers(0, 500, count) * 2 + odd
    first = np.char.add(
        np.char.add(_pick(random, _AREAS, count), np.char.replace(born.astype(str), "-", "")),
        np.char.zfill(order.astype(str), 3),
    )
    digits = first.view("U1").reshape(count, -1)[:, :17].astype(np.int64)
    return np.char.add(first, _CHECKS[digits @ _WEIGHTS % 11])


def _credit_codes(random: np.random.Generator, count: int) -> npt.NDArray[np.str_]:
    values = random.integers(0, 31, (count, 17))
    values[:, :8] = (9, 1, 3, 3, 0, 3, 0, 2)
    check = -(values @ _USCC_WEIGHTS) % 31
    symbols = _SYMBOLS[np.column_stack((values, check))]
    return np.array(["".join(row) for row in symbols])
