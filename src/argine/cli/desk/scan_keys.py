"""A scan's book after the key of sealed fields was changed: what it keeps is sealed anew, or hashed again.

`argine secrets rotate` does not know where books lie, so each is brought over when its scan goes on.
"""

import click

from argine.desk.core.crypto import brought_over, newest_mark
from argine.scan.book import Book

AT_ONCE = 500


def place_of(book: Book, number: int) -> str:
    """What the signals of a file are bound to: this scan, and the file's number in it."""
    return f"scan:{book.about('scan')}:{number}"


def bring_over(book: Book) -> None:
    """Seal what the book keeps with the key that seals now; files whose signals no key here opens are hashed again."""
    anew = again = last = 0
    while rows := book.kept_otherwise(newest_mark(), last, AT_ONCE):
        opened = [(number, brought_over(blob, place_of(book, number))) for number, blob in rows]
        kept = [(number, blob) for number, blob in opened if blob is not None]
        lost = [number for number, blob in opened if blob is None]
        book.keep(kept)
        if lost:
            book.hash_again(lost)
        anew, again, last = anew + len(kept), again + len(lost), rows[-1][0]
    if anew:
        click.echo(f"The desk's key was changed: the signals of {anew:,} files were sealed anew.", err=True)
    if again:
        click.echo(
            f"The signals of {again:,} files cannot be opened: the key that sealed them does not lie in the folder of "
            "keys (fields-retired-DATE.key), or they were altered. These files are hashed again.",
            err=True,
        )
