"""slow - peers and paths that are slow in one way each

SPDX-License-Identifier: GPL-3.0-or-later

The sockets are real and so are the delays: each of these does what a slow archive, a long line or
a careless program does, and nothing else.
"""
import queue
import socket
import struct
import threading
import time

from answering import AnsweringScp


class SlowScp(AnsweringScp):
    """Stores at its leisure: each answer comes @delay seconds after the last octet of its request.

    pieces: the answer goes out in so many writes, without TCP_NODELAY.
    """

    def __init__(self, delay=0.0, pieces=1):
        self.delay, self.pieces = delay, pieces
        super().__init__(0x0000)

    def _response(self, context, command):
        time.sleep(self.delay)
        return super()._response(context, command)

    def _send(self, stream, kind, body):
        pdu = struct.pack('>BBI', kind, 0, len(body)) + body
        step = -(-len(pdu) // self.pieces)
        for at in range(0, len(pdu), step):
            stream.write(pdu[at:at + step])
            stream.flush()


class Path:
    """A relay in front of a peer.

    delay: seconds that each octet is on its way, in either direction
    rate: octets a second towards the peer; little is buffered, as on a line
    split: what comes from the requestor goes on in two writes, without TCP_NODELAY, as careless
        proxies do: the second one waits until the peer acknowledges the first
    """

    def __init__(self, target_port, delay=0.0, rate=None, split=False):
        self.target = ('127.0.0.1', target_port)
        self.delay, self.rate, self.split = delay, rate, split
        self.listener = socket.socket()
        if rate is not None:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        self.listener.bind(('127.0.0.1', 0))
        self.listener.listen()
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def address(self, title):
        return f'{title}@127.0.0.1:{self.port}'

    def stop(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                requestor, _ = self.listener.accept()
            except OSError:
                return
            acceptor = socket.create_connection(self.target)
            requestor.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            acceptor.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0 if self.split else 1)
            self._start(requestor, acceptor, True)
            self._start(acceptor, requestor, False)

    def _start(self, source, sink, forth):
        on_the_way = queue.Queue()
        for target, arguments in ((self._take, (source, on_the_way, forth)),
                                  (self._bring, (sink, on_the_way, forth))):
            threading.Thread(target=target, args=arguments, daemon=True).start()

    def _take(self, source, on_the_way, forth):
        slow = forth and self.rate is not None
        try:
            while data := source.recv(8192 if slow else 1 << 18):
                on_the_way.put((time.monotonic() + self.delay, data))
                if slow:
                    time.sleep(len(data) / self.rate)
        except OSError:
            pass
        on_the_way.put(None)

    def _bring(self, sink, on_the_way, forth):
        try:
            while (piece := on_the_way.get()) is not None:
                due, data = piece
                time.sleep(max(0.0, due - time.monotonic()))
                if forth and self.split and len(data) > 1:
                    sink.sendall(data[:len(data) // 2])
                    data = data[len(data) // 2:]
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass
