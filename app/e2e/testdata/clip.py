#!/usr/bin/python3
"""Is the clipboard of a screen, as another program of its desktop is.

usage: clip.py [TEXT]

With TEXT it has copied that, prints "ready" once it can be pasted, and stays until it is ended. Without, it prints the text that can
be pasted now.
"""
import os
import sys

os.environ["GDK_BACKEND"] = "x11"
os.environ["NO_AT_BRIDGE"] = "1"

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk

clipboard = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)
if len(sys.argv) > 1:
    clipboard.set_text(sys.argv[1], -1)
    print("ready", flush=True)
    GLib.MainLoop().run()
else:
    sys.stdout.write(clipboard.wait_for_text() or "")
