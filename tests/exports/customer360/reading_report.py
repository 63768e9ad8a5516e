"""Reads the PDF report back, with readers that did not write it."""

import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2

from exports.customer360.pdf import body


def written(view) -> bytes:
    return b"".join(body(view))


def pages(content: bytes) -> list[str]:
    """Text of each page without white space: lines are broken anywhere."""
    with pypdfium2.PdfDocument(content) as document:
        return [
            squeezed(document[place].get_textpage().get_text_bounded())
            for place in range(len(document))
        ]


def squeezed(text: str) -> str:
    return "".join(text.split())


def bookmarks(content: bytes) -> list[tuple[int, str, int]]:
    """Level, title and page, the first of which is 0."""
    with pypdfium2.PdfDocument(content) as document:
        return [
            (item.level, item.get_title(), item.get_dest().get_index())
            for item in document.get_toc()
        ]


def structure(content: bytes) -> list[str]:
    """Kinds of the elements, in order; the page of each is in the document."""
    with pikepdf.open(BytesIO(content)) as pdf:
        known = {page.obj.objgen for page in pdf.pages}
        found: list[str] = []
        waiting = [pdf.Root.StructTreeRoot.K[0]]
        while waiting:
            element = waiting.pop()
            found.append(str(element.S))
            assert "/Pg" not in element or element.Pg.objgen in known
            kids = element.get("/K", [])
            kids = kids if isinstance(kids, pikepdf.Array) else [kids]
            waiting += [
                kid
                for kid in reversed(list(kids))
                if isinstance(kid, pikepdf.Dictionary) and "/S" in kid
            ]
        return found


def parts_of_pages(content: bytes) -> list[set[str]]:
    """Per page: kinds of the elements that the page's number leads to."""
    with pikepdf.open(BytesIO(content)) as pdf:
        flat = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        known = {
            int(number): elements
            for number, elements in zip(flat[::2], flat[1::2], strict=True)
        }
        found = []
        for page in pdf.pages:
            elements = known[int(page.obj.StructParents)]
            for element in elements:
                if "/Pg" in element:
                    assert element.Pg.objgen == page.obj.objgen
            found.append({str(element.S) for element in elements})
        return found


def checked(content: bytes, folder: Path) -> str:
    """What qpdf says of the file's syntax."""
    path = folder / "report.pdf"
    path.write_bytes(content)
    done = subprocess.run(
        ["qpdf", "--check", path], capture_output=True, text=True, check=False
    )
    return f"{done.returncode}: {done.stderr}"
