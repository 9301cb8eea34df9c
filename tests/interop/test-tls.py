#!/usr/bin/python3
"""DICOM over TLS with real peers, and every way in which it can fail, caused by one

SPDX-License-Identifier: GPL-3.0-or-later
"""
import collections
import pathlib
import signal
import socket

import objects
from certificates import Authority, openssl, self_signed
from harness import (Process, diagnose, expect, expect_equal, free_port, run_tests, test, wait_for,
                     wait_for_port)
from peers import GANTRYCTL, Receiver, StoreScp, environment, gantryctl, tool

HOST = '127.0.0.1'
WEAK = 'ALL:@SECLEVEL=0'  # lets openssl do what nobody should any more


def digests(files):
    return collections.Counter(objects.digest(objects.data_set(f)) for f in files)


def sent_digests(paths):
    return collections.Counter(objects.digest(objects.on_the_wire(p)) for p in paths)


class Server:
    """openssl s_server: speaks TLS and no DICOM, which is all that a failed handshake needs."""

    def __init__(self, folder, certificate, *options):
        self.port = free_port()
        self.process = Process(['openssl', 's_server', '-accept', f'{HOST}:{self.port}', '-cert',
                                certificate.pem, '-key', certificate.key, '-quiet', *options],
                               folder)
        wait_for_port(self.port, self.process)


def echo(folder, port, *options, host=HOST):
    result = gantryctl(folder, 'echo', f'PEER@{host}:{port}', *options)
    expect_equal(len(result.of('echo')), 1, f'echo events; stderr: {result.error}')
    return result.of('echo')[0]


def expect_failure(folder, port, part, *options, host=HOST, step='tls'):
    event = echo(folder, port, *options, host=host)
    expect_equal(event['outcome'], 'failed', f'outcome ({event["message"]})')
    expect_equal(event['failed_step'], step, f'step ({event["message"]})')
    expect(part in event['message'], f'expected “{part}” in: {event["message"]}')
    return event


def secure_scp(folder, certificate, authority, *options, name='received'):
    return StoreScp(folder, '+tls', certificate.key, certificate.pem, '+cf', authority.pem, *options,
                    name=name)


# ---- It works ------------------------------------------------------------------------------------

PROFILES = {'tls-1.3': ('+py', 'TLS 1.3'), 'tls-1.2': ('+pz', 'TLS 1.2')}


def send_to_storescp(folder, profile):
    """Both sides show certificates."""
    readable, _, _ = objects.debian_set()
    authority = Authority(folder, 'Authority')
    client = authority.issue('workstation')
    option, version = PROFILES[profile]
    scp = secure_scp(folder, authority.issue('archive'), authority, option, '-rc')
    trust = ('--tls', '--tls-ca', authority.pem, *client.own)

    event = echo(folder, scp.port, *trust)
    expect_equal(event['outcome'], 'ok', event['message'])
    expect(event['tls'].startswith(version), f'{event["tls"]} instead of {version}')
    expect(event['steps']['tls'] > 0, 'the step of the handshake has no time')
    probe = gantryctl(folder, 'probe', scp.address, '--sop-class', '1.2.840.10008.5.1.4.1.1.2',
                      *trust)
    expect_equal(probe.status, 0, f'exit status of the probe; {probe.error}')
    result = gantryctl(folder, 'send', scp.address, '--no-transcode', *trust,
                       *(o.path for o in readable))
    # Of files with one SOP Instance UID only the first is sent, and the others are named.
    lost = [e for e in result.of('skipped') if e['lost']]
    expect(all('same SOP Instance UID' in e['message'] for e in lost), f'lost: {lost}')
    expect_equal(result.status, 1 if lost else 0, f'exit status; {result.error}')
    expect_equal({e['outcome'] for e in result.of('instance')}, {'stored'}, 'outcomes')
    scp.stop()
    sent = [e['path'] for e in result.of('instance')]
    expect_equal(sorted(sent + [e['path'] for e in result.of('skipped')]),
                 sorted(str(o.path) for o in readable), 'files that were told of')
    expect_equal(digests(scp.files()), sent_digests(sent), 'data sets')
    diagnose(f'{event["tls"]}: {len(sent)} files, byte for byte')


def receive_from_storescu(folder, profile):
    readable, _, _ = objects.debian_set()
    some = [o for o in readable if o.transfer_syntax == '1.2.840.10008.1.2.1'][:25]
    # storescu writes data sets anew: what it sends without TLS is what must arrive with it.
    reference = StoreScp(folder, name='plain')
    status, output = tool('storescu', '-nh', '-R', HOST, reference.port, *(o.path for o in some),
                          folder=folder)
    expect_equal(status, 0, output[-2000:])
    reference.stop()
    authority = Authority(folder, 'Authority')
    client = authority.issue('modality')
    option, _ = PROFILES[profile]
    receiver = Receiver(folder, *authority.issue('workstation').own, '--tls-ca', authority.pem,
                        '--tls-require-client')
    expect_equal(receiver.of('listening')[0].get('security'), 'tls', 'what the listener says')
    status, output = tool('storescu', '+tls', client.key, client.pem, '+cf', authority.pem, option,
                          '-nh', '-R', '-aec', receiver.aet, HOST, receiver.port,
                          *(o.path for o in some), folder=folder)
    expect_equal(status, 0, output[-2000:])
    wait_for(lambda: [e for e in receiver.of('association') if e['state'] == 'released'],
             'the association to be released')
    wait_for(lambda: len(receiver.of('stored')) >= len(some), 'the events of all objects')
    expect_equal(set(digests(receiver.files())), set(digests(reference.files())), 'data sets')
    expect(len(receiver.of('stored')) == len(some), 'not every object was stored')
    expect_equal(receiver.finish(), 0, 'exit status')


for _profile in PROFILES:
    test(f'/tls/send/storescp/{_profile}')(
        lambda folder, profile=_profile: send_to_storescp(folder, profile))
    test(f'/tls/receive/storescu/{_profile}')(
        lambda folder, profile=_profile: receive_from_storescu(folder, profile))


@test('/tls/pair/elliptic-curve')
def elliptic_curve(folder):
    """Certificates over elliptic curves, both ways, TLS 1.2 and 1.3."""
    authority = Authority(folder, 'Authority')
    curve = ('ec', '-pkeyopt', 'ec_paramgen_curve:P-256')
    certificate = authority.issue('archive', key=curve)
    for option, version in (('-tls1_2', 'TLS 1.2'), ('-tls1_3', 'TLS 1.3')):
        server = Server(folder, certificate, option)
        # s_server has no answer to an association: only the handshake has to be done.
        event = echo(folder, server.port, '--tls', '--tls-ca', authority.pem, '--from', version[-3:])
        expect('tls' in event['steps'] and event['failed_step'] != 'tls', event['message'])
        server.process.stop()
    receiver = Receiver(folder, *certificate.own)
    event = echo(folder, receiver.port, '--tls', '--tls-ca', authority.pem)
    expect_equal(event['outcome'], 'ok', event['message'])


@test('/tls/trust/peers-own-certificate')
def peers_own_certificate(folder):
    """Trusting the one certificate is enough, whoever signed it; also in a folder of them."""
    authority = Authority(folder, 'Authority')
    alone = self_signed(folder, 'alone')
    issued = authority.issue('issued')
    trusted = pathlib.Path(folder) / 'trusted'
    trusted.mkdir()
    for certificate in (alone, issued):
        receiver = Receiver(folder, *certificate.own)
        event = echo(folder, receiver.port, '--tls', '--tls-ca', certificate.pem)
        expect_equal(event['outcome'], 'ok', event['message'])
        (trusted / certificate.pem.name).write_bytes(certificate.pem.read_bytes())
        event = echo(folder, receiver.port, '--tls', '--tls-ca', trusted, host='localhost')
        expect_equal(event['outcome'], 'ok', event['message'])
        receiver.finish()


@test('/tls/no-verify')
def no_verify(folder):
    receiver = Receiver(folder, *self_signed(folder, 'anybody', 'DNS:elsewhere').own)
    event = echo(folder, receiver.port, '--tls', '--tls-no-verify')
    expect_equal(event['outcome'], 'ok', event['message'])


@test('/tls/resume-stays-encrypted')
def resume_stays_encrypted(folder):
    """A job that was to be encrypted never goes out in the clear later."""
    readable, _, _ = objects.debian_set()
    elsewhere = pathlib.Path(folder) / 'elsewhere'
    elsewhere.mkdir()
    with socket.create_server((HOST, 0)) as silent:
        silent.settimeout(30)
        port = silent.getsockname()[1]
        sending = Process([GANTRYCTL, 'send', f'GANTRY@{HOST}:{port}', '--tls',
                           *(o.path for o in readable[:3])], folder, environment(folder))
        connection, _ = silent.accept()
        expect_equal(connection.recv(1), b'\x16', 'the first octet')
        sending.stop(signal.SIGKILL)
        connection.close()
    plain = Receiver(elsewhere, '--port', port)  # takes whatever comes, unencrypted
    result = gantryctl(folder, 'send', '--resume')
    expect_equal(result.status, 3, f'exit status; {result.error}')
    expect('Switch off the encrypted connection' in result.error, result.error)
    expect(not plain.of('stored'), 'something was stored in the clear')


# ---- One side speaks TLS, the other does not -----------------------------------------------------

@test('/tls/mixed/we-encrypt/storescp-closes')
def plain_storescp(folder):
    scp = StoreScp(folder)
    expect_failure(folder, scp.port, 'it may not speak TLS on this port', '--tls')


@test('/tls/mixed/we-encrypt/answer-is-dicom')
def plain_receiver(folder):
    """Both ends have a sentence."""
    receiver = Receiver(folder)
    expect_failure(folder, receiver.port, 'this port is for plain DICOM', '--tls')
    wait_for(lambda: [e for e in receiver.of('association')
                      if 'asked for an encrypted connection (TLS), and this port takes plain DICOM'
                      in e['message']], 'the receiver to say that it was TLS')


@test('/tls/mixed/we-encrypt/other-service')
def other_service(folder):
    port = free_port()
    server = Process(['python3', '-m', 'http.server', '--bind', HOST, port], folder)
    wait_for_port(port, server)
    expect_failure(folder, port, 'is not TLS: another service listens at this port', '--tls')


@test('/tls/mixed/we-do-not/closed')
def plain_to_storescp(folder):
    """OpenSSL closes without a word; the echo finds out why."""
    authority = Authority(folder, 'Authority')
    scp = secure_scp(folder, authority.issue('archive'), authority, '-ic')
    expect_failure(folder, scp.port, 'This port expects an encrypted connection',
                   step='association')
    server = Server(folder, authority.issue('server'))
    expect_failure(folder, server.port, 'This port expects an encrypted connection',
                   step='association')


@test('/tls/mixed/we-do-not/alert')
def plain_to_receiver(folder):
    authority = Authority(folder, 'Authority')
    receiver = Receiver(folder, *authority.issue('workstation').own)
    expect_failure(folder, receiver.port,
                   'This port expects an encrypted connection: the other side answered in TLS',
                   step='association')
    wait_for(lambda: [e for e in receiver.of('association')
                      if 'without encryption, and this port takes encrypted connections' in
                      e['message']], 'the receiver to say that it was plain')
    status, output = tool('echoscu', HOST, receiver.port, folder=folder)
    expect(status != 0, f'echoscu was answered: {output}')


# ---- The other side's certificate ----------------------------------------------------------------

CERTIFICATES = {
    'expired': ({'start': '20200101000000Z', 'end': '20210301000000Z'}, 'expired on 2021-03-01'),
    'not-yet-valid': ({'start': '20900401000000Z', 'end': '20910101000000Z'},
                      'is not valid before 2090-04-01. Check the date of this computer'),
    'other-address': ({'hosts': 'IP:10.1.2.3,DNS:pacs.example'},
                      'is made out to 10.1.2.3, pacs.example, not to 127.0.0.1'),
    'no-address': ({'hosts': 'email:someone@example.org'}, 'is made out to no-address, not to'),
    'weak-key': ({'key': ('rsa:1024',)}, 'is too weak to be trusted'),
    'not-for-servers': ({'extension': 'extendedKeyUsage=clientAuth'}, 'was not made for this use'),
}


def bad_certificate(folder, name):
    details, part = CERTIFICATES[name]
    authority = Authority(folder, 'Authority')
    server = Server(folder, authority.issue(name, **details), '-cipher', WEAK)
    expect_failure(folder, server.port, part, '--tls', '--tls-ca', authority.pem)


for _name in CERTIFICATES:
    test(f'/tls/certificate/{_name}')(lambda folder, name=_name: bad_certificate(folder, name))


@test('/tls/certificate/other-host-name')
def other_host_name(folder):
    authority = Authority(folder, 'Authority')
    server = Server(folder, authority.issue('archive', hosts='DNS:*.example,IP:127.0.0.1'))
    expect_failure(folder, server.port, 'made out to *.example, 127.0.0.1, not to localhost',
                   '--tls', '--tls-ca', authority.pem, host='localhost')


@test('/tls/certificate/unknown-authority')
def unknown_authority(folder):
    authority, stranger = Authority(folder, 'Authority'), Authority(folder, 'Stranger')
    server = Server(folder, stranger.issue('archive'))
    part = '“archive” comes from an authority that is not trusted here, “Stranger”'
    expect_failure(folder, server.port, part, '--tls', '--tls-ca', authority.pem)
    expect_failure(folder, server.port, part, '--tls')  # nor by the system
    server.process.stop()
    server = Server(folder, stranger.issue('with-chain'), '-cert_chain', stranger.pem)
    expect_failure(folder, server.port, '“with-chain” comes from an authority that is not trusted '
                   'here, “Stranger”', '--tls', '--tls-ca', authority.pem)


@test('/tls/certificate/self-signed')
def signed_by_itself(folder):
    server = Server(folder, self_signed(folder, 'archive'))
    expect_failure(folder, server.port, '“archive” is signed by itself', '--tls')


@test('/tls/certificate/revoked')
def revoked(folder):
    authority = Authority(folder, 'Authority')
    bad, good = authority.issue('bad'), authority.issue('good')
    trusted = authority.revoke(bad)
    server = Server(folder, bad)
    expect_failure(folder, server.port, '“bad” has been revoked by “Authority”', '--tls', '--tls-ca',
                   trusted)
    receiver = Receiver(folder, *good.own)
    event = echo(folder, receiver.port, '--tls', '--tls-ca', trusted)
    expect_equal(event['outcome'], 'ok', event['message'])
    receiver.finish()
    # Who has no list is not affected by another's.
    other = Authority(folder, 'Other')
    trusted.write_text(trusted.read_text() + other.pem.read_text(), encoding='ascii')
    receiver = Receiver(folder, *other.issue('elsewhere').own)
    event = echo(folder, receiver.port, '--tls', '--tls-ca', trusted)
    expect_equal(event['outcome'], 'ok', event['message'])


# ---- What the other side wants -------------------------------------------------------------------

VERSIONS = {'tls-1.2': '-tls1_2', 'tls-1.3': '-tls1_3'}


def demands_certificate(folder, version):
    authority = Authority(folder, 'Authority')
    server = Server(folder, authority.issue('archive'), VERSIONS[version], '-Verify', 1, '-CAfile',
                    authority.pem, '-verify_return_error')
    expect_failure(folder, server.port, 'demands a certificate from its callers', '--tls', '--tls-ca',
                   authority.pem)


OBJECTIONS = {
    'unknown-authority': ({}, 'it does not know the authority that it comes from', 'unknown CA'),
    'expired': ({'start': '20200101000000Z', 'end': '20210301000000Z'},
                'it has expired, or is not valid yet', 'certificate expired'),
    'wrong-use': ({'extension': 'extendedKeyUsage=serverAuth'}, 'it is not made for this use',
                  'unsupported certificate'),
}


def objects_to_ours(folder, version, name):
    """The alert of the peer, by its name."""
    details, part, alert = OBJECTIONS[name]
    authority, stranger = Authority(folder, 'Authority'), Authority(folder, 'Stranger')
    client = (stranger if name == 'unknown-authority' else authority).issue('client', **details)
    server = Server(folder, authority.issue('archive'), VERSIONS[version], '-Verify', 1, '-CAfile',
                    authority.pem, '-verify_return_error')
    event = expect_failure(folder, server.port, part, '--tls', '--tls-ca', authority.pem,
                           *client.own)
    expect(f'alert “{alert}”' in event['message'], event['message'])


for _version in VERSIONS:
    test(f'/tls/demand/certificate/{_version}')(
        lambda folder, version=_version: demands_certificate(folder, version))
    for _name in OBJECTIONS:
        test(f'/tls/demand/{_name}/{_version}')(
            lambda folder, version=_version, name=_name: objects_to_ours(folder, version, name))


@test('/tls/demand/storescp')
def storescp_demands(folder):
    """DCMTK closes with our request unread, which resets the connection behind its alert."""
    authority = Authority(folder, 'Authority')
    scp = secure_scp(folder, authority.issue('archive'), authority, '-rc')
    for _ in range(5):
        expect_failure(folder, scp.port, 'demands a certificate from its callers', '--tls',
                       '--tls-ca', authority.pem)


@test('/tls/common/no-version')
def no_version(folder):
    authority = Authority(folder, 'Authority')
    server = Server(folder, authority.issue('archive'), '-tls1_1', '-cipher', WEAK)
    expect_failure(folder, server.port, 'no version of TLS in common', '--tls', '--tls-ca',
                   authority.pem)


@test('/tls/common/no-cipher')
def no_cipher(folder):
    """A key exchange without forward secrecy, which the profile does not have."""
    authority = Authority(folder, 'Authority')
    server = Server(folder, authority.issue('archive'), '-tls1_2', '-cipher', 'AES128-SHA')
    expect_failure(folder, server.port, 'no way of encrypting in common', '--tls', '--tls-ca',
                   authority.pem)


# ---- The same from the receiver's side -----------------------------------------------------------

def expect_turned_away(receiver, part):
    def found():
        return [e for e in receiver.of('association') if part in e['message']]
    try:
        wait_for(found, part, 10)
    except AssertionError:
        told = [e['message'] for e in receiver.of('association')]
        expect(False, f'expected “{part}” in {told}')


def client(folder, receiver, *options):
    """openssl s_client, to the end."""
    return tool('openssl', 's_client', '-connect', f'{HOST}:{receiver.port}', *options,
                folder=folder, timeout=30)


@test('/tls/receiver/no-certificate')
def caller_without_certificate(folder):
    authority = Authority(folder, 'Authority')
    receiver = Receiver(folder, *authority.issue('workstation').own, '--tls-ca', authority.pem,
                        '--tls-require-client')
    status, output = tool('echoscu', '+tla', '+cf', authority.pem, HOST, receiver.port,
                          folder=folder)
    expect(status != 0, f'echoscu was answered: {output}')
    expect_turned_away(receiver, 'showed no certificate, and this receiver demands one')


@test('/tls/receiver/bad-certificates')
def callers_with_bad_certificates(folder):
    authority, stranger = Authority(folder, 'Authority'), Authority(folder, 'Stranger')
    receiver = Receiver(folder, *authority.issue('workstation').own, '--tls-ca', authority.pem,
                        '--tls-require-client')
    old = authority.issue('old', start='20200101000000Z', end='20210301000000Z')
    for caller, part in ((old, '“old” expired on 2021-03-01'),
                         (stranger.issue('foreign'), '“foreign” comes from an authority'),
                         (self_signed(folder, 'own'), '“own” is signed by itself')):
        status, output = tool('echoscu', '+tls', caller.key, caller.pem, '+cf', authority.pem, HOST,
                              receiver.port, folder=folder)
        expect(status != 0, f'echoscu was answered: {output}')
        expect_turned_away(receiver, part)


@test('/tls/receiver/not-trusted')
def receiver_not_trusted(folder):
    authority, stranger = Authority(folder, 'Authority'), Authority(folder, 'Stranger')
    receiver = Receiver(folder, *authority.issue('workstation').own)
    status, output = tool('echoscu', '+tla', '+cf', stranger.pem, HOST, receiver.port, folder=folder)
    expect(status != 0, f'echoscu was answered: {output}')
    expect_turned_away(receiver, 'does not accept the certificate of this receiver: it does not '
                       'know the authority')


@test('/tls/receiver/no-version')
def caller_too_old(folder):
    authority = Authority(folder, 'Authority')
    receiver = Receiver(folder, *authority.issue('workstation').own)
    _, output = client(folder, receiver, '-tls1_1', '-cipher', WEAK)
    expect('alert protocol version' in output, output)
    expect_turned_away(receiver, 'no version of TLS in common')


@test('/tls/receiver/no-cipher')
def caller_without_cipher(folder):
    authority = Authority(folder, 'Authority')
    receiver = Receiver(folder, *authority.issue('workstation').own)
    _, output = client(folder, receiver, '-tls1_2', '-cipher', 'AES128-SHA')
    expect('handshake failure' in output, output)
    expect_turned_away(receiver, 'no way of encrypting in common')


@test('/tls/receiver/no-association')
def caller_without_association(folder):
    """TLS is agreed on, and then nothing comes."""
    authority = Authority(folder, 'Authority')
    receiver = Receiver(folder, *authority.issue('workstation').own)
    _, output = client(folder, receiver)
    expect('Cipher is TLS_AES' in output, output)
    expect_turned_away(receiver, 'closed the connection without asking for an association')


@test('/tls/receiver/silent-callers')
def silent_callers(folder):
    """Who connects and never begins to encrypt delays nobody."""
    authority = Authority(folder, 'Authority')
    receiver = Receiver(folder, *authority.issue('workstation').own)
    silent = [socket.create_connection((HOST, receiver.port)) for _ in range(20)]
    for half in silent[10:]:
        half.sendall(b'\x16\x03\x01\x02\x00\x01')  # the beginning of a ClientHello
    event = echo(folder, receiver.port, '--tls', '--tls-ca', authority.pem)
    expect_equal(event['outcome'], 'ok', event['message'])
    expect(event['steps']['tls'] < 2000, f'the handshake took {event["steps"]["tls"]} ms')
    diagnose(f'handshake beside 20 silent callers: {event["steps"]["tls"]:.1f} ms')
    expect_turned_away(receiver, 'Echo answered')
    expect_equal(receiver.finish(), 0, 'exit status with silent callers')
    for caller in silent:
        caller.close()


# ---- Our own files -------------------------------------------------------------------------------

@test('/tls/own/files')
def own_files(folder):
    """Said by who calls and by who listens, before anything is sent."""
    authority = Authority(folder, 'Authority')
    good, other = authority.issue('good'), authority.issue('other')
    locked = pathlib.Path(folder) / 'locked.key'
    openssl('pkey', '-in', good.key, '-aes256', '-passout', 'pass:secret', '-out', locked)
    text = pathlib.Path(folder) / 'notes.txt'
    text.write_text('nothing in here\n', encoding='ascii')
    small = authority.issue('small', key=('rsa:1024',))
    missing = pathlib.Path(folder) / 'missing.pem'
    receiver = Receiver(folder, *good.own)
    elsewhere = pathlib.Path(folder) / 'elsewhere'
    elsewhere.mkdir()
    for files, part in (
            (('--tls-cert', good.pem, '--tls-key', other.key), 'does not belong to the certificate'),
            (('--tls-cert', good.pem, '--tls-key', locked), 'is protected by a passphrase'),
            (('--tls-cert', good.pem, '--tls-key', text), 'holds no private key in PEM form'),
            (('--tls-cert', good.pem), 'holds no private key in PEM form'),
            (('--tls-cert', text, '--tls-key', good.key), 'holds no certificate in PEM form'),
            (('--tls-cert', missing, '--tls-key', good.key), 'cannot be read: No such file'),
            (('--tls-cert', good.pem, '--tls-key', missing), 'cannot be read: No such file'),
            (('--tls-cert', small.pem, '--tls-key', small.key), 'is not strong enough to be used')):
        expect_failure(folder, receiver.port, part, '--tls', '--tls-ca', authority.pem, *files)
        listening = gantryctl(elsewhere, 'receive', '--port', 0, *files)
        expect_equal(listening.status, 1, 'exit status of a receiver that cannot encrypt')
        expect(part in listening.error, f'expected “{part}” in: {listening.error}')
    for trusted, part in ((missing, 'cannot be read: No such file'),
                          (text, 'holds no certificate of an authority'),
                          (elsewhere, 'holds no certificate of an authority')):
        expect_failure(folder, receiver.port, part, '--tls', '--tls-ca', trusted)


@test('/tls/own/options')
def own_options(folder):
    for arguments in (('echo', 'X@127.0.0.1:104', '--tls', '--tls-key', 'k'),
                      ('echo', 'X@127.0.0.1:104', '--tls', '--tls-no-verify', '--tls-ca', 'f'),
                      ('receive', '--tls-require-client'), ('receive', '--tls-ca', 'f')):
        expect_equal(gantryctl(folder, *arguments).status, 2, f'exit status of {arguments}')


if __name__ == '__main__':
    run_tests()
