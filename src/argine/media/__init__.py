"""Untrusted bytes to pixels, as a browser shows them."""
