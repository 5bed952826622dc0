class MerkleError(Exception):
    """A proof, note, checkpoint, entry or receipt that does not hold. The one error of this package.

    The text is one line that names what was expected and what was found.
    """

    code = "merkle"
