"""The text of a published file or a mail: archives part by part, PDF by the text of its pages."""

from __future__ import annotations

import re
from email.message import EmailMessage
from io import BytesIO
from zipfile import ZipFile

from pypdf import PdfReader


def plain(content: bytes) -> str:
    """Return a file's content as text; a part of an archive or a page begins with a line that names it."""
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        return "".join(f"== {name}\n{plain(part)}\n" for name, part in parts.items())
    if content.startswith(b"%PDF"):
        pages = enumerate(PdfReader(BytesIO(content)).pages, 1)
        return "".join(f"== page {number}\n{page.extract_text()}\n" for number, page in pages)
    return content.decode()


def plain_mail(mail: EmailMessage) -> str:
    """Return a mail's headers and parts; its moment and the boundaries of its parts are left out."""
    text = ""
    for part in mail.walk():
        headers = [(name, value) for name, value in part.items() if name != "Date"]
        text += "".join(f"{name}: {re.sub('; boundary=.*', '', str(value))}\n" for name, value in headers) + "\n"
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            text += plain(content) + "\n"
    return text
