import pytest

from keheng.common.writing import MOST, simplified, writings


@pytest.mark.parametrize(
    ("text", "plain"), [("黃雅琴", "黄雅琴"), ("單于", "单于"), ("葉鍾", "叶钟"), ("John", "John"), ("", "")]
)
def test_simplified(text: str, plain: str) -> None:
    assert simplified(text) == plain


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("黄", {"黄", "黃"}),
        ("黃", {"黄", "黃"}),
        ("发", {"发", "發", "髮"}),
        ("琴", {"琴"}),
        ("叶云", {"叶云", "葉云", "叶雲", "葉雲"}),
    ],
)
def test_every_way_to_write_it(text: str, ways: set[str]) -> None:
    assert ways <= set(writings(text))
    assert writings(text)[0] == text


def test_long_texts_are_not_multiplied_without_end() -> None:
    assert len(writings("发发发发发发发发发发")) == MOST
