#!/usr/bin/python3
"""test-report - the delivery report says what happened, as scripts and spreadsheets read it

SPDX-License-Identifier: GPL-3.0-or-later
"""
import csv
import datetime
import hashlib
import json
import os
import pathlib
import re

import objects
from answering import AnsweringScp
from harness import expect, expect_equal, run_tests, test
from peers import StoreScp, gantryctl

CT = objects.ROOT / 'test_files' / 'CT_small.dcm'
CT_UID = b'1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322'


def read_csv(path):
    """Python's own reader, strict; the octets between the lines are looked at apart."""
    data = pathlib.Path(path).read_bytes()
    expect(data.endswith(b'\r\n') and b'\n' not in data.replace(b'\r\n', b''), 'line ends')
    return list(csv.DictReader(data.decode('utf-8').splitlines(keepends=True), strict=True))


def read_json(path):
    return json.loads(pathlib.Path(path).read_text(encoding='utf-8'))


def unescape(path):
    """The octets of a path as the report writes it."""
    return re.sub(rb'\\(\\|x[0-9A-F]{2})',
                  lambda m: b'\\' if m[1] == b'\\' else bytes.fromhex(m[1][1:].decode()),
                  path.encode())


def check_rows(rows, result):
    """The report agrees with what was said at the time, and with the files."""
    events = {e['sop_instance_uid']: e for e in result.of('instance')}
    expect_equal(sorted(r['sop_instance_uid'] for r in rows), sorted(events), 'instances')
    for row in rows:
        event = events[row['sop_instance_uid']]
        data = pathlib.Path(os.fsdecode(unescape(row['path']))).read_bytes()
        expect_equal(row['sha256'], hashlib.sha256(data).hexdigest(), 'digest')
        expect_equal(int(row['size']), len(data), 'size')
        for ours, theirs in (('sop_class_uid',) * 2, ('sop_class',) * 2, ('modality',) * 2,
                             ('transfer_syntax',) * 2, ('outcome',) * 2, ('comment', 'message'),
                             ('status',) * 2):
            expect_equal(row[ours] or '', event.get(theirs, ''), ours)
        expect_equal(row['sent_transfer_syntax'], row['transfer_syntax'], 'syntax as sent')
        expect_equal(row['sent_sop_class_uid'], row['sop_class_uid'], 'class as sent')
        expect(float(row['elapsed_ms']) > 0, 'no time was needed')
        when = datetime.datetime.fromisoformat(row['time'])
        age = datetime.datetime.now(datetime.timezone.utc) - when
        expect(datetime.timedelta() <= age < datetime.timedelta(minutes=5), f'time {row["time"]}')


@test('/report/csv')
def to_csv(folder):
    job = {o.sop_instance: o.path for o in objects.debian_set()[0][:40]}
    scp = StoreScp(folder)
    report = folder + '/Report of today.csv'
    result = gantryctl(folder, 'send', scp.address, '--no-transcode', '--report', report,
                       *job.values())
    expect_equal(result.status, 0, 'exit status')
    rows = read_csv(report)
    expect_equal(len(rows), len(job), 'rows')
    check_rows(rows, result)
    for row in rows:
        content = objects.pydicom.dcmread(job[row['sop_instance_uid']], stop_before_pixels=True,
                                          force=True)
        expect_equal(row['study_instance_uid'], str(content.get('StudyInstanceUID', '')), 'study')
        expect_equal(row['series_instance_uid'], str(content.get('SeriesInstanceUID', '')), 'series')


@test('/report/json/refused')
def to_json(folder):
    scp = AnsweringScp(0xA700, 'Disk “B” is full, =SUM(A1)')
    report = folder + '/report.JSON'
    result = gantryctl(folder, 'send', scp.address, '--report', report, CT)
    scp.stop()
    expect_equal(result.status, 1, 'exit status')
    content = read_json(report)
    check_rows(content['instances'], result)
    expect_equal(content['counts']['refused'], 1, 'how many were refused')
    expect_equal(sum(content['counts'].values()), 1, 'how many there are')
    expect_equal(content['job']['ae_title'], 'ANSWER', 'AE title')
    expect_equal(content['job']['state'], 'finished', 'state of the job')


@test('/report/names')
def names(folder):
    """Every name can be had back from the report, and none of them becomes a formula."""
    model = CT.read_bytes()
    study = os.fsencode(folder) + b'/study'
    os.mkdir(study)
    wanted = set()
    for i, name in enumerate((b'plain', b'a,b', b'a"b', b'a\nb', b'a\rb', b'caf\xe9', b'\xff\xfe',
                              b'back\\slash', b'\\xFF', b'caf\xc3\xa9', b'=1+1', b' ')):
        path = study + b'/' + name
        with open(path, 'wb') as file:
            file.write(model.replace(CT_UID, CT_UID[:-2] + b'%02d' % (30 + i)))
        wanted.add(path)
    scp = StoreScp(folder)
    for form, read in (('csv', read_csv), ('json', lambda path: read_json(path)['instances'])):
        report = f'{folder}/report.{form}'
        result = gantryctl(folder, 'send', scp.address, '--report', report, os.fsdecode(study))
        rows = read(report)
        expect_equal({unescape(r['path']) for r in rows}, wanted, f'paths in {form}')
        check_rows(rows, result)


@test('/report/command')
def command(folder):
    """Afterwards, of a file that is as it was, one that changed and one that is gone."""
    study = pathlib.Path(folder) / 'study'
    study.mkdir()
    for i in range(3):
        uid = CT_UID[:-2] + b'%02d' % (30 + i)
        (study / f'{i}.dcm').write_bytes(CT.read_bytes().replace(CT_UID, uid))
    scp = StoreScp(folder)
    expect_equal(gantryctl(folder, 'send', scp.address, study).status, 0, 'exit status of send')
    (study / '1.dcm').write_bytes(b'something else')
    (study / '2.dcm').unlink()

    jobs = gantryctl(folder, 'jobs').of('job')
    expect_equal([(j['state'], j['instances'], j['stored']) for j in jobs], [('finished', 3, 3)],
                 'jobs')
    report = folder + '/report.csv'
    done = gantryctl(folder, 'report', jobs[0]['id'], report, json_lines=False)
    expect_equal((done.status, done.output, done.error), (0, '', ''), 'report')
    rows = {os.path.basename(r['path']): r for r in read_csv(report)}
    expect_equal(rows['0.dcm']['sha256'],
                 hashlib.sha256((study / '0.dcm').read_bytes()).hexdigest(), 'digest')
    expect_equal([rows[n]['sha256'] for n in ('1.dcm', '2.dcm')], ['', ''], 'other digests')
    expect('changed' in rows['1.dcm']['remark'], rows['1.dcm']['remark'])
    expect('not there' in rows['2.dcm']['remark'], rows['2.dcm']['remark'])
    expect_equal({r['outcome'] for r in rows.values()}, {'stored'}, 'outcomes')


@test('/report/wrong-use')
def wrong_use(folder):
    for words in (['send', 'PACS@localhost:104', CT, '--report', folder + '/report.txt'],
                  ['send', '--resume', '--report', folder + '/report.csv'],
                  ['report'], ['report', '1'], ['report', 'one', folder + '/report.csv'],
                  ['report', '1', folder + '/report'], ['jobs', 'all']):
        result = gantryctl(folder, *words, json_lines=False)
        expect_equal(result.status, 2, f'exit status of {words}')
        expect(result.error.startswith('gantryctl: '), f'no word about {words}')
    for path in ('/report.csv', '/nowhere/report.csv'):
        result = gantryctl(folder, 'report', 4711, folder + path, json_lines=False)
        expect_equal(result.status, 1, 'exit status without such a job')
        expect(len(result.error) > 30, 'no sentence')
    expect_equal([n for n in os.listdir(folder) if 'report' in n], [], 'files')


@test('/report/cannot-be-written')
def cannot_be_written(folder):
    """Everything was stored, and still the exit status tells that something is missing."""
    scp = StoreScp(folder)
    result = gantryctl(folder, 'send', scp.address, '--report', folder + '/no/such.csv', CT)
    expect_equal(result.summary['stored'], 1, 'stored')
    expect_equal(result.status, 1, 'exit status')
    expect('no/such.csv' in result.error, result.error)


run_tests()
