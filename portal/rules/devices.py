"""What a browser says of itself, in words its owner recognises; nothing that it says is kept as it stands."""

# In order: most browsers name those that they descend from too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def in_words(agent: str) -> str:
    """Return kind of browser and system ("Chrome, Android"), or "" where neither is known."""
    found = (
        next((name for sign, name in known if sign in agent[:400]), "") for known in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(filter(None, found))
