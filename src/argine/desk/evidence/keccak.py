"""Keccak-256 as cryptocurrencies use it: SHA-3's permutation with the older padding, which Python does not bring.

Source: The Keccak reference, version 3.0; the permutation is that of FIPS 202. With the padding of FIPS 202 it gives
SHA3-256, which is what its test compares.
"""

RATE = 136  # bytes of the state that take in the message
LANES = 25
WORD = (1 << 64) - 1
ROUNDS = 24
KECCAK_PAD, SHA3_PAD = 0x01, 0x06


def _rotations() -> tuple[list[int], list[int]]:
    """By step of rho and pi: the lane that is written next, and by how much it is turned."""
    lanes, turns, x, y = [], [], 1, 0
    for step in range(LANES - 1):
        x, y = y, (2 * x + 3 * y) % 5
        lanes.append(x + 5 * y)
        turns.append((step + 1) * (step + 2) // 2 % 64)
    return lanes, turns


def _constants() -> list[int]:
    """The constants of iota, from the linear feedback shift register of the reference."""
    found, register = [], 1
    for _ in range(ROUNDS):
        constant = 0
        for power in range(7):
            if register & 1:
                constant |= 1 << ((1 << power) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        found.append(constant)
    return found


LANE, TURN = _rotations()
CONSTANTS = _constants()


def _turn(word: int, count: int) -> int:
    return ((word << count) | (word >> (64 - count))) & WORD


def _permute(state: list[int]) -> None:
    for constant in CONSTANTS:
        columns = [state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] for x in range(5)]
        for x in range(5):
            change = columns[x - 1] ^ _turn(columns[(x + 1) % 5], 1)
            for y in range(0, LANES, 5):
                state[x + y] ^= change
        moved = state[1]
        for lane, turn in zip(LANE, TURN, strict=True):
            state[lane], moved = _turn(moved, turn), state[lane]
        for y in range(0, LANES, 5):
            row = state[y : y + 5]
            for x in range(5):
                state[x + y] = row[x] ^ (~row[(x + 1) % 5] & WORD & row[(x + 2) % 5])
        state[0] ^= constant


def keccak_256(data: bytes, pad: int = KECCAK_PAD) -> bytes:
    """The digest of some bytes: 32 bytes."""
    padded = bytearray(data) + bytes(RATE - len(data) % RATE)
    padded[len(data)] ^= pad
    padded[-1] ^= 0x80
    state = [0] * LANES
    for start in range(0, len(padded), RATE):
        for lane in range(RATE // 8):
            state[lane] ^= int.from_bytes(padded[start + 8 * lane : start + 8 * lane + 8], "little")
        _permute(state)
    return b"".join(word.to_bytes(8, "little") for word in state[:4])
