"""requestor - a requestor that does what no good one does: stops in the middle, or says too much

SPDX-License-Identifier: GPL-3.0-or-later
"""
import socket
import struct

CT = b'1.2.840.10008.5.1.4.1.1.2'
VERIFICATION = b'1.2.840.10008.1.1'
EXPLICIT = b'1.2.840.10008.1.2.1'
A_ASSOCIATE_AC, P_DATA_TF, A_ABORT = 2, 4, 7
COMMAND, LAST = 1, 2


def pdu(kind, body):
    return struct.pack('>BBI', kind, 0, len(body)) + body


def item(kind, body):
    return struct.pack('>BBH', kind, 0, len(body)) + body


def even(text, pad=b'\0'):
    return text + pad if len(text) % 2 else text


def associate_rq(contexts, called=b'GANTRY', calling=b'REQUESTOR'):
    """@contexts: pairs of an abstract syntax and its transfer syntaxes."""
    body = struct.pack('>HH16s16s32s', 1, 0, called.ljust(16), calling.ljust(16), b'')
    body += item(0x10, b'1.2.840.10008.3.1.1.1')
    for number, (abstract, syntaxes) in enumerate(contexts):
        names = b''.join(item(0x40, syntax) for syntax in syntaxes)
        body += item(0x20, bytes([2 * number + 1, 0, 0, 0]) + item(0x30, abstract) + names)
    return pdu(1, body + item(0x50, item(0x51, struct.pack('>I', 16384)) + item(0x52, b'1.2.3')))


def element(tag, value):
    return struct.pack('<HHI', tag >> 16, tag & 0xFFFF, len(value)) + value


def command(elements):
    body = b''.join(element(tag, value) for tag, value in elements)
    return element(0, struct.pack('<I', len(body))) + body


def elements(data):
    """Tag to value, of a command set."""
    found = {}
    while data:
        group, number, length = struct.unpack('<HHI', data[:8])
        found[group << 16 | number], data = data[8:8 + length], data[8 + length:]
    return found


def pdv(context, flags, data):
    return pdu(P_DATA_TF, struct.pack('>IBB', len(data) + 2, context, flags) + data)


def explicit(tag, vr, value):
    return struct.pack('<HH2sH', tag >> 16, tag & 0xFFFF, vr, len(value)) + value


def data_set(uid):
    return (explicit(0x00080016, b'UI', even(CT)) + explicit(0x00080018, b'UI', even(uid))
            + explicit(0x00100010, b'PN', b'Doe^John') + explicit(0x0020000D, b'UI', b'1.2.30')
            + explicit(0x0020000E, b'UI', b'1.2.3.40'))


class Requestor:
    """A connection, without an association."""

    def __init__(self, receiver):
        self.socket = socket.create_connection(('127.0.0.1', receiver.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(30)
        self.number = 0

    def associate(self):
        self.socket.sendall(associate_rq([(CT, [EXPLICIT]), (VERIFICATION, [EXPLICIT])]))
        return self.read() == A_ASSOCIATE_AC

    def read(self):
        """The kind of the next PDU; None: there is none any more."""
        return self._pdu()[0]

    def status(self):
        """The status (0000,0900) of the next answer; None: something else came."""
        kind, body = self._pdu()
        if kind != P_DATA_TF:
            return None
        return struct.unpack('<H', elements(body[6:])[0x00000900])[0]

    def _pdu(self):
        head = self._read(6)
        body = None if head is None else self._read(struct.unpack('>I', head[2:])[0])
        return (None, b'') if body is None else (head[0], body)

    def _read(self, length):
        data = b''
        while len(data) < length:
            try:
                more = self.socket.recv(length - len(data))
            except ConnectionError:
                return None
            if not more:
                return None
            data += more
        return data

    def begin_store(self, uid, whole=True, sop_class=CT, context=1, behind=b''):
        """The request and the data set, or the half of it. @behind: what comes after its elements."""
        self.number += 1
        request = command([(0x0002, even(sop_class)), (0x0100, struct.pack('<H', 1)),
                           (0x0110, struct.pack('<H', self.number)), (0x0700, bytes(2)),
                           (0x0800, bytes(2)), (0x1000, even(uid))])
        data = data_set(uid) + behind
        self.socket.sendall(pdv(context, COMMAND | LAST, request))
        self.socket.sendall(pdv(context, LAST, data) if whole
                            else pdv(context, 0, data[:len(data) // 4 * 2]))

    def echo_request(self, context=3):
        self.number = (self.number + 1) % 65536
        return pdv(context, COMMAND | LAST,
                   command([(0x0002, even(VERIFICATION)), (0x0100, struct.pack('<H', 0x30)),
                            (0x0110, struct.pack('<H', self.number)),
                            (0x0800, struct.pack('<H', 0x0101))]))
