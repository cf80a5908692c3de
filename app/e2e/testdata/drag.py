#!/usr/bin/python3
"""Drags files from a window of its own to a place on the screen, as a file manager does.

usage: drag.py [--shot FILE] [--led] X Y PATH...

X and Y are pixels of the screen. The pointer is moved by xdotool, and the rest
is GTK's XDND: the target sees what it would see from a desktop's own file
manager. Before the button is released, --shot takes a picture of the screen.

With --led, it then prints "there" and does what the lines of its input say,
saying "there" after each:

    move X Y    on to another place, whatever is there
    key NAME    press a key and release it, with the button down
    drop        release the button; so does the end of the input

At last it prints one line of JSON, {"ok": bool, "error": text or null}, and exits with 0
if the target accepted the drop and asked for the files.
"""
import argparse
import json
import os
import subprocess
import sys
import threading
import time
import urllib.parse

os.environ["GDK_BACKEND"] = "x11"
os.environ["NO_AT_BRIDGE"] = "1"

SOURCE = (2, 2)  # where the source window is put; no other may cover it
SIZE = (48, 32)
STEPS = 90 if os.environ.get("FERRY_FILM") else 15  # motions on the way to the target; more where somebody watches
STEP = 0.015  # seconds between two of them
PATIENCE = 20  # seconds that each side of the drag is waited for


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shot")
    parser.add_argument("--led", action="store_true")
    parser.add_argument("x", type=int)
    parser.add_argument("y", type=int)
    parser.add_argument("paths", nargs="+")
    args = parser.parse_args()
    sys.argv = sys.argv[:1]  # Gdk.init fails on arguments that are no UTF-8
    return args


ARGS = parse()

import gi  # noqa: E402

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402


def run(*command):
    subprocess.run(command, check=True, capture_output=True, text=True)


def move(x, y):
    run("xdotool", "mousemove", str(x), str(y))


def uri(path):
    return "file://" + urllib.parse.quote(os.fsencode(os.path.abspath(path)))


class Drag:
    """One drag: GTK's part on the main loop, the hand on a thread."""

    def __init__(self):
        self.error = None
        self.asked = False  # the target asked for the files
        self.context = None
        self.begun = threading.Event()
        self.hand = threading.Thread(target=self.pull, daemon=True)

    def window(self):
        # A popup is out of the window manager's hands: it stays where it is put.
        window = Gtk.Window(type=Gtk.WindowType.POPUP)
        window.set_default_size(*SIZE)
        window.move(*SOURCE)
        source = Gtk.EventBox()
        window.add(source)
        source.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
        source.drag_source_add_uri_targets()
        source.connect("drag-begin", self.on_begin)
        source.connect("drag-data-get", self.on_data_get)
        source.connect("drag-failed", self.on_failed)
        source.connect("drag-end", self.on_end)
        window.connect("map-event", self.on_map)
        return window

    def on_map(self, *_):
        self.hand.start()
        return False

    def on_begin(self, _, context):
        self.context = context
        self.begun.set()

    def on_data_get(self, _widget, _context, data, _info, _time):
        self.asked = True
        data.set_uris([uri(path) for path in ARGS.paths])

    def on_failed(self, _widget, _context, reason):
        self.error = self.error or reason.value_nick
        return False

    def on_end(self, *_):
        GLib.timeout_add(50, Gtk.main_quit)  # what GTK has yet to send goes out

    def fail(self, error):
        self.error = error
        Gtk.main_quit()

    def pull(self):
        try:
            self.gesture()
        except Exception as error:  # whatever it is, the test must hear of it
            GLib.idle_add(self.fail, repr(error))

    def gesture(self):
        here = (SOURCE[0] + SIZE[0] // 2, SOURCE[1] + SIZE[1] // 2)
        there = (ARGS.x, ARGS.y)
        move(*here)
        run("xdotool", "mousedown", "1")
        try:
            self.lift(here)
            self.carry(here, there)
            self.hover(there)
            if ARGS.shot:
                run("import", "-window", "root", ARGS.shot)
            if ARGS.led:
                self.follow(there)
        finally:
            run("xdotool", "mouseup", "1")

    def lift(self, here):
        """Moves to and fro until GTK takes it for a drag."""
        deadline = time.monotonic() + PATIENCE
        while not self.begun.wait(0.05):
            if time.monotonic() > deadline:
                raise TimeoutError("the drag did not begin")
            move(here[0] + 12, here[1])
            move(*here)

    def carry(self, here, there):
        for i in range(1, STEPS + 1):
            move(*(h + (t - h) * i // STEPS for h, t in zip(here, there)))
            time.sleep(STEP)

    def follow(self, here):
        """Does what it is told until that is to let go."""
        print("there", flush=True)
        for line in sys.stdin:
            verb, *args = line.split()
            if verb == "drop":
                return
            if verb == "move":
                there = tuple(map(int, args))
                self.carry(here, there)
                here = there
            elif verb == "key":
                run("xdotool", "key", *args)
            print("there", flush=True)

    def hover(self, there):
        """Stays over the target until it says that it would take the drop."""
        deadline = time.monotonic() + PATIENCE
        while not self.context.get_selected_action():
            if time.monotonic() > deadline:
                raise TimeoutError("the target does not accept the drag")
            move(there[0] + 1, there[1])
            move(*there)
            time.sleep(0.05)
        time.sleep(0.3)  # a person lingers; the target draws where the drop would go


def main():
    drag = Drag()
    window = drag.window()
    GLib.timeout_add_seconds(3 * PATIENCE, drag.fail, "timeout")
    window.show_all()
    Gtk.main()
    drag.hand.join(PATIENCE)  # the button must be up before the window goes
    ok = drag.error is None and drag.asked
    print(json.dumps({"ok": ok, "error": drag.error}))
    sys.exit(0 if ok else 1)


main()
