"""What the program prints it reads back, and no text at all makes the reader stumble."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from members.vietnamese import (
    QUALIFIERS,
    Typed,
    format_number,
    money_short,
    money_words,
    parse_number,
)

amounts = st.decimals(min_value=0, max_value=10**15, places=3)


def read_or_refused(text, unit):
    try:
        typed = parse_number(text, unit)
    except ValueError as refused:
        assert str(refused).startswith("Chưa đọc được “")
        return
    assert typed.state in {"number", "words", "not_concerned", ""}
    assert (typed.value is not None) == (typed.state == "number")
    assert typed.qualifier in QUALIFIERS
    assert typed.value is None or 0 <= typed.value < 10**18


@given(amounts)
def test_a_printed_number_reads_back(value):
    assert parse_number(format_number(value)) == Typed("number", value)


@given(amounts, st.integers(0, 9))
def test_short_money_reads_back(dong, zeros):
    dong = dong // 10**zeros * 10**zeros if zeros else dong
    assert parse_number(money_short(dong)) == Typed("number", dong, unit="đồng")


@given(st.integers(1, 10**18 - 1) | st.integers(1, 10**7))
def test_money_in_words_reads_back(dong):
    assert parse_number(money_words(dong)) == Typed("number", Decimal(dong), unit="đồng")


@given(st.text(max_size=30), st.sampled_from(["", "đồng", "tỷ đồng", "%", "hội viên"]))
@settings(max_examples=300)
def test_any_text_is_read_or_refused_with_vietnamese_words(text, unit):
    read_or_refused(text, unit)


pieces = st.sampled_from(
    "hơn ước khoảng toàn thể có đã không từ trở lên một hai năm mười mươi lăm trăm linh nghìn triệu"
    " tỷ rưỡi 1 05 26 1.862 4.093,7 1,5 16/26 / % đồng đ hv m2 hội viên ( ) , - x nhiều chục".split()
)


@given(st.lists(pieces, max_size=7), st.sampled_from(["", "đồng", "triệu đồng"]))
@settings(max_examples=300)
def test_any_mixture_of_its_own_words_is_read_or_refused(words, unit):
    read_or_refused(" ".join(words), unit)
