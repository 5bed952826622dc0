"""The desk: intake, cases, clocks, banks, log; the program that people and platforms use."""
