"""A desk with made-up cases, so that each page has something to see. Its pictures are drawn by code."""
