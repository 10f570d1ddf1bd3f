"""A page as a reader sees it: what a test looks at instead of the status alone."""

import re

import cssselect2
import tinyhtml5


def body_of(response):
    """The body without the token that differs in every answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def text_of(element):
    for child in element.iter():
        if child.tag in ("br", "p", "div", "li", "dd"):
            child.text = f" {child.text or ''}"
    return " ".join("".join(element.itertext()).split())


class Page:
    """The page of an answer; texts have single spaces."""

    def __init__(self, response):
        self.status = response.status_code
        tree = tinyhtml5.parse(response.content.decode(), namespace_html_elements=False)
        self.root = cssselect2.ElementWrapper.from_html_root(tree)

    def all(self, selector):
        return [found.etree_element for found in self.root.query_all(selector)]

    def texts(self, selector):
        return [text_of(found) for found in self.all(selector)]

    def text(self, selector):
        """The text of the only element; fails when there is none or more than one."""
        (found,) = self.texts(selector)
        return found

    def values(self, selector, attribute):
        return [found.get(attribute) for found in self.all(selector)]

    def table(self, selector="table"):
        """The rows of the body, cell by cell."""
        return [
            [text_of(cell) for cell in row.iter() if cell.tag in ("th", "td")]
            for row in self.all(f"{selector} tbody tr")
        ]

    def link(self, words):
        """The address of the only link with these words."""
        (found,) = [a.get("href") for a in self.all("a[href]") if text_of(a) == words]
        return found

    def form(self, selector="main form[method=post]"):
        """What a browser would send if the form were sent as it stands."""
        (form,) = self.all(selector)
        sent = {}
        for box in form.iter():
            name, kind = box.get("name"), box.get("type", "text")
            if not name or (kind in ("radio", "checkbox") and box.get("checked") is None):
                continue
            if box.tag == "select":
                chosen = [option for option in box.iter("option") if option.get("selected") is not None] or list(box.iter("option"))[:1]
                sent[name] = chosen[0].get("value") if chosen else ""
            elif box.tag == "textarea":
                sent[name] = box.text or ""
            elif box.tag == "input":
                sent[name] = box.get("value", "")
        sent.pop("csrfmiddlewaretoken", None)
        return sent
