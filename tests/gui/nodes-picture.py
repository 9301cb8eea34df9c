#!/usr/bin/python3
"""nodes-picture - the Nodes page, its editor and what a node accepts, as a person sees them

SPDX-License-Identifier: GPL-3.0-or-later

Usage: nodes-picture.py PREFIX [WIDTH HEIGHT]
writes PREFIX-healthy.png, -broken, -ladder, -editor, -probe, -compare and -retired; on a desktop of
its own, see session
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import desk
from peers import Orthanc, StoreScp, gantryctl
from person import Person, eventually, extents

COLORS = {'Main Archive': 'blue', 'Research': 'purple', 'Teaching Files': 'orange'}


def describe(name, address):
    ae_title, host, port = re.fullmatch(r'(.*)@(.*):(\d+)', address).groups()
    return {'name': name, 'ae_title': ae_title, 'host': host, 'port': int(port),
            'color': COLORS.get(name, ''), 'notes': ''}


def prepare(folder, width, height):
    """Nodes with a history; some of them are going to fail, and one knows other callers only."""
    peers = {
        'Main Archive': StoreScp(folder),
        'Research': StoreScp(folder, '+xi', name='research'),
        'Teaching Files': Orthanc(folder, AcceptedTransferSyntaxes=[
            '1.2.840.10008.1.2.1', '1.2.840.10008.1.2', '1.2.840.10008.1.2.4.70']),
        'CT Console 2': StoreScp(folder, '+xa', '-pm', name='console'),
        'Old Viewer': StoreScp(folder, '--refuse', name='viewer'),
    }
    profile, _ = desk.prepare(folder, **{'window-width': width, 'window-height': height})
    nodes = pathlib.Path(folder) / 'nodes.json'
    nodes.write_text(json.dumps({'nodes': [describe(n, p.address) for n, p in peers.items()]}),
                     encoding='utf-8')
    gantryctl(folder, 'nodes', '--import', nodes)
    for name in peers:
        gantryctl(folder, 'echo', name, '--count', 40, '--interval', 0)
    for name in ('Teaching Files', 'Main Archive'):
        gantryctl(folder, 'probe', name)
    return profile, peers


class Picture:
    def __init__(self, person, prefix, narrow):
        self.person, self.prefix, self.narrow = person, prefix, narrow

    def take(self, name, frame=None):
        self.person.rest()
        self.person.screenshot(f'{self.prefix}-{name}.png', frame)

    def select(self, name):
        back = re.compile('^Back to the nodes')
        if self.narrow and self.person.all('push button', back):
            self.person.press(back)
        eventually(lambda: 0 <= extents(self.person.find('label', name))[0] < 300, 'the list')
        self.person.click(self.person.find('label', name))

    def narrow_down(self, frame):
        """A dialog as wide as a narrow window is."""
        if not self.narrow:
            return
        window, *_ = self.person.x_window(frame)
        subprocess.run(['xdotool', 'windowsize', '--sync', str(window), '360', '640'], check=True)
        eventually(lambda: extents(frame)[2] <= 360, 'the dialog to be narrow')

    def dialog(self, title):
        # GTK 4.8 has no role for a window that is modal.
        return eventually(lambda: [w for role in ('frame', 'filler')
                                   for w in self.person.all(role, re.compile(title))], title)[0]


def show_page(picture, peers):
    person = picture.person
    person.page('Nodes')
    person.sees('Main Archive')
    person.press('Echo All')
    if not picture.narrow:
        picture.select('Main Archive')
        person.sees(re.compile('Answers in'))
    picture.take('healthy')
    peers['Research'].stop()
    peers['CT Console 2'].stop()
    person.press('Echo All')
    person.sees(re.compile('Down since'))
    picture.take('broken')
    picture.select('Old Viewer')
    person.sees('Does not answer')
    picture.take('ladder')


def show_editor(picture):
    person = picture.person
    person.key('ctrl+n')
    editor = picture.dialog('Add Node')
    for label, text in {'Name': 'Second Archive', 'AE Title': 'ARCHIVE2', 'Host': '127.0.0.1',
                        'Port': '1'}.items():
        person.type(person.find('text', label, inside=editor), text)
    picture.narrow_down(editor)
    person.press('Test', inside=editor)
    person.sees('Does not answer', inside=editor)
    picture.take('editor', editor)
    person.key('Escape')


def show_probe(picture):
    person = picture.person
    picture.select('Main Archive')
    person.press('Probe')
    person.sees(re.compile(r'^Accepts \d+'), 60)
    window = picture.dialog('Accept')
    picture.narrow_down(window)
    picture.take('probe', window)
    person.choose('Compare with', 'Teaching')
    person.sees(re.compile('only there'))
    picture.take('compare', window)
    person.key('ctrl+f', *'multi')
    picture.take('retired', window)


def make(folder, prefix, width=1000, height=700):
    profile, peers = prepare(folder, width, height)
    person = Person(str(desk.GANTRY), profile=str(profile), log=folder + '/gantry.log')
    picture = Picture(person, prefix, int(width) < 600)
    show_page(picture, peers)
    show_editor(picture)
    show_probe(picture)
    return person.close()


if __name__ == '__main__':
    with tempfile.TemporaryDirectory(prefix='gantry-picture-') as scratch:
        sys.exit(make(scratch, *sys.argv[1:]))
