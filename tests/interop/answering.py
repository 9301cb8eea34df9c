"""answering - a storage SCP that answers what it is told to

SPDX-License-Identifier: GPL-3.0-or-later

The common tools answer success or a bare failure. This one accepts every context in its first
transfer syntax, reads each object and answers with a status, an Error Comment and Offending
Elements of its own choice (PS3.7 C.4, 9.3.1.2).
"""
import socket
import struct
import threading

ASSOCIATE_RQ, ASSOCIATE_AC, P_DATA_TF, RELEASE_RQ, RELEASE_RP = 1, 2, 4, 5, 6
C_STORE_RSP = 0x8001
NO_DATA_SET = 0x0101


def items(data):
    """Type and value of each item or sub-item of an A-ASSOCIATE PDU."""
    at = 0
    while at + 4 <= len(data):
        length = struct.unpack_from('>H', data, at + 2)[0]
        yield data[at], data[at + 4:at + 4 + length]
        at += 4 + length


def item(kind, value):
    return struct.pack('>BBH', kind, 0, len(value)) + value


def element(number, value, pad=b'\0'):
    value += pad * (len(value) % 2)
    return struct.pack('<HHI', 0, number, len(value)) + value


class AnsweringScp:
    def __init__(self, status, comment='', elements=(), port=0):
        self.status, self.comment, self.elements = status, comment, elements
        self.priorities = []  # of the C-STORE-RQs, in order of arrival
        self.requests = []  # A-ASSOCIATE-RQs, behind the head of the PDU
        self.listener = socket.create_server(('127.0.0.1', port))
        self.address = f'ANSWER@127.0.0.1:{self.listener.getsockname()[1]}'
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        command = b''
        with connection, connection.makefile('rwb') as stream:
            while head := stream.read(6):
                kind, _, length = struct.unpack('>BBI', head)
                body = stream.read(length)
                if kind == ASSOCIATE_RQ:
                    self.requests.append(body)
                    self._send(stream, ASSOCIATE_AC, self._accept_all(body))
                elif kind == RELEASE_RQ:
                    self._send(stream, RELEASE_RP, bytes(4))
                elif kind == P_DATA_TF:
                    command = self._read_data(stream, body, command)
                else:
                    return

    @staticmethod
    def _send(stream, kind, body):
        stream.write(struct.pack('>BBI', kind, 0, len(body)) + body)
        stream.flush()

    @staticmethod
    def _accept_all(body):
        answer = body[:68] + item(0x10, b'1.2.840.10008.3.1.1.1')
        for kind, value in items(body[68:]):
            if kind == 0x20:
                syntax = next(v for k, v in items(value[4:]) if k == 0x40)
                answer += item(0x21, bytes((value[0], 0, 0, 0)) + item(0x40, syntax))
        return answer + item(0x50, item(0x51, struct.pack('>I', 65536)) + item(0x52, b'1.2.3'))

    def _read_data(self, stream, body, command):
        at = 0
        while at < len(body):
            length, context, flags = struct.unpack_from('>IBB', body, at)
            if flags & 1:
                command += body[at + 6:at + 4 + length]
            elif flags & 2:
                self._send(stream, P_DATA_TF, self._response(context, command))
                command = b''
            at += 4 + length
        return command

    def _response(self, context, command):
        at = command.index(struct.pack('<HHI', 0, 0x0110, 2)) + 8
        priority = command.index(struct.pack('<HHI', 0, 0x0700, 2)) + 8
        self.priorities.append(struct.unpack_from('<H', command, priority)[0])
        fields = element(0x0100, struct.pack('<H', C_STORE_RSP))
        fields += element(0x0120, command[at:at + 2])
        fields += element(0x0800, struct.pack('<H', NO_DATA_SET))
        fields += element(0x0900, struct.pack('<H', self.status))
        if self.elements:
            fields += element(0x0901, b''.join(struct.pack('<HH', *tag) for tag in self.elements))
        if self.comment:
            fields += element(0x0902, self.comment.encode(), b' ')
        fields = element(0x0000, struct.pack('<I', len(fields))) + fields
        return struct.pack('>IBB', len(fields) + 2, context, 3) + fields
