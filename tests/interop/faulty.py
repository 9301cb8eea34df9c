"""faulty - a storage SCP that does one thing wrong, at one place, every so many stores

SPDX-License-Identifier: GPL-3.0-or-later

A fault is a function of the Link at which it happens. Those that leave nothing to be said end in
Over; after the others the association goes on.
"""
import collections
import socket
import struct
import threading

from answering import (ASSOCIATE_AC, ASSOCIATE_RQ, NO_DATA_SET, P_DATA_TF, RELEASE_RP,
                       RELEASE_RQ, AnsweringScp, element, item, items)

ASSOCIATE_RJ, ABORT = 3, 7
COMMAND, LAST = 1, 2  # flags of a presentation data value
C_ECHO_RQ, RESPONSE = 0x0030, 0x8000


class Over(Exception):
    """Nothing more is said over this connection."""


def read_command(octets):
    """The elements of a command set, by number."""
    found, at = {}, 0
    while at < len(octets):
        _, number, length = struct.unpack_from('<HHI', octets, at)
        found[number] = octets[at + 8:at + 8 + length]
        at += 8 + length
    return found


class Link:
    """A connection of a FaultyScp."""

    def __init__(self, scp, connection):
        self.scp, self.connection = scp, connection
        self.stream = connection.makefile('rwb')
        self.parts = b''  # of a command that is not here to its end
        self.request = None
        self.struck = False  # this store is one that goes wrong

    def serve(self):
        self.scp.strike('connect', self)
        while head := self.stream.read(6):
            kind, _, length = struct.unpack('>BBI', head)
            body = self.stream.read(length)
            if kind == ASSOCIATE_RQ:
                self.scp.requests.append(body)
                self.scp.strike('request', self)
                self.send(ASSOCIATE_AC, self.scp.accept_some(body))
            elif kind == RELEASE_RQ:
                self.scp.strike('release', self)
                self.send(RELEASE_RP, bytes(4))
            elif kind == P_DATA_TF:
                self.read_data(body)
            else:
                return

    def read_data(self, body):
        at = 0
        while at < len(body):
            length, self.context, flags = struct.unpack_from('>IBB', body, at)
            if flags & COMMAND:
                self.parts += body[at + 6:at + 4 + length]
                if flags & LAST:
                    self.request, self.parts = read_command(self.parts), b''
                    if self.command() == C_ECHO_RQ:
                        self.scp.strike('echo', self)
                        if self.request is not None:
                            self.reply(0)
                    else:
                        self.struck = self.scp.begin_store(self.uid())
            else:
                self.take_fragment(flags & LAST)
            at += 4 + length

    def take_fragment(self, last):
        if self.struck and self.scp.place == 'data':
            self.struck = False
            self.scp.fault(self)
        if last and self.struck:
            self.scp.fault(self)
        elif last and self.request is not None:
            self.reply(0)

    def uid(self):
        return self.request[0x1000].rstrip(b'\0').decode()

    def command(self):
        return struct.unpack('<H', self.request[0x0100])[0]

    def send(self, kind, body):
        self.stream.write(struct.pack('>BBI', kind, 0, len(body)) + body)
        self.stream.flush()

    def make_response(self, status, message_id=0, sop_instance=None):
        """message_id: how much it is off; sop_instance: another one's UID"""
        number = struct.unpack('<H', self.request[0x0110])[0] + message_id
        fields = element(0x0002, self.request[0x0002])
        fields += element(0x0100, struct.pack('<H', self.command() | RESPONSE))
        fields += element(0x0120, struct.pack('<H', number))
        fields += element(0x0800, struct.pack('<H', NO_DATA_SET))
        fields += element(0x0900, struct.pack('<H', status))
        if 0x1000 in self.request:
            fields += element(0x1000, sop_instance or self.request[0x1000])
        fields = element(0x0000, struct.pack('<I', len(fields))) + fields
        return struct.pack('>IBB', len(fields) + 2, self.context, COMMAND | LAST) + fields

    def reply(self, status):
        """The one right answer; that to a store is noted before it is sent."""
        if 0x1000 in self.request:
            with self.scp.lock:
                self.scp.answers[self.uid()].append(status)
        response = self.make_response(status)
        self.request = None
        self.send(P_DATA_TF, response)

    def drain(self):
        """Until the other side has enough: unread octets would make a reset of our closing."""
        while self.connection.recv(1 << 16):
            pass
        raise Over


class FaultyScp(AnsweringScp):
    """place: connect, request, echo, data (in the middle of an object), answer (to a store) or
    release;
    strikes: how often it happens before the peer is healed, None: for ever;
    uids: the objects with which it happens, whenever they come, instead of every so many;
    refusal: the result for a presentation context, by SOP class (0 accepts)."""

    def __init__(self, place='', fault=None, every=3, strikes=None, refusal=lambda sop_class: 0,
                 uids=None):
        self.place, self.fault, self.every, self.strikes = place, fault, every, strikes
        self.refusal, self.uids = refusal, uids
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.connections = 0
        self.stores = 0  # C-STORE-RQs
        self.answers = collections.defaultdict(list)  # statuses by SOP Instance UID
        super().__init__(0)

    def stop(self):
        self.over.set()
        super().stop()

    def _serve(self, connection):
        with self.lock:
            self.connections += 1
        with connection:
            try:
                Link(self, connection).serve()
            except (Over, OSError):
                pass

    def _is_due(self):
        """Counts it too. Called with the lock held."""
        if self.strikes == 0:
            return False
        if self.strikes is not None:
            self.strikes -= 1
        return True

    def strike(self, place, link):
        with self.lock:
            due = place == self.place and self._is_due()
        if due:
            self.fault(link)

    def begin_store(self, uid):
        with self.lock:
            self.stores += 1
            due = self.stores % self.every == 0 if self.uids is None else uid in self.uids
            return self.place in ('data', 'answer') and due and self._is_due()

    def accept_some(self, body):
        answer = body[:68] + item(0x10, b'1.2.840.10008.3.1.1.1')
        for kind, value in items(body[68:]):
            if kind == 0x20:
                parts = dict(reversed(list(items(value[4:]))))  # the first of each kind
                result = self.refusal(parts[0x30].decode())
                answer += item(0x21, bytes((value[0], 0, result, 0)) + item(0x40, parts[0x40]))
        return answer + item(0x50, item(0x51, struct.pack('>I', 65536)) + item(0x52, b'1.2.3'))


# ---- Faults ---------------------------------------------------------------------------------


def answer(status):
    return lambda link: link.reply(status)


def abort(source, reason):
    def fault(link):
        link.send(ABORT, bytes((0, 0, source, reason)))
        link.connection.shutdown(socket.SHUT_WR)
        link.drain()
    return fault


def reject(result, source, reason):
    def fault(link):
        link.send(ASSOCIATE_RJ, bytes((0, result, source, reason)))
        link.connection.shutdown(socket.SHUT_WR)
        link.drain()
    return fault


def close(link):
    link.connection.shutdown(socket.SHUT_WR)
    link.drain()


def reset(link):
    link.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    link.stream.detach()
    link.connection.close()
    raise Over


def be_silent(link):
    link.drain()


def stop_reading(link):
    link.scp.over.wait()
    raise Over


def abort_unheard(source, reason):
    """Reads nothing more either: who is busy writing does not see the A-ABORT come."""
    def fault(link):
        link.send(ABORT, bytes((0, 0, source, reason)))
        stop_reading(link)
    return fault


def answer_half(link):
    whole = link.make_response(0)
    link.stream.write(struct.pack('>BBI', P_DATA_TF, 0, len(whole)) + whole[:len(whole) // 2])
    link.stream.flush()
    link.drain()


def answer_other_message(link):
    link.send(P_DATA_TF, link.make_response(0, message_id=7))


def answer_other_instance(link):
    link.send(P_DATA_TF, link.make_response(0, sop_instance=b'1.2.3.4.5.6'))


def answer_on_other_context(link):
    response = link.make_response(0)
    link.send(P_DATA_TF, response[:4] + bytes((link.context ^ 2,)) + response[5:])


def answer_early(status):
    """The rest of the object is read, and not answered again."""
    return lambda link: link.reply(status)


def answer_twice(link):
    again = link.make_response(0)
    link.reply(0)
    link.send(P_DATA_TF, again)


def send_text(link):
    link.stream.write(b'HTTP/1.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n')
    link.stream.flush()
    link.drain()


def send_broken_command(link):
    link.send(P_DATA_TF, struct.pack('>IBB', 34, link.context, COMMAND | LAST) + b'\xff' * 32)
    link.drain()
