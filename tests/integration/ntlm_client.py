"""An NTLMv2 client of a few lines, for tests: channel bindings, wrong passwords and SPNEGO at will.

Written from MS-NLMP and RFC 1320; shares nothing with the simulator. MD4 is here because OpenSSL 3 no longer
lends it to hashlib.
"""

import base64
import hashlib
import hmac
import struct

FLAGS = 0xA2888205  # Unicode, target, NTLM, always sign, extended session security, target information, version, 128 and 56 bits
VERSION = bytes([10, 0, 0x63, 0x45, 0, 0, 0, 15])
NTLM_OID = bytes.fromhex("060a2b06010401823702020a")
SPNEGO_OID = bytes.fromhex("06062b0601050502")


def md4(data):
    """RFC 1320."""
    mask = 0xFFFFFFFF
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    rounds = (
        (lambda x, y, z: x & y | ~x & z, 0, range(16), (3, 7, 11, 19)),
        (lambda x, y, z: x & y | x & z | y & z, 0x5A827999, [i // 4 + i % 4 * 4 for i in range(16)], (3, 5, 9, 13)),
        (lambda x, y, z: x ^ y ^ z, 0x6ED9EBA1, (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), (3, 9, 11, 15)),
    )
    padded = data + b"\x80" + b"\0" * ((55 - len(data)) % 64) + struct.pack("<Q", 8 * len(data))
    for at in range(0, len(padded), 64):
        words = struct.unpack("<16I", padded[at : at + 64])
        a, b, c, d = state
        for mix, add, order, shifts in rounds:
            for i, k in enumerate(order):
                t = (a + (mix(b, c, d) & mask) + words[k] + add) & mask
                s = shifts[i % 4]
                a, b, c, d = d, (t << s | t >> (32 - s)) & mask, b, c
        state = [(x + y) & mask for x, y in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


def _hmac(key, data):
    return hmac.new(key, data, "md5").digest()


def _der(tag, content):
    n = len(content)
    size = bytes([n]) if n < 128 else bytes([0x82, n >> 8, n & 255])
    return bytes([tag]) + size + content


def binding_of(certificate):
    """What goes into a message for a server certificate (DER): RFC 5929, MS-NLMP 2.2.2.1."""
    data = b"tls-server-end-point:" + hashlib.sha256(certificate).digest()
    return hashlib.md5(bytes(16) + struct.pack("<I", len(data)) + data).digest()


class Ntlm:
    """One handshake. user: "DOMAIN\\\\name" or a UPN; binding: of binding_of(), None for none."""

    def __init__(self, user, password, binding=None, spnego=False):
        self.domain, _, self.user = user.rpartition("\\")
        self.password = password
        self.binding = binding
        self.spnego = spnego
        self.first = b"NTLMSSP\0" + struct.pack("<II", 1, FLAGS) + bytes(16) + VERSION

    def hello(self):
        token = self.first
        if self.spnego:
            offer = _der(0xA0, _der(0x30, NTLM_OID)) + _der(0xA2, _der(0x04, token))
            token = _der(0x60, SPNEGO_OID + _der(0xA0, _der(0x30, offer)))
        return base64.b64encode(token).decode()

    def _information(self, given):
        """The server's list, with flags and binding before its end."""
        at, out = 0, b""
        while at + 4 <= len(given):
            kind, n = struct.unpack_from("<HH", given, at)
            if kind == 0:
                break
            out += given[at : at + 4 + n]
            at += 4 + n
        out += struct.pack("<HHI", 6, 4, 2)
        if self.binding is not None:
            out += struct.pack("<HH", 10, 16) + self.binding
        return out + bytes(4)

    def answer(self, header):
        """The value of WWW-Authenticate in, the last message out."""
        raw = base64.b64decode(header.split()[1])
        challenge = raw[raw.index(b"NTLMSSP\0") :]
        n, _, at = struct.unpack_from("<HHI", challenge, 40)
        information = self._information(challenge[at : at + n])
        stamp = next((v for k, v in _pairs(information) if k == 7), bytes(8))
        key = _hmac(md4(self.password.encode("utf-16-le")), (self.user.upper() + self.domain).encode("utf-16-le"))
        blob = b"\x01\x01" + bytes(6) + stamp + b"fixedNon" + bytes(4) + information + bytes(4)
        proof = _hmac(key, challenge[24:32] + blob)
        token = self._third(proof + blob, lambda message: _hmac(_hmac(key, proof), self.first + challenge + message))
        if self.spnego:
            token = _der(0xA1, _der(0x30, _der(0xA2, _der(0x04, token))))
        return base64.b64encode(token).decode()

    def _third(self, proof, mic):
        parts = [bytes(24), proof, self.domain.encode("utf-16-le"), self.user.encode("utf-16-le"), "LAB".encode("utf-16-le"), b""]
        at, fields = 88, b""
        for part in parts:
            fields += struct.pack("<HHI", len(part), len(part), at)
            at += len(part)
        head = b"NTLMSSP\0" + struct.pack("<I", 3) + fields + struct.pack("<I", FLAGS) + VERSION
        body = b"".join(parts)
        return head + mic(head + bytes(16) + body) + body


def _pairs(information):
    at = 0
    while at + 4 <= len(information):
        kind, n = struct.unpack_from("<HH", information, at)
        yield kind, information[at + 4 : at + 4 + n]
        at += 4 + n


def sign_in(ask, user, password, scheme="NTLM", binding=None, spnego=False):
    """ask(headers) sends a request on one connection; the last answer, 401 when it was refused."""
    shake = Ntlm(user, password, binding, spnego)
    answer = ask({"Authorization": f"{scheme} {shake.hello()}"})
    offer = next((v for k, v in answer.headers if k.lower() == "www-authenticate" and v.startswith(scheme + " ")), None)
    if answer.status != 401 or offer is None:
        return answer
    return ask({"Authorization": f"{scheme} {shake.answer(offer)}"})
