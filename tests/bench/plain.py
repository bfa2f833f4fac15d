"""What everything is compared with, on the same server: Flask alone, a page from memory, a raw insert."""

import os
import sqlite3
import threading

from flask import Flask, Response, render_template_string, request

app = Flask("plain")
_local = threading.local()

_PAGE = """<!doctype html><html lang="id"><head><title>{{ title }}</title></head>
<body><h1>{{ title }}</h1><ul>
{% for row in rows %}
<li class="card"><h2><a href="/k/{{ row.reference }}">{{ row.title }}</a></h2>
<p class="meta">{{ row.place }} · {{ row.day }} · {{ row.supports }} dukungan</p>
<p>{{ row.text }}</p><p><span class="tag tag-{{ row.tone }}">{{ row.status }}</span></p></li>
{% endfor %}
</ul></body></html>"""

#: Twenty cards that make a page of 30 KB, the size of our list.
ROWS = [
    {
        "reference": f"SB-2611-{number:04d}",
        "title": f"Lampu jalan padam di depan pasar nomor {number}",
        "place": "Pancuran Gerobak",
        "day": "17 Nov 2026",
        "supports": number,
        "text": "Sudah seminggu lampu ini tidak menyala, anak-anak takut pulang mengaji. " * 17,
        "tone": "calm",
        "status": "Sedang ditangani",
    }
    for number in range(20)
]


@app.get("/hello")
def hello() -> str:
    """Answer two words."""
    return "Halo, Sibolga"


@app.get("/list")
def listed() -> str:
    """Render 30 KB from memory."""
    return render_template_string(_PAGE, title="Kiriman", rows=ROWS)


@app.post("/insert")
def insert() -> Response:
    """Store one row as safely as the portal does, and nothing else."""
    connection = getattr(_local, "connection", None)
    if connection is None:
        connection = _local.connection = sqlite3.connect(os.environ["PLAIN_DATABASE"], timeout=8)
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO plain (body) VALUES (?)", (request.get_data(as_text=True),))
    connection.execute("COMMIT")
    return Response(status=303, headers={"Location": "/hello"})
