"""What a file is, and which are refused: by content, whatever the name says."""

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from tests.files import samples

from keheng.files.enums import FileKind
from keheng.files.inspection import inspect
from keheng.files.inspection.marks import OLD_OFFICE
from keheng.files.kinds import KINDS, PICTURES
from keheng.files.refusals import Reason, RefusedFile

PIXELS = 50_000_000


def reason_of(content: bytes, name: str = "") -> Reason:
    with pytest.raises(RefusedFile) as refused:
        inspect(content, name, pixel_limit=PIXELS)
    sentence = refused.value.message_dict["file"][0]
    assert len(sentence) > 10
    assert "%(" not in sentence
    return refused.value.reason


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (samples.picture("JPEG"), "店招.JPG", FileKind.JPEG),
        (samples.picture("PNG"), "a.png", FileKind.PNG),
        (samples.picture("GIF"), "a.gif", FileKind.GIF),
        (samples.picture("WEBP"), "a.webp", FileKind.WEBP),
        (samples.picture("TIFF"), "a.tiff", FileKind.TIFF),
        (samples.pdf(), "营业执照.pdf", FileKind.PDF),
        (samples.pdf_with_objects(b"<< /Type /Page >>"), "a.pdf", FileKind.PDF),
        (samples.zipped(samples.WORD), "章程.docx", FileKind.WORD),
        (samples.zipped(samples.EXCEL), "报表.xlsx", FileKind.EXCEL),
        (samples.zipped(samples.SLIDES), "a.pptx", FileKind.SLIDES),
        ("客户口述：下周来办理".encode(), "记录.txt", FileKind.TEXT),
        ("姓名,金额\n张三,5\n".encode("gb18030"), "a.csv", FileKind.TEXT),
        ("\ufeff来访记录".encode("utf-16-le"), "a.txt", FileKind.TEXT),
        (b"ID3\x03" + bytes(100), "录音.mp3", FileKind.MP3),
        (b"\xff\xfb\x90\x00" + bytes(100), "a.mp3", FileKind.MP3),
        (b"RIFF\x24\0\0\0WAVEfmt ", "a.wav", FileKind.WAV),
        (samples.picture("JPEG"), "no-ending", FileKind.JPEG),
    ],
)
def test_harmless_files_are_told_by_their_content(content: bytes, name: str, kind: FileKind) -> None:
    found = inspect(content, name, pixel_limit=PIXELS)
    assert found.kind == kind
    assert (found.thumbnail is not None) == (kind in PICTURES)


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.pdf", Reason.EMPTY),
        (samples.PROGRAM, "工资表.pdf", Reason.PROGRAM),
        (samples.PROGRAM, "a.jpg", Reason.PROGRAM),
        (b"\x7fELF" + bytes(80), "a.txt", Reason.PROGRAM),
        (b"#!/bin/sh\nrm -rf /\n", "a.txt", Reason.PROGRAM),
        (b"@echo off\r\ndel *", "a.txt", Reason.PROGRAM),
        (b"<?php system('id');", "a.txt", Reason.PROGRAM),
        (b"{\\rtf1 {\\object}}", "a.txt", Reason.PROGRAM),
        (b"<!DOCTYPE html><p>x", "a.txt", Reason.MARKUP),
        (b"hello <script>alert(1)</script>", "a.txt", Reason.MARKUP),
        (b'<?xml version="1.0"?><svg onload="x()"/>', "logo.svg", Reason.MARKUP),
        (b"\n\n <SVG onload=x>", "a.csv", Reason.MARKUP),
        (samples.zipped({"a.txt": "x"}), "a.zip", Reason.ARCHIVE),
        (samples.locked(samples.zipped({"a.txt": "x"})), "a.zip", Reason.ENCRYPTED),
        (samples.locked(samples.zipped(samples.WORD)), "a.docx", Reason.ENCRYPTED),
        (b"Rar!\x1a\x07" + bytes(50), "a.rar", Reason.ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "a.7z", Reason.ARCHIVE),
        (samples.zipped({**samples.EXCEL, "xl/worksheets/a.xml": bytes(60_000_000)}), "a.xlsx", Reason.ARCHIVE),
        (samples.zipped({**samples.WORD, "word/vbaProject.bin": "x"}), "a.docx", Reason.MACROS),
        (samples.zipped({**samples.EXCEL, "xl/embeddings/oleObject1.bin": "x"}), "a.xlsx", Reason.MACROS),
        (samples.zipped({**samples.EXCEL, samples.TYPES: "macroEnabled"}), "a.xlsx", Reason.MACROS),
        (
            samples.zipped({**samples.WORD, "word/_rels/settings.xml.rels": "x/attachedTemplate"}),
            "a.docx",
            Reason.MACROS,
        ),
        (b"PK\x03\x04" + bytes(50), "a.docx", Reason.DAMAGED),
        (OLD_OFFICE + bytes(600), "a.doc", Reason.OLD_OFFICE),
        (OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", Reason.ENCRYPTED),
        (samples.pdf(b"<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>"), "a.pdf", Reason.ACTIVE_PDF),
        (samples.pdf(b"<< /S /J#61vaScript >>"), "a.pdf", Reason.ACTIVE_PDF),
        (samples.pdf(b"<< /S /Launch >>"), "a.pdf", Reason.ACTIVE_PDF),
        (samples.pdf_with_objects(b"<< /S /JavaScript >>"), "a.pdf", Reason.ACTIVE_PDF),
        (samples.pdf(b"<< /Encrypt 5 0 R >>"), "a.pdf", Reason.ENCRYPTED),
        (samples.bomb(60_000), "a.png", Reason.TOO_MANY_PIXELS),
        (samples.bomb(8_000), "a.png", Reason.TOO_MANY_PIXELS),
        (samples.picture()[:400], "a.jpg", Reason.DAMAGED),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "a.png", Reason.DAMAGED),
        (bytes(range(256)) * 4, "a.bin", Reason.UNKNOWN),
        (b"a\x00b", "a.txt", Reason.UNKNOWN),
        (samples.picture(), "合同.pdf", Reason.RENAMED),
        (samples.pdf(), "a.exe", Reason.RENAMED),
        (samples.pdf(), "invoice.pdf.js", Reason.RENAMED),
        (b"plain words", "a.html", Reason.RENAMED),
    ],
)
def test_harmful_and_unknown_files_are_refused_with_a_sentence(content: bytes, name: str, reason: Reason) -> None:
    assert reason_of(content, name) is reason


def test_the_sentence_of_a_renamed_file_names_both_kinds() -> None:
    with pytest.raises(RefusedFile) as refused:
        inspect(samples.picture(), "合同.pdf", pixel_limit=PIXELS)
    assert ".pdf" in refused.value.message_dict["file"][0]
    assert "JPEG 图片" in refused.value.message_dict["file"][0]


def test_a_thumbnail_is_upright_small_and_without_metadata() -> None:
    original = samples.photo_with_place()
    assert b"secret place" in original
    made = inspect(original, "a.jpg", pixel_limit=PIXELS).thumbnail
    assert made
    with Image.open(io.BytesIO(made)) as shown:
        assert shown.format == "JPEG"
        assert shown.height > shown.width  # turned
        assert max(shown.size) <= 640
        assert not shown.getexif()
    assert b"secret" not in made
    assert b"Exif" not in made


def test_a_transparent_picture_lies_on_white() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(target, "PNG")
    made = inspect(target.getvalue(), "a.png", pixel_limit=PIXELS).thumbnail
    assert made
    with Image.open(io.BytesIO(made)) as shown:
        assert shown.getpixel((5, 5)) == (255, 255, 255)


@given(st.binary(max_size=400), st.sampled_from(["", "a.pdf", "a.jpg", "a.docx", "a.txt"]))
@example(b"%PDF-", "a.pdf")
@example(b"stream\r\n/ObjStm", "")
@example(b"II*\x00\xff\xff\xff\xff", "a.tif")
@example(b"GIF89a", "a.gif")
def test_whatever_comes_is_taken_or_refused_and_never_fails(content: bytes, name: str) -> None:
    try:
        found = inspect(content, name, pixel_limit=PIXELS)
    except RefusedFile:
        return
    assert found.kind in KINDS


@given(st.sampled_from(sorted(PICTURES)), st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_a_damaged_picture_never_fails(kind: FileKind, at: int, noise: bytes) -> None:
    content = bytearray(samples.picture(kind.upper(), (40, 30)))
    at %= len(content)
    content[at : at + len(noise)] = noise
    try:
        inspect(bytes(content), "", pixel_limit=PIXELS)
    except RefusedFile:
        return
