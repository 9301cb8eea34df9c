"""person - uses Gantry's window as somebody in front of it does

SPDX-License-Identifier: GPL-3.0-or-later

Sees what the accessibility bus (AT-SPI) tells, presses what has an action there, and takes the
pointer for the rest. Needs a desktop of its own: tests/gui/session.
"""
import os
import re
import subprocess
import time
import warnings

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402

warnings.simplefilter('ignore')


class NotSeen(AssertionError):
    """What was looked for did not come."""


def eventually(look, what, timeout=15):
    """Looks again until there is something to see; returns it."""
    end = time.monotonic() + timeout
    while True:
        try:
            found = look()
        except GLib.Error:  # the widget went away while it was looked at
            found = None
        if found:
            return found
        if time.monotonic() > end:
            raise NotSeen(f'within {timeout} s: {what}')
        time.sleep(0.03)


def matches(text, wanted):
    if isinstance(wanted, re.Pattern):
        return bool(wanted.search(text or ''))
    return (text or '') == wanted


def walk(widget, depth=60):
    """A widget and all below it; those that go away meanwhile are left out."""
    yield widget
    try:
        count = widget.get_child_count() if depth else 0
    except GLib.Error:
        return
    for index in range(count):
        try:
            child = widget.get_child_at_index(index)
        except GLib.Error:
            continue
        if child is not None:
            yield from walk(child, depth - 1)


def state(widget, name):
    return widget.get_state_set().contains(getattr(Atspi.StateType, name))


def extents(widget):
    box = widget.get_component_iface().get_extents(Atspi.CoordType.WINDOW)
    return box.x, box.y, box.width, box.height


def on_screen(widget):
    """GTK 4.8 sets SHOWING on windows only; what is hidden has no size."""
    if 'Component' not in widget.get_interfaces():
        return False
    _, _, width, height = extents(widget)
    return width > 0 and height > 0


def text_of(widget):
    if 'Text' in widget.get_interfaces():
        return Atspi.Text.get_text(widget, 0, Atspi.Text.get_character_count(widget))
    return widget.get_name()


class Person:
    """Starts the workstation and looks at its window."""

    def __init__(self, program, *files, profile, environment=None, log=None):
        """@profile: None: the one of the home"""
        self.tabs = {}  # by the title of a row: how far it is from the top of its window
        self.log_path = log or os.path.join(profile + '.log')
        if profile is not None:
            os.makedirs(profile, exist_ok=True)
            environment = {'GANTRY_PROFILE': profile, **(environment or {})}
        with open(self.log_path, 'wb') as output:
            self.process = subprocess.Popen(
                [program, *files], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env={**os.environ, **(environment or {})})
        Atspi.init()
        self.application = eventually(self._find_application, 'a window of Gantry', 30)

    def _find_application(self):
        if self.process.poll() is not None:
            raise AssertionError(f'Gantry ended with {self.process.returncode}:\n{self.log()}')
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(index)
            if application and application.get_process_id() == self.process.pid \
                    and application.get_child_count():
                return application
        return None

    def complaints(self):
        """What the program said about its own mistakes. That a key cap in a shortcuts window is
        narrower than its padding is libadwaita's: any program's shortcuts window says it."""
        return [line for line in self.log().splitlines()
                if re.search(r'WARNING|CRITICAL|ERROR|Sanitizer', line)
                and not re.search(r'GtkLabel \S+ \(label\) reported min width -\d', line)]

    def log(self):
        with open(self.log_path, encoding='utf-8', errors='replace') as file:
            return file.read()

    # Seeing

    def root(self):
        """What is looked through. When a dialog goes, GTK 4.8 makes the bus believe that the whole
        application went, so it has to be looked for anew."""
        if self.process.poll() is not None:
            raise AssertionError(f'Gantry ended with {self.process.returncode}:\n{self.log()}')
        try:
            known = self.application.get_child_count() > 0
        except GLib.Error:
            known = False
        if not known:
            Atspi.get_desktop(0).clear_cache()
            self.application = self._find_application() or self.application
        return self.application

    def all(self, role=None, name=None, inside=None, visible=True):
        found = []
        for widget in walk(inside or self.root()):
            try:
                if (role is None or widget.get_role_name() == role) \
                        and (name is None or matches(text_of(widget), name)
                             or matches(widget.get_name(), name)) \
                        and (not visible or on_screen(widget)):
                    found.append(widget)
            except GLib.Error:
                continue
        return found

    def find(self, role=None, name=None, inside=None, timeout=15):
        what = f'{role or "something"} named {getattr(name, "pattern", name)!r}'
        return eventually(lambda: self.all(role, name, inside), what, timeout)[0]

    def sees(self, text, timeout=15, inside=None):
        """Waits for a text on the screen; a pattern is searched for. Returns the whole text."""
        def look():
            return [text_of(widget) or '' for widget in self.all(None, text, inside)[:1]]
        try:
            return eventually(look, f'something named {getattr(text, "pattern", text)!r}', timeout)[0]
        except NotSeen as problem:
            raise NotSeen(f'{problem}; on the screen: {self.texts()}') from None

    def texts(self, inside=None):
        """All that can be read, without the class names that unnamed widgets go by."""
        texts = []
        for widget in walk(inside or self.root()):
            try:
                text = text_of(widget) or widget.get_name()
                if text and text not in texts and not re.match('(Gtk|Adw|Gantry)[A-Z]', text) \
                        and on_screen(widget):
                    texts.append(text)
            except GLib.Error:  # it changed while it was read, or the window is gone
                pass
        return texts

    def describe(self):
        """Everything there is, for when a test cannot find what it wants."""
        lines = []

        def visit(widget, depth):
            try:
                shown = '' if on_screen(widget) else ' (hidden)'
                lines.append(f'{"  " * depth}[{widget.get_role_name()}] {text_of(widget)!r}{shown}')
                for index in range(widget.get_child_count()):
                    child = widget.get_child_at_index(index)
                    if child is not None:
                        visit(child, depth + 1)
            except GLib.Error:
                pass
        visit(self.application, 0)
        return '\n'.join(lines)

    # Doing

    def press(self, name, role='push button', inside=None, timeout=15):
        """Presses a button that can be pressed, as the keyboard would."""
        # GTK 4.8 puts the visible label behind the accessible one.
        if isinstance(name, str):
            name = re.compile(f'^{re.escape(name)}( |$)')

        def ready():
            buttons = self.all(role, name, inside)
            return [b for b in buttons if state(b, 'SENSITIVE')]
        button = eventually(ready, f'{role} {getattr(name, "pattern", name)!r} to press',
                            timeout)[0]
        if 'Action' in button.get_interfaces() and Atspi.Action.get_n_actions(button):
            Atspi.Action.do_action(button, 0)
        else:
            self.click(button)
        return button

    def action(self, name):
        """Calls an action of the window that takes no parameter, as a shortcut does."""
        frame = self.frame()

        def index():
            names = [Atspi.Action.get_action_name(frame, i)
                     for i in range(Atspi.Action.get_n_actions(frame))]
            return [names.index(name)] if name in names else None
        Atspi.Action.do_action(frame, eventually(index, f'an action {name}')[0])

    def page(self, name):
        """Goes to a page by the view switcher."""
        tab = self.find('page tab', name)
        Atspi.Action.do_action(tab, 0)

    def frame(self):
        """The main window; windows are what the application is made of, no need to look deeper."""
        def look():
            root = self.root()
            children = [root.get_child_at_index(i) for i in range(root.get_child_count())]
            return [c for c in children if c and c.get_role_name() == 'frame' and on_screen(c)]
        return eventually(look, 'a window')[0]

    def x_windows(self, title=None):
        """The visible X windows with a title, without a word to the accessibility bus."""
        found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--all', '--pid',
                                str(self.process.pid), *(['--name', title] if title else [])],
                               capture_output=True, text=True, check=False)
        return found.stdout.split()

    def x_window(self, frame=None):
        """The X window and where the content of the frame starts on the screen: the largest one,
        or the one with the title of a given frame."""
        frame, title = (frame, frame.get_name()) if frame else (self.frame(), None)
        candidates = self.x_windows(title)
        if not candidates:
            raise NotSeen('no X window')
        best = None
        for window in candidates:
            geometry = dict(line.split('=') for line in subprocess.run(
                ['xdotool', 'getwindowgeometry', '--shell', window], capture_output=True,
                text=True, check=True).stdout.split())
            area = int(geometry['WIDTH']) * int(geometry['HEIGHT'])
            if best is None or area > best[0]:
                best = (area, window, {k: int(v) for k, v in geometry.items()})
        _, window, geometry = best
        _, _, width, height = extents(frame)
        # Without a compositor GTK draws a solid border: the same on all sides.
        return (int(window), geometry['X'] + (geometry['WIDTH'] - width) // 2,
                geometry['Y'] + (geometry['HEIGHT'] - height) // 2, width, height)

    def click(self, widget, times=1, frame=None, button=1):
        """With the pointer, for what has no action on the accessibility bus; in a given frame."""
        if frame is None:
            frame = widget
            while frame.get_parent() != self.application:
                frame = frame.get_parent()
            frame = None if frame == self.frame() else frame
        _, left, top, _, _ = self.x_window(frame)
        x, y, width, height = extents(widget)
        # Without its --sync, which takes 15 s where the pointer is already: X keeps the order.
        subprocess.run(['xdotool', 'mousemove', str(left + x + width // 2),
                        str(top + y + height // 2), 'click', '--repeat', str(times), str(button)],
                       check=True)

    def key(self, *keys):
        """To whichever of our windows has the focus: until the window manager has given it to one,
        a key would be lost, or go elsewhere."""
        def ours():
            active = subprocess.run(['xdotool', 'getactivewindow'], capture_output=True, text=True,
                                    check=False).stdout.split()
            return active and active[0] in self.x_windows()
        eventually(ours, 'the focus in one of our windows')
        subprocess.run(['xdotool', 'key', '--clearmodifiers', *keys], check=True)

    def choose(self, box, item):
        """Opens a drop-down and clicks on one of its rows; @item is in the row's text."""
        combo = self.find('combo box', re.compile(f'^{re.escape(box)}'))

        def rows_after_click():
            """What is above it may grow while the pointer is on its way: then again."""
            self.click(combo)
            try:
                return self.find('list', None, inside=combo, timeout=5)
            except NotSeen:
                return None
        rows = eventually(rows_after_click, f'the drop-down of {box} to open', 20)
        self.click(self.find('label', re.compile(re.escape(item)), inside=rows))
        eventually(lambda: not self.all('list', None, inside=combo), 'the drop-down to close')

    def switch(self, name, on=True, frame=None):
        """Moves a switch, which has no action on the accessibility bus, by pointer."""
        def moved():
            widget = self.find('check box', name, inside=frame)
            if state(widget, 'CHECKED') == on:
                return True
            self.click(widget, frame=frame)
            try:
                return eventually(lambda: state(widget, 'CHECKED') == on, 'the switch to move', 3)
            except NotSeen:
                return False
        eventually(moved, f'the switch {name}')

    def tab_to(self, widget):
        """Moves the focus there by Tab; the bus has no other way to it. It comes round again.
        Returns how many it took."""
        def focused():
            return state(widget, 'FOCUSED')
        for count in range(80):
            if focused():
                return count
            self.key('Tab')
            try:
                eventually(focused, 'the focus', 0.15)
            except NotSeen:
                pass
        raise NotSeen(f'Tab never came to {widget.get_name()!r}')

    def choose_row(self, title, position, frame):
        """The entry at a position of a combo row of a window that has just been opened; rows may be
        far down, and who has been there knows how far."""
        row = self.find(None, re.compile(f'^{re.escape(title)}'), inside=frame)
        while not state(row, 'FOCUSABLE'):
            row = row.get_parent()
        known = self.tabs.get(title, 0)
        if known:
            self.key(*['Tab'] * known)
            try:
                eventually(lambda: state(row, 'FOCUSED'), 'the focus', 1)
            except NotSeen:
                pass
        self.tabs[title] = known + self.tab_to(row)
        self.key('space', 'Home', *['Down'] * position, 'Return')

    def choose_by_keys(self, box, text):
        """What choose() does, where nobody tells where on the screen it is: in a popover."""
        combo = self.find('combo box', re.compile(f'^{re.escape(box)}'))
        self.tab_to(self.find('push button', None, inside=combo))
        self.key('space')
        popup = self.find('list', None, inside=combo)
        labels = [text_of(w) for w in self.all('label', None, inside=popup)]
        if text not in labels:
            raise NotSeen(f'{text!r} is none of {labels}')
        # The focus is in the search above the list, and comes into it somewhere.
        for key in ['Down'] * (len(labels) + 1) + ['Up'] * len(labels):
            self.key(key)
            try:
                eventually(lambda: self._is_focused_row(popup, text), 'the focus', 0.3)
                break
            except NotSeen:
                pass
        self.key('Return')
        eventually(lambda: not self.all('list', None, inside=combo), 'the drop-down to close')

    def _is_focused_row(self, popup, text):
        return any(state(row, 'FOCUSED') and any(text_of(w) == text for w in walk(row))
                   for row in self.all('list item', None, inside=popup))

    def set_value(self, name, value, frame):
        """Of a spin button."""
        spin = self.find('spin button', re.compile(f'^{re.escape(name)}'), inside=frame)
        Atspi.Value.set_current_value(spin, value)

    def type(self, widget, text):
        Atspi.EditableText.set_text_contents(widget, text)

    def drop(self, source, *paths):
        """Drags files from a file manager over the middle of the window and lets them go."""
        window, left, top, width, height = self.x_window()
        done = subprocess.run([source, str(window), str(left + width // 2),
                               str(top + height // 2), *map(str, paths)],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotSeen(f'the drop was not taken: {done.stdout.strip()}')

    def rest(self):
        """Takes the pointer out of the window and waits until toasts and hints are gone."""
        subprocess.run(['xdotool', 'mousemove', '2', '2'], check=True)
        eventually(lambda: not [w for w in walk(self.application) if w.get_name()
                                in ('AdwToastWidget', 'GtkTooltipWindow') and on_screen(w)],
                   'toasts and hints to go', 20)

    def screenshot(self, path, frame=None):
        window, left, top, width, height = self.x_window(frame)
        del window
        subprocess.run(['import', '-window', 'root', '-crop', f'{width}x{height}+{left}+{top}',
                        '+repage', str(path)], check=True)

    def close(self):
        """Closes the window as its button does; the exit status of the program."""
        if self.process.poll() is None:
            try:
                self.action('window.close')
                self.process.wait(15)
            except (AssertionError, GLib.Error, subprocess.TimeoutExpired):
                self.process.kill()
                self.process.wait()
        return self.process.returncode
