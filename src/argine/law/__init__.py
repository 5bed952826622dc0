"""Law as data: one file a regime, and pure rules over facts of a notice.

Modules: `regime` (what a regime is), `schema` (reads regimes/*.toml), `rules` (facts in; clocks and missing
elements out), `routes` (where a person is led whom a desk must not serve, or who needs more than a desk). Nothing
here knows the time, a request or a row.
"""
