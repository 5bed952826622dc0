"""The pages that a site of the tests shows."""


def page_of(picture: str = "picture") -> str:
    """A page as there are too many: words, accounts, where to pay, and media of every kind."""
    return f"""<!doctype html><html lang="en"><head><title>Leaks</title>
    <meta property="article:published_time" content="2026-11-01T10:00:00Z"><style>b {{ color: red }}</style></head>
    <body><script>document.write("@evil_script")</script><h1>Leaked by @bad_guy</h1>
    <p>Write to pay.me@evil.example, send 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa or ask
    <a href="https://t.me/leaker">here</a>.<img src="/{picture}.jpg"><video src="/v.mp4"></video>
    <img src="data:image/png;base64,iVBORw0KGgo="><form><input name="q">in the form</form></body></html>"""
