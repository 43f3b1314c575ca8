"""SM2: published answers, and what a verification must refuse.

GB/T 32918.5 annex A (the same as GM/T 0003.5 annex A) signs "message digest"; the issuer certificate is a test one of a
payment system's, verified by the test key with index 57 that goes with it.
"""

import pytest
from jinka import native

pytestmark = pytest.mark.usefixtures("sm2_implementation")

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)

PRIVATE = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
PUBLIC = bytes.fromhex(
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
MESSAGE = b"message digest"
NONCE = bytes.fromhex("59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21")
DIGEST = bytes.fromhex("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640")
SIGNATURE = bytes.fromhex(
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)

AUTHORITY = bytes.fromhex(
    "E8105E77861FD2EB727C84E36D3D4A5666BD0ADCE8781F0145D3D82D72B92748"
    "E22D5404C6C41F3EC8B790DE2F61CF29FAECB168C79F5C8666762D53CC26A460"
)
ISSUER = bytes.fromhex(
    "9F483BF2CC71C5093728318061E3F768EA7C170F82DD8C4B979FBD8C76A129F9"
    "3FB5746E96F5E49B987FFB521E473B25E1B017C30BE3FC638BA14D5FA4AADC16"
)
CERTIFICATE = bytes.fromhex("1262280001122000000104001140") + ISSUER
CERTIFIED = bytes.fromhex(
    "B1E1A02ED62D811268C4A2123CD8B26690BCE14BB7A01713C01C2D2FF2892D15"
    "96A7D9D131C73813C3A3D6F851DCDA917E986923F98DD2444ADC8EF0D0CE1E2A"
)

Point = tuple[int, int]


def number(value: int) -> bytes:
    return value.to_bytes(32, "big")


def add(p: Point | None, q: Point | None) -> Point | None:
    """The group law as the textbook has it; None is infinity."""
    if p is None or q is None:
        return p or q
    if p[0] == q[0] and (p[1] + q[1]) % P == 0:
        return None
    slope = (3 * p[0] * p[0] - 3) * pow(2 * p[1], -1, P) if p == q else (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def times(k: int, p: Point | None) -> Point | None:
    total: Point | None = None
    for bit in bin(k)[2:]:
        total = add(total, total)
        if bit == "1":
            total = add(total, p)
    return total


def encoded(p: Point | None) -> bytes:
    assert p is not None
    return number(p[0]) + number(p[1])


def lift(x: int) -> Point:
    """The first point from x upwards; p is 3 modulo 4."""
    while True:
        square = (x**3 - 3 * x + B) % P
        y = pow(square, (P + 1) // 4, P)
        if y * y % P == square:
            return x, y
        x += 1


def accepted(key: bytes, digest: bytes, signature: bytes) -> bool:
    """By every way of asking, which must agree."""
    answer = native.sm2_verify_digest(key, digest, signature)
    # Alone, and among others in a batch, good ones and bad.
    wrong = SIGNATURE[:-1] + b"x"
    for many in (0, 1, 3):
        asked = native.sm2_verify_digests(
            (key + PUBLIC + PUBLIC) * many + key,
            (digest + DIGEST + DIGEST) * many + digest,
            (signature + SIGNATURE + wrong) * many + signature,
        )
        assert asked == [answer, True, False] * many + [answer]
    if native.sm2_check_key(key):
        prepared = native.Sm2Key(key)
        assert prepared.verify_digest(digest, signature) == answer
        for many in (0, 1, 3):
            asked = prepared.verify_digests(digest * (3 * many + 1), (signature * 2 + bytes(64)) * many + signature)
            assert asked == [answer, answer, False] * many + [answer]
    return answer


def test_standard_example() -> None:
    assert native.sm2_public_key(PRIVATE) == PUBLIC
    assert native.sm2_za(PUBLIC).hex() == "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3"
    assert native.sm2_e(PUBLIC, MESSAGE) == DIGEST
    assert native.sm2_sign(PRIVATE, MESSAGE, nonce=NONCE) == SIGNATURE
    assert native.sm2_sign_digest(PRIVATE, DIGEST, NONCE) == SIGNATURE
    assert native.Sm2Signer(PRIVATE).sign(MESSAGE, nonce=NONCE) == SIGNATURE
    assert native.Sm2Signer(PRIVATE).sign_digest(DIGEST, NONCE) == SIGNATURE
    assert native.Sm2Signer(PRIVATE).public_key == native.Sm2Key(PUBLIC).public_key == PUBLIC
    assert native.sm2_verify(PUBLIC, MESSAGE, SIGNATURE)
    assert native.Sm2Key(PUBLIC).verify(MESSAGE, SIGNATURE)
    assert native.sm2_verify_batch([PUBLIC, b"\4" + PUBLIC], [MESSAGE, b""], [SIGNATURE, SIGNATURE]) == [True, False]


def test_issuer_certificate() -> None:
    authority = native.Sm2Key(AUTHORITY)
    assert native.sm2_check_key(AUTHORITY)
    assert native.sm2_check_key(ISSUER)
    assert native.sm2_verify(AUTHORITY, CERTIFICATE, CERTIFIED)
    assert native.sm2_verify(b"\4" + AUTHORITY, CERTIFICATE, CERTIFIED, b"1234567812345678")
    assert authority.verify(CERTIFICATE, CERTIFIED)
    assert not authority.verify(CERTIFICATE, CERTIFIED, b"1234567812345679")
    assert not authority.verify(CERTIFICATE[:-1] + b"\x17", CERTIFIED)
    assert not native.sm2_verify(ISSUER, CERTIFICATE, CERTIFIED)


def test_the_identifier_counts() -> None:
    for ident in (b"", b"1", b"1234567812345678", b"ALICE123@YAHOO.COM", b"x" * 8191):
        signature = native.sm2_sign(PRIVATE, MESSAGE, ident)
        assert native.sm2_verify(PUBLIC, MESSAGE, signature, ident)
        assert native.Sm2Key(PUBLIC).verify(MESSAGE, signature, ident)
        assert not native.sm2_verify(PUBLIC, MESSAGE, signature, ident + b"y" if len(ident) < 8191 else b"")
        assert not native.Sm2Key(PUBLIC).verify(MESSAGE, signature, b"1234567812345670")
    assert native.sm2_za(PUBLIC, b"") != native.sm2_za(PUBLIC)


R, S = int.from_bytes(SIGNATURE[:32], "big"), int.from_bytes(SIGNATURE[32:], "big")


@pytest.mark.parametrize(
    ("r", "s"),
    [
        (0, S), (R, 0), (0, 0), (N, S), (R, N), (N, N), (N + 1, S), (R, N + 1), (2**256 - 1, S), (R, 2**256 - 1),
        (P, S), (R, P), (N - R, S), (R, N - R), (R, N - S), (S, R), (R + 1, S), (R, S + 1), (1, 1), (1, N - 1), (N - 1, 1),
    ],
)  # fmt: skip
def test_numbers_that_are_no_signature(r: int, s: int) -> None:
    assert not accepted(PUBLIC, DIGEST, number(r) + number(s))


def test_every_flipped_bit_is_noticed() -> None:
    key = native.Sm2Key(PUBLIC)
    for bit in range(512):
        wrong = (int.from_bytes(SIGNATURE, "big") ^ 1 << bit).to_bytes(64, "big")
        assert not key.verify_digest(DIGEST, wrong)
        assert not native.sm2_verify((int.from_bytes(PUBLIC, "big") ^ 1 << bit).to_bytes(64, "big"), MESSAGE, SIGNATURE)
    for bit in range(256):
        wrong = (int.from_bytes(DIGEST, "big") ^ 1 << bit).to_bytes(32, "big")
        assert not key.verify_digest(wrong, SIGNATURE)
        assert not native.sm2_verify_digest(PUBLIC, wrong, SIGNATURE)


def test_keys_off_the_curve() -> None:
    x, y = lift(1)
    assert x + P < 2**256
    good = [number(x) + number(y), number(x) + number(P - y), encoded(G)]
    assert all(native.sm2_check_key(key) for key in good)
    bad = [
        bytes(64),
        b"\xff" * 64,
        number(x + P) + number(y),
        number(x) + number(y + 1),
        number(0) + number(1),
        number(P) + number(y),
        number(y) + number(x),
        PUBLIC[32:] + PUBLIC[:32],
    ]
    for key in bad:
        assert not native.sm2_check_key(key)
        assert not native.sm2_verify(key, MESSAGE, SIGNATURE)
        assert not native.sm2_verify_digest(key, DIGEST, SIGNATURE)
        assert native.sm2_verify_digests(key, DIGEST, SIGNATURE) == [False]
        assert native.sm2_verify_batch([key], [MESSAGE], [SIGNATURE]) == [False]
        with pytest.raises(native.NativeFault, match="off the curve"):
            native.Sm2Key(key)
    for first in (0, 2, 3, 5, 255):
        assert not native.sm2_check_key(bytes([first]) + PUBLIC)
        assert not native.sm2_verify(bytes([first]) + PUBLIC, MESSAGE, SIGNATURE)
        assert native.sm2_verify_batch([bytes([first]) + PUBLIC], [MESSAGE], [SIGNATURE]) == [False]


def test_a_y_that_is_not_reduced() -> None:
    """A point whose y is so small that p can be added to it."""
    x, y = next((x, y) for y in range(1, 200) if (x := cubic_root(y)) is not None)
    assert y + P < 2**256
    assert native.sm2_check_key(number(x) + number(y))
    assert not native.sm2_check_key(number(x) + number(y + P))


def cubic_root(y: int) -> int | None:
    """An x of the point with this y, if X^3 - 3 X + b - y^2 splits off a linear factor: gcd with X^p - X."""
    c = (B - y * y) % P

    def multiply(f: list[int], g: list[int]) -> list[int]:
        out = [0] * 5
        for i, a in enumerate(f):
            for j, b in enumerate(g):
                out[i + j] += a * b
        for i in (4, 3):  # X^3 = 3 X - c
            out[i - 2] += 3 * out[i]
            out[i - 3] -= c * out[i]
            out[i] = 0
        return [a % P for a in out[:3]]

    power, base, n = [1, 0, 0], [0, 1, 0], P
    while n:
        if n & 1:
            power = multiply(power, base)
        base, n = multiply(base, base), n >> 1
    rest = [power[0], (power[1] - 1) % P, power[2]]
    if not rest[2]:
        return None
    # A remainder of degree two with the cubic leaves a linear one exactly when one root lies in the field.
    lead = pow(rest[2], -1, P)
    p0, p1 = rest[0] * lead % P, rest[1] * lead % P
    l1 = (-3 - p0 + p1 * p1) % P
    l0 = (c + p0 * p1) % P
    if not l1:
        return None
    x = -l0 * pow(l1, -1, P) % P
    return x if (x**3 - 3 * x + c) % P == 0 else None


def signed_by(d: int, s: int, t: int) -> tuple[bytes, bytes, bytes]:
    """Key, digest and signature that lead a verifier to s * G + t * P with P = d * G, which is not infinity."""
    total = times((s + t * d) % N, G)
    assert total is not None
    r = (t - s) % N
    return encoded(times(d, G)), number((r - total[0]) % N), number(r) + number(s % N)


T = 0x1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF

# Private keys and factors that make sums meet equal points, opposite ones and infinity on the way.
CORNERS = [
    *[(d, s, t) for d in (1, 2, 3, N - 1, N - 2, 31, 64) for s, t in ((1, 2), (5, 1), (33, 32), (T, T + 1))],
    (T, T * T % N, T),  # s G and t P are one point
    (1, T, T + 2),
    (1, 64**20, 64**20 + 5),
    (64, 64**7, 64**6 + 1),
    (N - 1, 64**20 + 7, 64**20 + 1),
    (N - 1, 2**200, 2**200 - 64),
    *[(T, 1 << i, 1 << j) for i, j in ((0, 255), (255, 0), (6, 12), (251, 252), (255, 254))],
    (T, N - 1, N - 2),
    (T, N - 2, 1),
    (T, 64**42 * 15, 63 * 64**41),
]


@pytest.mark.parametrize(("d", "s", "t"), CORNERS)
def test_corners_of_the_group(d: int, s: int, t: int) -> None:
    key, digest, signature = signed_by(d, s, t)
    assert accepted(key, digest, signature)
    assert not accepted(key, number((int.from_bytes(digest, "big") + 1) % N), signature)


@pytest.mark.parametrize(("d", "t"), [(1, 5), (1, T), (T, T), (N - 1, 12), (2, 64**30), (N - 3, 64**30 + 1)])
def test_infinity_is_no_answer(d: int, t: int) -> None:
    """s = -t d: every digest that a careless x of infinity, 0, would accept."""
    s = -t * d % N
    r = (t - s) % N
    key = encoded(times(d, G))
    for x in (0, 1, G[0]):
        assert not accepted(key, number((r - x) % N), number(r) + number(s))


def test_an_x_beyond_the_order() -> None:
    """x is taken modulo n, which is less than p: for the few x from n to p both must be tried."""
    beyond = lift(N + 5)
    assert N < beyond[0] < P
    s, t = T, T * 3 % N
    minus = times(N - s, G)
    key = encoded(times(pow(t, -1, N), add(beyond, minus)))
    r = (t - s) % N
    signature = number(r) + number(s)
    assert accepted(key, number((r - beyond[0]) % N), signature)
    assert not accepted(key, number((r - beyond[0] + 1) % N), signature)


def test_t_may_not_be_zero() -> None:
    """r + s = n leaves the key out of the equation: anybody could sign."""
    total = times(T, G)
    assert total is not None
    assert not accepted(PUBLIC, number((-T - total[0]) % N), number(N - T) + number(T))


def test_a_digest_beyond_the_order_with_a_small_r() -> None:
    e = 2**256 - 1
    target = lift((5 - e) % N)
    r, s = (e + target[0]) % N, T
    assert r < 2**32
    key = encoded(times(pow(r + s, -1, N), add(target, times(N - s, G))))
    assert accepted(key, number(e), number(r) + number(s))


EDGES = [1, 2, 3, 31, 32, 33, 63, 64, 65, N - 2, N - 3, N - 64, N // 2, N // 2 + 1, 2**255, 2**256 - 2**225, T]
EDGES += [64**i * f + a for i in (1, 2, 20, 41, 42) for f in (1, 15) for a in (-33, -32, -1, 0, 1) if 0 < 64**i * f + a]
EDGES += [
    int("20" * 32, 16),
    int("80" * 32, 16),
    int("7f" * 32, 16),
    int("082082" * 10, 16),
    sum(32 << 6 * i for i in range(42)),
]


def test_edges_of_the_scalars() -> None:
    for d in EDGES:
        assert native.sm2_public_key(number(d)) == encoded(times(d, G)), hex(d)


def test_edges_of_the_nonce() -> None:
    signatures = b""
    for k in (*EDGES, N - 1):
        total = times(k, G)
        assert total is not None
        d, e = int.from_bytes(PRIVATE, "big"), int.from_bytes(DIGEST, "big")
        r = (e + total[0]) % N
        s = pow(1 + d, -1, N) * (k - r * d) % N
        assert native.sm2_sign_digest(PRIVATE, DIGEST, number(k)) == number(r) + number(s), hex(k)
        signatures += number(r) + number(s)
    n, nonces = len(EDGES) + 1, b"".join(number(k) for k in (*EDGES, N - 1))
    assert native.Sm2Signer(PRIVATE).sign_digests(DIGEST * n, nonces) == signatures
    assert native.sm2_sign_digests(PRIVATE * n, DIGEST * n, nonces) == signatures


def test_digests_beyond_the_order() -> None:
    for e in (0, N - 1, N, N + 1, 2**256 - 1):
        signature = native.sm2_sign_digest(PRIVATE, number(e))
        assert accepted(PUBLIC, number(e), signature)
        if e >= N:
            assert accepted(PUBLIC, number(e - N), signature)


def test_nonces_that_make_no_signature() -> None:
    total = times(T, G)
    assert total is not None
    hopeless = [
        (number(0), DIGEST),
        (number(N), DIGEST),
        (b"\xff" * 32, DIGEST),
        (number(T), number(-total[0] % N)),  # r = 0
        (number(T), number((-total[0] - T) % N)),  # r + k = n
    ]
    # s = 0 where k = r d.
    d = int.from_bytes(PRIVATE, "big")
    hopeless.append((number(T), number((T * pow(d, -1, N) - total[0]) % N)))
    for nonce, digest in hopeless:
        signer = native.Sm2Signer(PRIVATE)
        for call in (signer.sign_digest, lambda e, k: native.sm2_sign_digest(PRIVATE, e, k)):
            with pytest.raises(native.NativeFault, match="this nonce makes no signature"):
                call(digest, nonce)
        for calls in (signer.sign_digests, lambda e, k: native.sm2_sign_digests(PRIVATE * 5, e, k)):
            with pytest.raises(native.NativeFault, match="the nonce 3 makes no signature"):
                calls(DIGEST * 3 + digest + DIGEST, NONCE * 3 + nonce + NONCE)


@pytest.mark.parametrize("d", [0, N - 1, N, N + 1, 2**256 - 1])
def test_numbers_that_are_no_private_key(d: int) -> None:
    for call in (
        native.sm2_public_key,
        native.Sm2Signer,
        lambda d: native.sm2_sign(d, b""),
        lambda d: native.sm2_sign_digest(d, DIGEST),
        lambda d: native.sm2_sign_digests(PRIVATE * 4 + d, DIGEST * 5),
    ):
        with pytest.raises(native.NativeFault, match="private key out of range"):
            call(number(d))
    with pytest.raises(native.NativeFault, match="the private key 4 is out of range"):
        native.sm2_sign_digests(PRIVATE * 4 + number(d) + PRIVATE, DIGEST * 6, b"")
