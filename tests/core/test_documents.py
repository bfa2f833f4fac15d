"""PDFs come out readable and harmless; what cannot be cleaned is refused."""

import io
import struct
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from portal.core.documents import prepare_pdf
from portal.core.uploads import Broken, EmptyFile, Encrypted, FileTooLarge, NotAPdf, TooManyPages


def document(pages: int = 1) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=(200, 300))
        page.Contents = pdf.make_stream(b"BT /F1 12 Tf (Konsep paket wisata) Tj ET")
    return pdf


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    target = io.BytesIO()
    pdf.save(target, **options)
    return target.getvalue()


def everything_in(data: bytes) -> bytes:
    """All objects as text, so that a leftover anywhere shows."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        parts = [thing.unparse(resolved=True) for thing in pdf.objects]
        parts += [thing.read_raw_bytes() for thing in pdf.objects if isinstance(thing, pikepdf.Stream)]
        return b"\n".join([*parts, pdf.trailer.unparse()])


def test_clean_document_keeps_its_pages_and_words() -> None:
    prepared = prepare_pdf(saved(document(3)))
    assert prepared.pages == 3
    with pikepdf.open(io.BytesIO(prepared.data)) as pdf:
        assert b"Konsep paket wisata" in pdf.pages[2].Contents.read_bytes()


def test_author_and_metadata_do_not_survive() -> None:
    pdf = document()
    pdf.docinfo["/Author"] = "Penulis Rahasia"
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = ["Penulis Rahasia"]
    pdf.pages[0].obj.PieceInfo = Dictionary(Editor=String("Penulis Rahasia"))
    pdf.pages[0].obj.Metadata = pdf.make_stream(b"Penulis Rahasia")
    original = saved(pdf)
    assert b"Rahasia" in everything_in(original)
    assert b"Rahasia" not in everything_in(prepare_pdf(original).data)


def test_nothing_that_runs_survives() -> None:
    pdf = document()
    script = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=String("app.alert('jahat')")))
    pdf.Root.OpenAction = script
    pdf.Root.AA = Dictionary(WC=script)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), script])))
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp>jahat</xdp>"))
    launch = Dictionary(S=Name.Launch, F=String("jahat.exe"), Next=Array([script]))
    chained = Dictionary(
        S=Name.URI, URI=String("https://contoh.id"), Next=Dictionary(S=Name.Launch, F=String("jahat"))
    )
    odd_link = Dictionary(S=Name.URI, URI=String("javascript:jahat()"))
    pdf.pages[0].obj.AA = Dictionary(O=script)
    pdf.pages[0].obj.Annots = Array(
        Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)
        for action in (script, launch, chained, odd_link)
    )
    pdf.pages[0].obj.Resources = Dictionary(
        XObject=Dictionary(X=pdf.make_stream(b"", F=String("/etc/jahat")))
    )
    original = saved(pdf)
    assert b"jahat" in everything_in(original)
    cleaned = everything_in(prepare_pdf(original).data)
    assert b"jahat" not in cleaned
    assert b"/JavaScript" not in cleaned
    assert b"/Launch" not in cleaned
    assert b"https://contoh.id" in cleaned


def test_files_inside_do_not_survive() -> None:
    pdf = document()
    pdf.attachments["daftar.xlsm"] = b"isi lampiran jahat"
    pdf.pages[0].obj.Annots = Array(
        [
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.FileAttachment,
                Rect=Array([0, 0, 9, 9]),
                Contents=String("jahat"),
            )
        ]
    )
    cleaned = prepare_pdf(saved(pdf)).data
    with pikepdf.open(io.BytesIO(cleaned)) as opened:
        assert not opened.attachments
    everything = everything_in(cleaned)
    assert b"/EF" not in everything
    assert b"jahat" not in everything
    assert b"daftar.xlsm" not in everything


@pytest.mark.parametrize("user", ["", "rahasia"])
def test_encrypted_document_is_refused(user: str) -> None:
    locked = saved(document(), encryption=pikepdf.Encryption(owner="pemilik", user=user))
    with pytest.raises(Encrypted):
        prepare_pdf(locked)


def test_document_of_too_many_pages_is_refused() -> None:
    assert prepare_pdf(saved(document(200))).pages == 200
    with pytest.raises(TooManyPages) as caught:
        prepare_pdf(saved(document(201)))
    assert (caught.value.size, caught.value.limit) == (201, 200)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", EmptyFile),
        (b"%PDF-1.7\n<html>bukan</html>", Broken),
        (saved(document())[:100], Broken),
        (b"GIF89a%PDF-1.7", NotAPdf),
        (b"PK\x03\x04", NotAPdf),
        (b"%PDF-1.7" + b"\0" * 11_000_000, FileTooLarge),
    ],
)
def test_what_is_no_good_document_is_refused(data: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        prepare_pdf(data)


def test_document_that_unpacks_to_gigabytes_harms_nobody() -> None:
    packer = zlib.compressobj(9)
    blocks = [packer.compress(b" " * 10_000_000) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)]
    packed = blocks[0] + blocks[1] * 300  # a block may repeat after a full flush
    head = b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 5 0 R>>\nendobj\n"
    bomb = b"2 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
    table_at = len(head) + len(bomb) + len(packed) + len(b"\nendstream\nendobj\n")
    rows = [
        (0, 0, 255),
        (1, len(b"%PDF-1.5\n"), 0),
        (1, len(head), 0),
        (1, table_at, 0),
        (0, 0, 0),
        (2, 2, 0),
    ]
    table = b"".join(struct.pack(">BIB", *row) for row in rows)
    xref = b"3 0 obj\n<</Type/XRef/Size 6/W[1 4 1]/Root 1 0 R/Length %d>>\nstream\n" % len(table)
    tail = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table_at
    with pytest.raises(Broken):
        prepare_pdf(head + bomb + packed + b"\nendstream\nendobj\n" + xref + table + tail)
