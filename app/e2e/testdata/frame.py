#!/usr/bin/python3
"""Tells when the first window of this screen is mapped, and when something is drawn in it.

It writes "ready" once it looks, and then two times, each in seconds since 1970: that of the map, and that of the first
look at which the window has a dozen colours.
"""
import os
import sys
import time

os.environ["GDK_BACKEND"] = "x11"
os.environ["NO_AT_BRIDGE"] = "1"

import gi

gi.require_version("Gdk", "3.0")
from gi.repository import Gdk

PATIENCE = 60  # seconds
ENOUGH = 12  # colours; that of an empty window and its frame are fewer


def colours(window, height):
    """How many there are in a line through the window, at most ENOUGH."""
    row = Gdk.pixbuf_get_from_window(window, 0, height // 2, window.get_width(), 1)
    data = row.get_pixels()
    step = row.get_n_channels()
    seen = set()
    for i in range(0, len(data) - step + 1, step):
        seen.add(data[i:i + 3])
        if len(seen) >= ENOUGH:
            break
    return len(seen)


def main():
    Gdk.init([])
    screen = Gdk.Screen.get_default()
    print("ready", flush=True)
    deadline = time.time() + PATIENCE
    mapped = None
    while time.time() < deadline:
        Gdk.flush()
        stack = [w for w in screen.get_window_stack() or [] if w.is_viewable()]
        if stack:
            mapped = mapped or time.time()
            try:
                if any(colours(w, w.get_height()) >= ENOUGH for w in stack):
                    print(mapped, time.time(), flush=True)
                    return 0
            except AttributeError:
                pass  # it has no picture yet
        time.sleep(0.005)
    return 1


sys.exit(main())
