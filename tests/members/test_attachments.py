"""Photo and papers of a person: looked at by content, seen by few, never erased by a click."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from members.models import Attachment, FileView
from members.scoping import scope_for
from members.services.attachments import LARGEST, attach, check_file, kept, remove
from tests.cast import enrolled
from tests.pages import Page

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def an(tree):
    return enrolled(tree.thon_dong, "Bùi Văn An", "1948")


def picture(form="JPEG", size=(300, 400), **options):
    kept = io.BytesIO()
    Image.new("RGB", size, (120, 140, 160)).save(kept, form, **options)
    return kept.getvalue()


def with_place():
    """A picture that says where it was taken, and by whom."""
    exif = Image.Exif()
    exif[0x013B] = "Zqtacgiazq"
    exif[0x8825] = {1: "N", 2: (21.0, 1.0, 1.0)}
    return picture(exif=exif)


# --- what is taken -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "mime"), [(picture(), "image/jpeg"), (picture("PNG"), "image/png"), (PDF, "application/pdf")], ids=["jpeg", "png", "pdf"])
def test_pictures_and_papers_are_known_by_their_content(content, mime):
    assert check_file(content, "giay_to")[0] == mime


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "trống"), (b"MZ\x90\x00", "không phải ảnh"), (b"GIF89a", "không phải ảnh"), (b"<svg xmlns='x'/>", "không phải ảnh"),
        (b"PK\x03\x04", "không phải ảnh"), (b"\xff\xd8\xff" + b"x" * 100, "bị hỏng"), (picture("PNG")[:60], "bị hỏng"),
        (picture(size=(8, 400)), "quá nhỏ hoặc quá lớn"), (picture("PNG", size=(12_001, 20)), "quá nhỏ hoặc quá lớn"),
        (b"%PDF-1.4 cut", "chưa trọn vẹn"), (PDF + b"x" * LARGEST, "tối đa 5 MB"),
    ],
    ids=["empty", "program", "gif", "svg", "zip", "false jpeg", "cut png", "small", "wide", "cut pdf", "large"],
)
def test_what_is_no_picture_or_paper_is_refused_with_the_mend(content, said):
    with pytest.raises(ValidationError, match=said):
        check_file(content, "giay_to")


def test_a_picture_of_a_million_by_a_million_is_refused_before_it_is_drawn(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(ValidationError, match="bị hỏng"):
        check_file(picture(), "giay_to")


def test_a_picture_keeps_nothing_but_its_points(everywhere):
    before = with_place()
    assert b"Zqtacgiazq" in before
    _, after = check_file(before, "anh")
    assert (b"Zqtacgiazq" in after, dict(Image.open(io.BytesIO(after)).getexif())) == (False, {})


def test_a_hidden_page_behind_a_picture_is_lost():
    _, after = check_file(picture() + b"<script>alert(1)</script>", "giay_to")
    assert b"script" not in after


def test_a_portrait_is_made_small_and_a_pdf_is_none():
    _, after = check_file(picture(size=(3000, 4000)), "anh")
    assert Image.open(io.BytesIO(after)).size == (900, 1200)
    with pytest.raises(ValidationError, match="phải là ảnh"):
        check_file(PDF, "anh")


def test_five_papers_are_enough_and_a_new_photo_takes_the_place_of_the_old(cast, an):
    with scope_for(cast.thu_ky):
        for number in range(5):
            attach(member=an, kind="giay_to", title=f"Giấy {number}", content=PDF, by=cast.thu_ky)
        with pytest.raises(ValidationError, match="đã đủ 5 giấy tờ"):
            attach(member=an, kind="giay_to", title="Giấy nữa", content=PDF, by=cast.thu_ky)
        remove(attachment=kept(an).first(), by=cast.thu_ky)
        attach(member=an, kind="giay_to", title="Giấy nữa", content=PDF, by=cast.thu_ky)
        for _ in range(2):
            attach(member=an, kind="anh", title="", content=picture(), by=cast.thu_ky)
        assert (kept(an).filter(kind="anh").count(), Attachment.objects.count()) == (1, 8)
        assert not any(hasattr(row, "content") for row in Attachment.history.all())


# --- who sees it ---------------------------------------------------------------------------


@pytest.fixture
def paper(cast, an):
    with scope_for(cast.thu_ky):
        attach(member=an, kind="anh", title="", content=picture(), by=cast.thu_ky)
        return attach(member=an, kind="giay_to", title="Thẻ thương binh", content=PDF, by=cast.thu_ky)


def test_a_file_is_added_through_the_page_and_its_title_is_asked(enter, an, everywhere):
    client = enter("thu_ky")
    path = reverse("members:attachments", args=[an.pk])
    page = Page(client.post(path, {"kind": "giay_to", "file": SimpleUploadedFile("x.pdf", PDF)}))
    assert (page.status, page.texts(".error-text")) == (422, ["Chưa ghi tên giấy tờ, ví dụ Quyết định xuất ngũ năm 1978."])
    page = Page(client.post(path, {"kind": "giay_to", "title": "X", "file": SimpleUploadedFile("x.pdf", b"MZ")}))
    assert page.texts(".error-summary li") == ["Tệp này không phải ảnh JPG, PNG hay PDF. Chọn một tệp thuộc ba loại ấy."]
    assert client.post(path, {"kind": "giay_to", "title": "Quyết định", "file": SimpleUploadedFile("x.exe", PDF, "text/html")}).status_code == 302
    assert Attachment.objects.values_list("title", "content_type").get() == ("Quyết định", "application/pdf")


def test_a_paper_comes_as_a_download_that_no_browser_opens_or_keeps_and_is_written_down(enter, an, paper, everywhere):
    answer = enter("chi_hoi_truong").post(reverse("members:attachment", args=[paper.pk]))
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, PDF, "application/pdf")
    said = {name: answer.headers[name] for name in ("Content-Disposition", "X-Content-Type-Options", "Cache-Control")}
    assert said == {
        "Content-Disposition": f'attachment; filename="tep-{paper.pk}.pdf"', "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store, private"}
    assert FileView.objects.values_list("member", "user__username", "fields").get() == (an.pk, "chi_hoi_truong", ["một giấy tờ đính kèm"])


@pytest.mark.parametrize(
    ("who", "photo", "opened"),
    [("chi_hoi_truong", 200, 200), ("van_phong", 200, 403), ("kiem_tra", 200, 403), ("quan_tri", 200, 403), ("superuser", 200, 403), ("thu_ky_ben_canh", 404, 404)],
)
def test_who_sees_the_portrait_and_who_opens_papers(enter, an, paper, who, photo, opened):
    client = enter(who)
    assert client.get(reverse("members:photo", args=[an.pk])).status_code == photo
    assert client.post(reverse("members:attachment", args=[paper.pk])).status_code == opened
    assert "Thẻ thương binh" not in (client.get(reverse("members:member_history", args=[an.pk])).content.decode() if who != "thu_ky_ben_canh" else "")


def test_a_paper_is_never_answered_to_a_get(enter, paper):
    assert enter("thu_ky").get(reverse("members:attachment", args=[paper.pk])).status_code == 405


def test_what_is_taken_out_is_not_served_and_its_row_stays(enter, an, paper, everywhere):
    client = enter("thu_ky")
    assert client.post(reverse("members:attachment_remove", args=[paper.pk])).status_code == 302
    assert [client.post(reverse(f"members:{name}", args=[paper.pk])).status_code for name in ("attachment", "attachment_remove")] == [404, 404]
    row = Attachment.objects.get(pk=paper.pk)
    assert (row.removed_at is not None, bytes(row.content), [h.history_user.username for h in row.history.all()]) == (True, PDF, ["thu_ky", "thu_ky"])
