"""wire - a relay between two DICOM applications that keeps what the requestor said

SPDX-License-Identifier: GPL-3.0-or-later

DCMTK's senders parse a file and write it anew, so the file is not what a receiver has to be
compared with: the octets that crossed the wire are.
"""
import socket
import struct
import threading
import time

P_DATA_TF = 4
FLAG_COMMAND = 1
FLAG_LAST = 2


class Relay:
    """rate: octets a second that one association may send; None: as fast as it can."""

    def __init__(self, target_port, rate=None):
        self.target = ('127.0.0.1', target_port)
        self.rate = rate
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.streams = []
        self.threads = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                requestor, _ = self.listener.accept()
            except OSError:
                return
            acceptor = socket.create_connection(self.target)
            for end in (requestor, acceptor):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            stream = bytearray()
            self.streams.append(stream)
            for ends in ((requestor, acceptor, stream), (acceptor, requestor, None)):
                thread = threading.Thread(target=self._pump, args=ends, daemon=True)
                thread.start()
                self.threads.append(thread)

    def octets(self):
        """How many the requestors have sent so far, over all associations."""
        return sum(map(len, self.streams))

    def _pump(self, source, sink, stream):
        rate = self.rate if stream is not None else None  # another one is for the next association
        try:
            while data := source.recv(1 << 18 if rate is None else 1 << 13):
                if stream is not None:
                    stream += data
                sink.sendall(data)
                if rate is not None:
                    time.sleep(len(data) / rate)
        except OSError:
            pass
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.listener.close()
        for thread in self.threads:
            thread.join(10)

    def data_sets(self):
        """Each data set that was sent to its end, in order of its last fragment."""
        return [found for stream in self.streams for found in read_data_sets(bytes(stream))]


def read_data_sets(stream):
    """The data sets in one direction of an association (PS3.8 9.3.5, Annex E)."""
    offset = 0
    parts = {}
    while offset + 6 <= len(stream):
        kind, length = stream[offset], struct.unpack_from('>I', stream, offset + 2)[0]
        offset += 6
        end = offset + length
        if kind == P_DATA_TF:
            while offset + 6 <= min(end, len(stream)):
                size, context, flags = struct.unpack_from('>IBB', stream, offset)
                fragment = stream[offset + 6:offset + 4 + size]
                offset += 4 + size
                if flags & FLAG_COMMAND or len(fragment) != size - 2:
                    continue
                parts.setdefault(context, bytearray()).extend(fragment)
                if flags & FLAG_LAST:
                    yield bytes(parts.pop(context))
        offset = end
