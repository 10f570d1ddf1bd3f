"""A photo and up to five papers of a member: looked at by content, kept in the database, never erased by a click."""

import hashlib
import io
import warnings

from django.core.exceptions import ValidationError
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from ccb import clock
from members.models import Attachment, Member

LARGEST = 5 * 1024 * 1024  # bytes
PAPERS = 5
SIDES = (16, 12_000)  # pixels
MOST_PIXELS = 40_000_000
PHOTO_SIDE = 1200  # pixels: a portrait on a member's card needs no more
JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
MAGIC = ((b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"%PDF-", PDF))
ENDINGS = {JPEG: "jpg", PNG: "png", PDF: "pdf"}


def check_file(content, kind):
    """(type, bytes to keep): the type by content; an image is drawn anew, so that nothing hides in it.

    Raises ``ValidationError`` in words for the person who chose the file.
    """
    if not content:
        raise ValidationError("Tệp này trống. Chọn lại tệp ảnh hoặc giấy tờ.")
    if len(content) > LARGEST:
        size = f"{len(content) / 1024 / 1024:.1f}".replace(".", ",")
        raise ValidationError(f"Tệp nặng {size} MB, tối đa 5 MB. Chụp lại cỡ nhỏ hơn, hoặc gửi bản PDF nhẹ hơn.")
    found = next((mime for magic, mime in MAGIC if content.startswith(magic)), None)
    if found is None:
        raise ValidationError("Tệp này không phải ảnh JPG, PNG hay PDF. Chọn một tệp thuộc ba loại ấy.")
    if found == PDF:
        if kind == Attachment.Kind.PHOTO:
            raise ValidationError("Ảnh chân dung phải là ảnh JPG hoặc PNG, không phải PDF.")
        if b"%%EOF" not in content[-2048:]:
            raise ValidationError("Tệp PDF này chưa trọn vẹn. Lưu lại hoặc quét lại rồi gửi.")
        return PDF, content
    return found, _drawn_anew(content, kind)


def _drawn_anew(content, kind):
    """The same picture without its place, camera and other notes (EXIF)."""
    broken = ValidationError("Không mở được ảnh này, có lẽ tệp bị hỏng. Chụp hoặc lưu lại rồi gửi.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as image:
                width, height = image.size
                if not (SIDES[0] <= min(width, height) and max(width, height) <= SIDES[1]) or width * height > MOST_PIXELS:
                    raise ValidationError(f"Ảnh cỡ {width} × {height} điểm, quá nhỏ hoặc quá lớn. Chọn ảnh từ {SIDES[0]} đến {SIDES[1]} điểm mỗi cạnh.")
                form = image.format
                upright = ImageOps.exif_transpose(image).convert("RGB" if form == "JPEG" else "RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise broken from error
    if kind == Attachment.Kind.PHOTO:
        upright.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    kept = io.BytesIO()
    upright.save(kept, form, **({"quality": 88} if form == "JPEG" else {"optimize": True}))
    return kept.getvalue()


def kept(member):
    """Attachments that were not removed, without their bytes."""
    return member.attachments.filter(removed_at=None).defer("content")


@transaction.atomic
def attach(*, member, kind, title, content, by=None):
    """Keep a file. A new photo takes the place of the old one. Raises ``ValidationError``."""
    mime, checked = check_file(content, kind)
    Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    there = kept(member).filter(kind=kind)
    if kind == Attachment.Kind.PAPER and there.count() >= PAPERS:
        raise ValidationError(f"Hồ sơ đã đủ {PAPERS} giấy tờ. Bỏ một giấy tờ không cần nữa rồi thêm.")
    if kind == Attachment.Kind.PHOTO:
        for old in there:
            remove(attachment=old, by=by)
    row = Attachment(
        member=member, kind=kind, title=title, content_type=mime, content=checked, sha256=hashlib.sha256(checked).hexdigest(),
        added_at=clock.now(),
    )
    row.full_clean(exclude=["member"])
    row._history_user = by
    row.save()
    return row


def remove(*, attachment, by=None):
    """Out of the file; the row stays. Removing twice is once."""
    if attachment.removed_at is not None:
        return attachment
    attachment.removed_at = clock.now()
    attachment._history_user = by
    attachment.save(update_fields=["removed_at"])
    return attachment
