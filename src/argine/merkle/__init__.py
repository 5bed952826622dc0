"""The log's mathematics: hash tree, proofs, signed notes, receipts. Standard library only: anybody can check.

Modules, each readable alone:

* `tree`: RFC 6962 hashes, roots, inclusion and consistency proofs, and their verification;
* `note`: text with signatures (C2SP signed-note);
* `ed25519`: verification of the signatures (RFC 8032);
* `checkpoint`: the signed head of the log (C2SP tlog-checkpoint);
* `canonical`: the one byte form of a log entry;
* `cosignature`: what a witness puts under a checkpoint (C2SP tlog-cosignature);
* `growth`: a checkpoint and the proof that it goes on from an older one (C2SP tlog-witness);
* `receipt`: an entry, its proof and a checkpoint in one JSON object;
* `offline`: the program that checks receipts; `one_file` makes `argine_verify.py` of it, in one file.
"""
