"""Draws the page of a PDF file by PDFium, the program that Chromium shows PDF files with, and tells what is on it.

    paper_pdfium.py FILE.pdf PICTURE.ppm

The picture has 384 dots to an inch, as PNG files of figures have. Printed is JSON: the size in points, the text, where each
word lies (left, bottom, right, top), the fonts, and whether they are in the file.
"""

import json
import sys

import pypdfium2 as pdfium
import pypdfium2.raw as raw


def words(page):
    """The places of words, with the room that their letters have in their font."""
    text = page.get_textpage()
    found, word, box = [], "", None
    for at in range(text.count_chars()):
        letter = text.get_text_range(at, 1)
        if letter.isspace() or not letter:
            found += [(word, box)] if box else []
            word, box = "", None
            continue
        left, bottom, right, top = text.get_charbox(at, loose=True)
        if box and abs(bottom - box[1]) > 0.5 and abs(left - box[0]) > 0.5:
            found.append((word, box))
            word, box = "", None
        word += letter
        box = (left, bottom, right, top) if not box else (min(box[0], left), min(box[1], bottom), max(box[2], right), max(box[3], top))
    return found + ([(word, box)] if box else [])


def fonts(page):
    """The names of the fonts, and whether each is in the file."""
    found = {}
    for item in page.get_objects([raw.FPDF_PAGEOBJ_TEXT]):
        font = item.get_font()
        found[font.get_base_name()] = font.is_embedded
    return found


def main():
    document = pdfium.PdfDocument(sys.argv[1])
    page = document[0]
    picture = page.render(scale=384 / 72, rev_byteorder=True).to_numpy()[:, :, :3]
    with open(sys.argv[2], "wb") as file:
        file.write(b"P6 %d %d 255\n" % (picture.shape[1], picture.shape[0]))
        file.write(picture.tobytes())
    places = [[word, *box] for word, box in words(page)]
    metadata = document.get_metadata_dict(skip_empty=True)
    print(json.dumps({"pages": len(document), "size": page.get_size(), "words": places, "fonts": fonts(page), "metadata": metadata}))


main()
