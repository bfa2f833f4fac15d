"""Cleans one PDF from standard input to standard output; run as a program of its own.

`documents.prepare_pdf` starts this file in a child process, because a hostile PDF can make the parser
eat all memory, loop, or crash. It imports nothing of the portal, so it starts fast. The answer on
standard error is one JSON object: {"pages": n} or {"refused": code, "size": n}.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator

import pikepdf

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 15
MAX_OBJECTS = 200_000
MAX_DEPTH = 60

# Keys whose values run something, carry other files, or tell who made the document and where.
DROPPED_KEYS = (
    "/AA", "/AF", "/Collection", "/EmbeddedFiles", "/JS", "/JavaScript", "/LastModified", "/Metadata",
    "/OpenAction", "/PieceInfo", "/RichMediaContent", "/Thumb", "/XFA",
)  # fmt: skip
# ISO 32000-2, 12.6.4: actions that leave the page or run something. Web links (URI) are looked at apart.
BAD_ACTIONS = {
    "/GoTo3DView", "/GoToDp", "/GoToE", "/GoToR", "/ImportData", "/JavaScript", "/Launch", "/Movie",
    "/Rendition", "/RichMediaExecute", "/SetOCGState", "/Sound", "/SubmitForm", "/Thread", "/Trans",
}  # fmt: skip
BAD_ANNOTATIONS = {"/3D", "/FileAttachment", "/Movie", "/RichMedia", "/Screen", "/Sound"}
WEB_LINKS = (b"http://", b"https://", b"mailto:")


class Refused(Exception):
    """The document is not taken; the arguments are the code and a number."""


def _below(thing: pikepdf.Object, depth: int = 0) -> Iterator[pikepdf.Object]:
    """Yield the dictionaries written inside `thing`, itself included; not those it only points to."""
    if depth > MAX_DEPTH:
        raise Refused("broken")
    if isinstance(thing, pikepdf.Array):
        children: list[object] = list(thing.as_list())
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        yield thing
        children = [thing.get(key) for key in list(thing.keys())]
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _below(child, depth + 1)


def _is_bad_link(thing: pikepdf.Object) -> bool:
    link = thing.get("/URI")
    return isinstance(link, pikepdf.String) and not bytes(link).strip().lower().startswith(WEB_LINKS)


def _clean(thing: pikepdf.Object) -> None:
    for key in DROPPED_KEYS:
        if key in thing:
            del thing[key]
    if isinstance(thing, pikepdf.Stream):
        for key in ("/F", "/FFilter", "/Ref"):  # contents that would be fetched from another file
            if key in thing:
                del thing[key]
    kind = thing.get("/S")
    bad_action = isinstance(kind, pikepdf.Name) and str(kind) in BAD_ACTIONS
    note = thing.get("/Subtype")
    bad_note = isinstance(note, pikepdf.Name) and str(note) in BAD_ANNOTATIONS and "/Rect" in thing
    file = thing.get("/Type") in (pikepdf.Name.Filespec, pikepdf.Name.F) or "/EF" in thing
    if bad_action or bad_note or file or _is_bad_link(thing):
        # Emptied in place: whoever points here finds nothing to run.
        for key in list(thing.keys()):
            if isinstance(thing, pikepdf.Stream) and key == "/Length":
                continue
            del thing[key]


def _count_pages(pdf: pikepdf.Pdf, max_pages: int) -> int:
    pages = len(pdf.pages)
    if pages == 0:
        raise Refused("broken")
    if pages > max_pages:
        raise Refused("too_many_pages", pages)
    return pages


def clean(data: bytes, max_pages: int) -> tuple[bytes, int]:
    """Return the document without scripts, files, actions and authors, and its number of pages."""
    try:
        pdf = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as error:
        raise Refused("encrypted") from error
    with pdf:
        if pdf.is_encrypted:
            raise Refused("encrypted")
        pages = _count_pages(pdf, max_pages)
        if len(pdf.objects) > MAX_OBJECTS:
            raise Refused("broken")
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        for thing in (pdf.trailer, *pdf.objects):
            for part in _below(thing):
                _clean(part)
        target = io.BytesIO()
        # Streams are copied as they are: nothing is unpacked, so nothing can blow up.
        pdf.save(
            target, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none, static_id=True
        )
    return target.getvalue(), pages


def main() -> int:
    """Read, clean, write; return the exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        cleaned, pages = clean(sys.stdin.buffer.read(), max_pages=int(sys.argv[1]))
    except Refused as refusal:
        answer: dict[str, object] = {"refused": refusal.args[0], "size": (*refusal.args, None)[1]}
    except Exception:  # any trouble with a hostile document is the document's
        answer = {"refused": "broken", "size": None}
    else:
        answer = {"pages": pages}
        sys.stdout.buffer.write(cleaned)
        sys.stdout.buffer.flush()
    sys.stderr.write("\n" + json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
