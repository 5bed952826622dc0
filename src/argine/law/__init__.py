"""Law as data: one file a regime, and pure rules over facts of a notice.

Modules: `terms` (each closed set of words), `regime` (what a regime is), `schema` and `parts` (read regimes/*.toml),
`sources` (where facts were read), `facts` (what the rules need to know of a notice or an order), `rules` (facts in;
clocks and missing elements out), `duties` (all that is owed, with its place in the law), `appeals`, `retention`,
`minors`, `routes` (where a person is led whom a desk must not serve, or who needs more than a desk). Nothing here
knows the time, a request or a row. Not legal advice.
"""
