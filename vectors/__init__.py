"""Test vectors that Python and the browser both read, and the recipe for their pictures."""
