"""Profiles: the shipped ones are whole, a wrong one is refused with the key's name, headings are recognised."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from keheng.ingest.enums import Group
from keheng.ingest.faults import FILE_FAULTS, ROW_FLAWS, Fault
from keheng.ingest.profiles import TARGETS, all_profiles, find_profile
from keheng.ingest.profiles.library import LIBRARY
from keheng.ingest.profiles.recognition import recognise, word
from keheng.portfolio.merge import FIGURES

pytestmark = pytest.mark.usefixtures("english")

SMALL: dict[str, Any] = {
    "code": "small",
    "name": "小",
    "name_en": "Small",
    "columns": {"number": {"headings": ["客户号"]}, "aum": {"headings": ["AUM"]}},
}


def test_shipped_profiles_are_read() -> None:
    assert [profile.code for profile in all_profiles()] == ["standard", "bank-marketing", "berka"]
    assert find_profile("bank-marketing").factor == Decimal("7.80")
    assert find_profile("berka").factor == Decimal("0.32")


def test_the_standard_profile_takes_every_field() -> None:
    assert set(find_profile("standard").columns) == set(TARGETS)


def test_fields_of_figures_are_those_of_the_table() -> None:
    figures = {name for name, target in TARGETS.items() if target.group == Group.FIGURES}
    assert figures == {"as_of", *FIGURES}


def test_no_heading_of_the_standard_profile_means_two_fields() -> None:
    words = [
        word(heading)
        for column in find_profile("standard").columns.values()
        for heading in set(map(word, column.headings))
    ]
    assert len(words) == len(set(words))


def test_a_profile_of_the_home_folder_replaces_a_shipped_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEHENG_HOME", str(tmp_path))
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "own.yaml").write_text(yaml.safe_dump({**SMALL, "code": "berka", "name_en": "Ours"}))
    assert find_profile("berka").name_en == "Ours"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"colour": "red"}, "at colour: Extra inputs are not permitted."),
        ({"factor": "much"}, "at factor: Input should be a valid decimal."),
        ({"factor": 0}, "at factor: Input should be greater than 0."),
        ({"columns": {"aum": {"headings": ["AUM"]}}}, "at the top: a column for number is needed: it is the key."),
        (
            {"columns": {"number": {"headings": []}}},
            "at columns → number → headings: Tuple should have at least 1 item after validation, not 0.",
        ),
        (
            {"columns": {**SMALL["columns"], "sex": {"headings": ["性别"]}}},
            "at the top: sex: values go with columns of type choice, and with no other.",
        ),
        (
            {"columns": {**SMALL["columns"], "mobile": {"headings": ["手机"], "type": "date"}}},
            "at the top: mobile cannot be read as date; possible: contact.",
        ),
        (
            {"columns": {"number": {"headings": ["客户号"], "template": "B{number}"}}},
            "at columns → number: the template cannot be filled ('number').",
        ),
        ({"query": "select 1"}, "at the top: sources and query go together: the query makes rows of the sources."),
    ],
)
def test_a_wrong_profile_names_the_key(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump({**SMALL, **change}, allow_unicode=True))
    with pytest.raises(Fault) as caught:
        LIBRARY.read(path)
    assert str(caught.value) == f"The profile small.yaml is wrong {sentence} Correct the profile."


def test_an_unknown_field_is_named_with_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump({**SMALL, "columns": {**SMALL["columns"], "shoe": {"headings": ["鞋码"]}}}))
    with pytest.raises(Fault) as caught:
        find_profile(str(path))
    assert "shoe is no field; fields are number, kind, " in str(caught.value)


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text("code: small\nname: [\n")
    with pytest.raises(Fault) as caught:
        LIBRARY.read(path)
    assert "small.yaml is wrong at line 3" in str(caught.value)


def test_headings_compare_without_what_does_not_matter() -> None:
    columns = find_profile("standard").columns
    found = recognise(columns, [" Customer_No ", "ＡＵＭ（万元）", "姓 名", "备注"], {})
    assert found.fields == {"number": " Customer_No ", "name": "姓 名", "aum": "ＡＵＭ（万元）"}
    assert found.units == {"aum": Decimal(10_000)}
    assert found.unknown == ["备注"]
    assert not found.missing


def test_a_person_may_choose_the_columns() -> None:
    columns = find_profile("standard").columns
    headings = ["账号", "姓名", "手机", "手机号"]
    found = recognise(columns, headings, {"number": "账号", "mobile": "手机号", "name": ""})
    assert found.fields == {"number": "账号", "mobile": "手机号"}
    assert found.missing == ["name"]
    assert not found.doubled


@pytest.mark.parametrize("table", [FILE_FAULTS, ROW_FLAWS])
def test_every_sentence_has_a_remedy_and_fills_its_places(table: dict[str, tuple[Any, Any]]) -> None:
    class Anything(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return "…"

    for problem, remedy in table.values():
        assert str(problem) % Anything()
        assert str(remedy) % Anything()
