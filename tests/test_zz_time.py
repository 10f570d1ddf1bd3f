import pytest
from tests import test_every_url as t
from tests.test_every_url import world, quick_pdf
from tests.url_table import *
pytestmark = pytest.mark.django_db
def test_x(world):
    with open("/tmp/work/wrong.txt","w") as out:
        for name in t.NAMES:
            for m in ("GET","POST"):
                for ask in TABLE[name]:
                    for actor in ACTORS:
                        try: lines=t.judge(world,name,ask,m,actor)
                        except Exception as e: lines=[f"{name} {m} {actor} EXC {e!r}"]
                        for l in lines: print(l,file=out)
