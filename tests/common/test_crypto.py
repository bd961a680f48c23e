import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keheng.common import keys
from keheng.common.crypto import KeyRing, UnreadableValue, load_key_ring, parse_key_ring
from keheng.runtime.errors import SetupError

RING = KeyRing(keys={1: b"k" * 32}, current=1, index_key=b"i" * 32)


@given(st.text(), st.sampled_from(["customers.id_number", "portfolio.account"]))
def test_what_goes_in_comes_out(text: str, purpose: str) -> None:
    assert RING.decrypt(RING.encrypt(text, purpose), purpose) == text


@given(st.lists(st.none() | st.text(max_size=20), max_size=20))
def test_a_column_is_its_values(texts: list[str | None]) -> None:
    stored = RING.encrypt_many(texts, "p")
    assert [None if value is None else RING.decrypt(value, "p") for value in stored] == texts


def test_equal_texts_look_different_at_rest() -> None:
    one, two = RING.encrypt_many(["13812345678"] * 2, "p")
    assert one != two
    assert b"13812345678" not in (one or b"")


def test_a_value_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(UnreadableValue):
        RING.decrypt(RING.encrypt("330302197411120024", "customers.id_number"), "portfolio.account")


@pytest.mark.parametrize("stored", [b"", b"\x07" + b"x" * 40, b"\x01" + b"x" * 40])
def test_empty_unknown_key_and_damage_are_unreadable(stored: bytes) -> None:
    with pytest.raises(UnreadableValue):
        RING.decrypt(stored, "p")


def test_the_error_tells_the_purpose_and_never_the_value() -> None:
    stored = RING.encrypt("13812345678", "customers.contact")
    with pytest.raises(UnreadableValue, match=r"customers\.contact") as caught:
        RING.decrypt(stored[:-1], "customers.contact")
    assert "138" not in str(caught.value)


def test_blind_index_is_keyed_by_text_purpose_and_ring() -> None:
    index = RING.blind_index("13812345678", "p")
    assert len(index) == 16
    assert index == RING.blind_index("13812345678", "p")
    assert index != RING.blind_index("13812345679", "p")
    assert index != RING.blind_index("13812345678", "q")
    assert index != KeyRing(RING.keys, 1, b"j" * 32).blind_index("13812345678", "p")


def test_tail_is_that_of_the_last_four_in_either_case() -> None:
    tail = RING.blind_tail("11010519491231002X", "p")
    assert tail == RING.blind_tail("002x", "p")
    assert tail != RING.blind_tail("0021", "p")
    assert -(2**31) <= tail < 2**31


def test_after_rotation_old_values_open_and_new_ones_stand_under_the_new_key() -> None:
    old = RING.encrypt("a", "p")
    rotated = RING.with_fresh_key()
    assert rotated.decrypt(old, "p") == "a"
    assert (old[0], rotated.encrypt("a", "p")[0]) == (1, 2)
    assert rotated.blind_index("a", "p") == RING.blind_index("a", "p")
    with pytest.raises(UnreadableValue):
        RING.decrypt(rotated.encrypt("a", "p"), "p")


def test_a_full_ring_says_so() -> None:
    full = KeyRing(keys={255: b"k" * 32}, current=255, index_key=b"i" * 32)
    with pytest.raises(ValueError, match="255"):
        full.with_fresh_key()


def test_the_key_file_is_private_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "home" / "keys.json"
    ring = load_key_ring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_key_ring(path) == ring
    assert {len(key) for key in (*ring.keys.values(), ring.index_key)} == {32}
    assert [entry.name for entry in path.parent.iterdir()] == ["keys.json"]


def test_two_first_starters_end_with_one_ring(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as one_by_one:
        rings = list(one_by_one.map(load_key_ring, [tmp_path / "keys.json"] * 3))
    assert rings[0] == rings[1] == rings[2]


def test_adding_a_key_is_seen_by_a_running_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEHENG_HOME", str(tmp_path))
    monkeypatch.delenv("KEHENG_KEYS", raising=False)
    before = keys.key_ring()
    os.utime(tmp_path / "keys.json", ns=(0, 0))
    assert keys.add_key() == 2
    after = keys.key_ring()
    assert (before.current, after.current) == (1, 2)
    assert after.decrypt(before.encrypt("a", "p"), "p") == "a"


def test_keys_of_the_environment_are_used_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = load_key_ring(tmp_path / "keys.json") and (tmp_path / "keys.json").read_text()
    monkeypatch.setenv("KEHENG_KEYS", text)
    assert keys.key_ring() == parse_key_ring(text)
    assert set(json.loads(text)) == {"current", "keys", "index_key"}
    with pytest.raises(SetupError, match="KEHENG_KEYS"):
        keys.add_key()
