#!/usr/bin/python3
"""Lists of nodes: ours, Orthanc's and DCMTK's forms, and what is remembered of a node

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import json
import pathlib
import sqlite3

from harness import expect, expect_equal, run_tests, test
from peers import StoreScp, gantryctl

ORTHANC = '''{
  // The nodes that this archive knows
  "DicomModalities" : {
    "ct" : [ "CT_SCAN", "10.0.0.51", 104 ],
    /* the long form */
    "mr" : { "AET" : "MR1", "Host" : "mr1.hospital", "Port" : 11112, "LocalAet" : "RELAY" }
  },
  "DicomPort" : 4242
}
'''

DCMQRSCP = '''# dcmqrscp.cfg
NetworkTCPPort = 11112
HostTable BEGIN
archive = (ARCHIVE, 10.0.0.5, 104)
# a comment
view1   = ( VIEWER1 , view1.hospital , 4006 )
viewers = archive, view1
HostTable END
VendorTable BEGIN
VendorTable END
'''

SPREADSHEET = '\ufeffAE_Title;Host;Port;Name;Notes\r\nPACS1;"10.0.0.9";104;"Main ""old"" PACS";"two\r\nlines"\r\n'


def listed(folder):
    return {n['name']: n for n in gantryctl(folder, 'nodes').of('node')
            if n['name'] != 'This workstation'}


def write(folder, name, text):
    path = pathlib.Path(folder) / name
    path.write_text(text, encoding='utf-8', newline='')
    return path


@test('/nodes/import/orthanc')
def from_orthanc(folder):
    result = gantryctl(folder, 'nodes', '--import', write(folder, 'orthanc.json', ORTHANC))
    expect_equal(result.status, 0, result.error)
    nodes = listed(folder)
    expect_equal({n: v['peer'] for n, v in nodes.items()},
                 {'ct': 'CT_SCAN@10.0.0.51:104', 'mr': 'MR1@mr1.hospital:11112'}, 'nodes')
    expect_equal(nodes['mr']['calling'], 'RELAY', 'calling AE title')


@test('/nodes/import/dcmqrscp')
def from_dcmqrscp(folder):
    result = gantryctl(folder, 'nodes', '--import', write(folder, 'dcmqrscp.cfg', DCMQRSCP))
    expect_equal(result.status, 0, result.error)
    expect_equal({n: v['peer'] for n, v in listed(folder).items()},
                 {'archive': 'ARCHIVE@10.0.0.5:104', 'view1': 'VIEWER1@view1.hospital:4006'},
                 'nodes')


@test('/nodes/import/spreadsheet')
def from_spreadsheet(folder):
    path = write(folder, 'nodes.csv', SPREADSHEET)
    for _ in range(2):
        expect_equal(gantryctl(folder, 'nodes', '--import', path).status, 0, 'exit status')
    nodes = listed(folder)
    expect_equal(set(nodes), {'Main "old" PACS', 'Main "old" PACS 2'}, 'a taken name')
    expect_equal(nodes['Main "old" PACS']['notes'], 'two\r\nlines', 'notes')


@test('/nodes/export-and-import')
def there_and_back(folder):
    for text in ('One=AE1@10.0.0.1:104', 'Two, with=AE2@[::1]:11112', '=3=AE3@h:1'):
        status = gantryctl(folder, 'nodes', '--add', text).status
        expect_equal(status, 2 if text[0] == '=' else 0, text)
    before = listed(folder)
    for name in ('out.csv', 'out.json'):
        path = pathlib.Path(folder) / name
        expect_equal(gantryctl(folder, 'nodes', '--export', path).status, 0, name)
        for node in listed(folder):
            expect_equal(gantryctl(folder, 'nodes', '--remove', node).status, 0, 'removing')
        expect_equal(listed(folder), {}, 'after removing')
        expect_equal(gantryctl(folder, 'nodes', '--import', path).status, 0, name)
        expect_equal(listed(folder), before, name)
    exported = json.loads((pathlib.Path(folder) / 'out.json').read_text(encoding='utf-8'))
    expect_equal(len(exported['nodes']), 2, 'nodes without this workstation')


@test('/nodes/export-and-import/colour-and-options')
def all_of_it(folder):
    """Both forms keep what a node is: without its encryption it would send in the clear."""
    node = {'name': 'One', 'ae_title': 'AE1', 'host': '10.0.0.1', 'port': 104,
            'calling_ae_title': 'ME', 'notes': 'As in the HostTable of 4711', 'color': 'purple', 'max_pdu': 32768,
            'associations': 2, 'connect_seconds': 3, 'transcoding': 0, 'tls': 1}
    plain = {'name': 'Two', 'ae_title': 'AE2', 'host': '10.0.0.2', 'port': 105, 'color': 'Mauve'}
    path = write(folder, 'in.json', json.dumps({'nodes': [node, plain]}))
    expect_equal(gantryctl(folder, 'nodes', '--import', path).status, 0, 'import')
    expect_equal({n: v['color'] for n, v in listed(folder).items()}, {'One': 'purple', 'Two': ''},
                 'an unknown colour is none')
    out = pathlib.Path(folder) / 'out.json'
    expect_equal(gantryctl(folder, 'nodes', '--export', out).status, 0, 'export')
    expect_equal(json.loads(out.read_text(encoding='utf-8'))['nodes'][0], node, 'the same again')
    table = pathlib.Path(folder) / 'out.csv'
    expect_equal(gantryctl(folder, 'nodes', '--export', table).status, 0, 'export')
    for name in ('One', 'Two'):
        expect_equal(gantryctl(folder, 'nodes', '--remove', name).status, 0, 'removing')
    expect_equal(gantryctl(folder, 'nodes', '--import', table).status, 0, 'import')
    expect_equal(gantryctl(folder, 'nodes', '--export', out).status, 0, 'export')
    expect_equal(json.loads(out.read_text(encoding='utf-8'))['nodes'][0], node, 'by a spreadsheet')


BROKEN = {
    'empty.csv': '', 'other.txt': 'Dear colleague,\nhere are the nodes.\n',
    'quote.csv': 'ae_title,host,port\nA,"b,1\n', 'port.csv': 'ae_title,host,port\nA,b,99999\n',
    'port-and-more.csv': 'ae_title,host,port\nA,b,104abc\n',
    'option.csv': 'ae_title,host,port,tls\nA,b,104,yes\n',
    'title.csv': 'ae_title,host,port\nSEVENTEEN_LETTERS,b,104\n', 'cut.json': '{"nodes": [',
    'none.json': '{"nodes": []}', 'wrong.json': '{"nodes": [5]}', 'array.json': '[1, 2]',
    'text-port.json': '{"DicomModalities": {"a": ["A", "b", "104"]}}',
    'shape.json': '{"DicomModalities": {"a": "A@b:104"}}',
    'table.cfg': 'HostTable BEGIN\nHostTable END\n',
}


@test('/nodes/import/broken')
def broken(folder):
    """A sentence for each, and not half of a list."""
    for name, text in BROKEN.items():
        result = gantryctl(folder, 'nodes', '--import', write(folder, name, text))
        expect_equal(result.status, 1, name)
        expect(len(result.error.strip()) > 30 and result.error.count('\n') == 1,
               f'{name}: {result.error}')
    good_then_bad = 'ae_title,host,port\nGOOD,b,104\nBAD,b,0\n'
    expect_equal(gantryctl(folder, 'nodes', '--import',
                           write(folder, 'half.csv', good_then_bad)).status, 1, 'half')
    binary = pathlib.Path(folder) / 'binary'
    binary.write_bytes(b'\xff\xfe\x00' * 100)
    expect_equal(gantryctl(folder, 'nodes', '--import', binary).status, 1, 'binary')
    expect_equal(gantryctl(folder, 'nodes', '--import', folder).status, 1, 'a folder')
    expect_equal(gantryctl(folder, 'nodes', '--import', f'{folder}/gone').status, 1, 'no file')
    expect_equal(listed(folder), {}, 'nothing of them was saved')


@test('/nodes/health')
def health(folder):
    """Since when a node answers survives the program, and ends with its address."""
    scp = StoreScp(folder)
    gantryctl(folder, 'nodes', '--add', f'Archive={scp.address}')
    expect_equal(listed(folder)['Archive']['state'], 'unknown', 'before')
    for _ in range(3):
        expect_equal(gantryctl(folder, 'echo', 'Archive').status, 0, 'echo')
    up = listed(folder)['Archive']
    expect_equal((up['state'], up['echoes']), ('up', 3), 'after three echoes')
    scp.stop()
    for _ in range(2):
        expect_equal(gantryctl(folder, 'echo', 'Archive').status, 3, 'echo to nobody')
    down = listed(folder)['Archive']
    expect_equal((down['state'], down['echoes']), ('down', 5), 'when it is gone')
    expect(down['since'] >= up['since'] and down['message'], str(down))


@test('/nodes/unreadable')
def unreadable(folder):
    """That the saved nodes cannot be read is not the same as that there is none of the name."""
    gantryctl(folder, 'nodes', '--add', 'Archive=ARCHIVE@127.0.0.1:104')
    with contextlib.closing(sqlite3.connect(f'{folder}/profile/gantry.db')) as database:
        database.execute('ALTER TABLE nodes RENAME TO gone')
    for peer in ('Archive', 'ARCHIVE@127.0.0.1:104'):
        result = gantryctl(folder, 'echo', peer)
        expect(result.status != 0, 'exit status')
        expect('no such table: nodes' in result.error, result.error)
        expect_equal(result.of('echo'), [], 'nobody is asked')


run_tests()
