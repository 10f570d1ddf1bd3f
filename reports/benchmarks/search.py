"""Finding a person by parts of the name, in any order, without marks."""

import random
from functools import partial

from members.models import Member
from members.scoping import scope_for
from members.vietnamese import fold

from .registry import Measured, NotMeasured, row, seconds

NAMES, PAGE = 60, 50


@row("members", "tim-ten", "tìm tên không dấu, thứ tự bất kỳ, p95", "–", at_most=100)
def search_by_name(world):
    """p95 over names of members: two or three words each, shuffled, marks dropped."""
    luck = random.Random("tim-ten")  # noqa: S311 - a sample
    with scope_for(world.user):
        keys = list(Member.objects.order_by("pk").values_list("pk", flat=True)[: world.members])
        names = Member.objects.filter(pk__in=luck.sample(keys, min(NAMES, len(keys)))).order_by("pk").values_list("name", flat=True)
        times = sorted(seconds(partial(find, shuffled(name, luck))) for name in names)
    if not times:
        raise NotMeasured("chưa có hội viên nào")
    return Measured(times[min(len(times) - 1, int(len(times) * 0.95))])


def shuffled(name, luck):
    words = fold(name).split()
    luck.shuffle(words)
    return " ".join(words[:3])


def find(text):
    return list(Member.objects.named(text).select_related("unit").order_by("sort_key", "pk")[:PAGE])
