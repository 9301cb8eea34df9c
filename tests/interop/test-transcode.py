#!/usr/bin/python3
"""gantryctl send to archives that take less than what is sent: what they get instead, and what not

SPDX-License-Identifier: GPL-3.0-or-later
"""
import collections
import importlib.util
import pathlib

import pydicom

import objects
from harness import diagnose, expect, expect_equal, free_port, run_tests, test
from peers import StoreScp, gantryctl

IMPLICIT, EXPLICIT = '1.2.840.10008.1.2', '1.2.840.10008.1.2.1'
ECG, GENERAL_ECG = '1.2.840.10008.5.1.4.1.1.9.1.1', '1.2.840.10008.5.1.4.1.1.9.1.2'
LOSSY = {'1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.51', '1.2.840.10008.1.2.4.81',
         '1.2.840.10008.1.2.4.91'}


def load_compare():
    path = pathlib.Path(__file__).resolve().parents[1] / 'unit' / 'transcode-compare.py'
    spec = importlib.util.spec_from_file_location('transcode_compare', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.compare


compare = load_compare()


def is_compressed(found):
    return found.transfer_syntax.startswith(('1.2.840.10008.1.2.4.', '1.2.840.10008.1.2.5'))


def compressed():
    return [o for o in objects.one_of_each() if is_compressed(o)]


def received(scp):
    return {str(pydicom.filereader.read_file_meta_info(f).MediaStorageSOPInstanceUID): f
            for f in scp.files()}


def check_arrived(result, scp, general=False):
    """What is called stored is there, in the syntax that was said, with the same values."""
    there = received(scp)
    stored = [e for e in result.of('instance') if e['outcome'] == 'stored']
    expect_equal(sorted(there), sorted(e['sop_instance_uid'] for e in stored), 'what arrived')
    for event in stored:
        file = there[event['sop_instance_uid']]
        meta = pydicom.filereader.read_file_meta_info(file)
        expect_equal(str(meta.TransferSyntaxUID),
                     event.get('sent_transfer_syntax', event['transfer_syntax']), event['path'])
        expect_equal(str(meta.MediaStorageSOPClassUID),
                     event.get('sent_sop_class_uid', event['sop_class_uid']), event['path'])
        if not general:
            expect_equal('; '.join(compare(event['path'], str(file), False)), '', event['path'])
    return stored


def check_failures(result):
    """What could not be decoded says so, and did not take others with it."""
    for event in result.of('instance'):
        expect(event['outcome'] in ('stored', 'failed', 'not-accepted'), event)
        if event['outcome'] != 'stored':
            expect(len(event['message']) > 40, f'no sentence: {event}')
            diagnose(f'{event["outcome"]}: {pathlib.Path(event["path"]).name}: {event["message"]}')


@test('/transcode/implicit-only/every-compressed-file')
def implicit_only(folder):
    kinds, total, n_stored = collections.Counter(), 0, 0
    for number, files in enumerate(objects.rounds(filter(is_compressed, objects.debian_set()[0]))):
        scp = StoreScp(folder, '+xi', name=f'received-{number}')
        result = gantryctl(folder, 'send', scp.address, '--transcode', 'any',
                           *(o.path for o in files))
        scp.stop()
        stored = check_arrived(result, scp)
        check_failures(result)
        expect_equal(len(result.of('instance')), len(files), 'answers')
        expect(all(e['sent_transfer_syntax'] == IMPLICIT for e in stored), 'not implicit')
        kinds.update(e['transfer_syntax'] for e in stored)
        total += len(files)
        n_stored += len(stored)
    diagnose(f'{n_stored} of {total} stored: {dict(kinds)}')
    expect(len(kinds) >= 6, f'too few kinds: {kinds}')
    expect(n_stored * 10 >= total * 9, f'only {n_stored} of {total} stored')


@test('/transcode/uncompressed-only/lossless')
def uncompressed_only(folder):
    """The usual policy: what was compressed with loss stays what it is, and is not sent."""
    files = compressed()
    scp = StoreScp(folder, '+x=')
    result = gantryctl(folder, 'send', scp.address, *(o.path for o in files))
    scp.stop()
    stored = check_arrived(result, scp)
    for event in result.of('instance'):
        lossy = event['transfer_syntax'] in LOSSY
        expect_equal(event['outcome'] == 'not-accepted', lossy, event['path'])
        if lossy:
            expect('It would take Explicit VR LE' in event['message'], event['message'])
            expect('compressed with loss' in event['message'], event['message'])
    expect(stored, 'nothing was stored')
    expect(all(e['sent_transfer_syntax'] == EXPLICIT for e in stored), 'not explicit')
    expect_equal(result.status, 1, 'exit status')


@test('/transcode/as-is-where-possible')
def as_is(folder):
    """A peer that takes everything gets everything as it is, whatever is allowed."""
    files = objects.one_of_each()
    scp = StoreScp(folder)
    result = gantryctl(folder, 'send', scp.address, '--transcode', 'any', '--fall-back',
                       *(o.path for o in files))
    scp.stop()
    expect_equal(result.status, 0, 'exit status')
    expect(not [e for e in result.of('instance')
                if 'sent_transfer_syntax' in e or 'sent_sop_class_uid' in e], 'something changed')
    sent = collections.Counter(objects.digest(objects.on_the_wire(o.path)) for o in files)
    got = collections.Counter(objects.digest(objects.data_set(f)) for f in scp.files())
    expect_equal(got, sent, 'data sets')


@test('/transcode/plain-to-implicit')
def plain(folder):
    files = [o for o in objects.one_of_each()
             if o.transfer_syntax in (EXPLICIT, '1.2.840.10008.1.2.2', '1.2.840.10008.1.2.1.99')]
    scp = StoreScp(folder, '+xi')
    result = gantryctl(folder, 'send', scp.address, *(o.path for o in files))
    scp.stop()
    stored = check_arrived(result, scp)
    check_failures(result)
    expect({e['transfer_syntax'] for e in stored} == {o.transfer_syntax for o in files},
           'a transfer syntax is missing')


@test('/transcode/never')
def never(folder):
    files = compressed()[:6]
    scp = StoreScp(folder, '+xi')
    result = gantryctl(folder, 'send', scp.address, '--no-transcode', *(o.path for o in files))
    scp.stop()
    expect_equal([e['outcome'] for e in result.of('instance')], ['not-accepted'] * 6, 'outcomes')
    for event in result.of('instance'):
        expect('It would take Implicit VR LE' in event['message'], event['message'])
    expect_equal(scp.files(), [], 'files at the peer')
    expect_equal(result.status, 1, 'exit status')


class OnlyGeneral(StoreScp):
    """Takes General ECG, and not the special kind."""

    def __init__(self, folder):
        profile = pathlib.Path(folder) / 'general.cfg'
        profile.write_text('\n'.join([
            '[[TransferSyntaxes]]', '[Any]', f'TransferSyntax1 = {EXPLICIT}',
            f'TransferSyntax2 = {IMPLICIT}', '[[PresentationContexts]]', '[Contexts]',
            f'PresentationContext1 = {GENERAL_ECG}\\Any', '[[Profiles]]', '[Accept]',
            'PresentationContexts = Contexts', '']), encoding='ascii')
        super().__init__(folder, '-xf', profile, 'Accept')


@test('/transcode/general-class')
def general_class(folder):
    files = [o for o in objects.one_of_each() if o.sop_class == ECG]
    expect(files, 'no 12-lead ECG to send')
    scp = OnlyGeneral(folder)
    refused = gantryctl(folder, 'send', scp.address, *(o.path for o in files))
    expect({e['outcome'] for e in refused.of('instance')} == {'not-accepted'}, 'it was not refused')
    expect('related general SOP class' in refused.of('instance')[0]['message'], 'no advice')
    result = gantryctl(folder, 'send', scp.address, '--fall-back', *(o.path for o in files))
    scp.stop()
    stored = check_arrived(result, scp, general=True)
    expect_equal(len(stored), len(files), 'stored')
    there = received(scp)
    for event in stored:
        expect_equal(event['sent_sop_class_uid'], GENERAL_ECG, 'sent class')
        expect('sent_transfer_syntax' not in event, 'the syntax changed too')
        one = pydicom.dcmread(event['path'])
        other = pydicom.dcmread(there[event['sop_instance_uid']])
        expect_equal(other.SOPClassUID, GENERAL_ECG, 'SOP Class UID (0008,0016)')
        expect_equal(other.OriginalSpecializedSOPClassUID, ECG, '(0008,001B)')
        del other.OriginalSpecializedSOPClassUID
        other.SOPClassUID = one.SOPClassUID
        expect_equal(other, one, 'everything else')


@test('/transcode/human-line')
def human_line(folder):
    file = next(o for o in compressed() if o.transfer_syntax == '1.2.840.10008.1.2.5')
    scp = StoreScp(folder, '+xi')
    result = gantryctl(folder, 'send', scp.address, file.path, json_lines=False)
    expect('Sent in Implicit VR LE instead of RLE lossless.' in result.output, result.output)


@test('/transcode/dry-run/agrees-with-send')
def dry_run(folder):
    files = objects.one_of_each()
    scp = StoreScp(folder, '+x=')
    check = gantryctl(folder, 'send', scp.address, '--dry-run', *(o.path for o in files))
    expect_equal(scp.files(), [], 'files at the peer')
    result = gantryctl(folder, 'send', scp.address, *(o.path for o in files))
    rows = {(r['sop_class_uid'], r['transfer_syntax']): r for r in check.of('forecast')}
    outcomes = collections.defaultdict(list)
    for event in result.of('instance'):
        outcomes[event['sop_class_uid'], event['transfer_syntax']].append(event)
    expect_equal(sorted(rows), sorted(outcomes), 'rows')
    for key, row in rows.items():
        expect_equal(row['instances'], len(outcomes[key]), f'instances of {key}')
        for event in outcomes[key]:
            expect_equal(event['outcome'] == 'not-accepted', row['kind'] == 'refused', key)
            if event['outcome'] == 'stored':
                expect_equal(event.get('sent_transfer_syntax'), row.get('sent_transfer_syntax'),
                             key)
    total = check.summary
    expect_equal(total['instances'], len(files), 'instances')
    expect_equal(total['as_is'] + total['changed'] + total['refused'], len(files), 'sum')
    expect_equal(total['refused'], result.summary['not_accepted'], 'refused')
    expect_equal(check.status, 1, 'exit status')


@test('/transcode/dry-run/statuses')
def dry_run_statuses(folder):
    file = next(o for o in objects.one_of_each() if o.transfer_syntax == EXPLICIT)
    scp = StoreScp(folder, '+xa')
    good = gantryctl(folder, 'send', scp.address, '--dry-run', file.path, json_lines=False)
    expect_equal(good.status, 0, 'all would be taken')
    expect('would go as they are' in good.output, good.output)
    missing = gantryctl(folder, 'send', scp.address, '--dry-run', file.path, '/nowhere/at/all')
    expect_equal(missing.status, 1, 'a path is missing')
    nobody = gantryctl(folder, 'send', f'NOBODY@127.0.0.1:{free_port()}', '--dry-run', file.path)
    expect_equal(nobody.status, 3, 'nobody there')
    for options in (['--transcode', 'perhaps'], ['--no-transcode', '--transcode', 'any'],
                    ['--dry-run', '--report', 'x.csv']):
        wrong = gantryctl(folder, 'send', scp.address, *options, file.path)
        expect_equal(wrong.status, 2, f'{options}')


run_tests()
