"""`python -m argine`: the command line, for where its script is not on the path."""

from argine.cli.main import main

main()
