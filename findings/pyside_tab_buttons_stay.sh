#!/usr/bin/env bash
# PySide6 6.10.3: QTabBar.tabButton() of a closable tab leaves a Python object for ever.
#
# Qt makes the close button of a tab, and deletes it with the tab. A program that asks for it once, to
# give it a name for screen readers or a tooltip, gets a Python object which stays when the button has
# gone: nothing refers to it that Python knows of, the garbage collector keeps it, and it answers
# "already deleted". An explorer that opens and closes cubes all day keeps one for each.
# What helps: a button made in Python and given by setTabButton():
# it goes with its tab.
#
# Seen after 100 tabs that were opened and closed: 0 objects where nobody asks, 100 where tabButton() is
# asked, all of deleted buttons, and 0 where the button was made in Python.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet PySide6-Essentials==6.10.3 shiboken6==6.10.3
cd "$folder"
cat >tabs.py <<'PY'
import gc

import PySide6
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QTabBar, QToolButton

RIGHT = QTabBar.ButtonPosition.RightSide
app = QApplication([])


def asked(bar: QTabBar, tab: int) -> None:
    bar.tabButton(tab, RIGHT).setAccessibleName("Close")


def made(bar: QTabBar, tab: int) -> None:
    button = QToolButton()
    button.setAccessibleName("Close")
    bar.setTabButton(tab, RIGHT, button)


def left_after(prepare, closable: bool) -> tuple[int, int]:
    """Return how many buttons Python has more than before, and how many of them are alive."""
    gc.collect()
    before = {id(each) for each in gc.get_objects()}
    bar = QTabBar()
    bar.setTabsClosable(closable)
    for _ in range(100):
        tab = bar.addTab("cube")
        prepare(bar, tab)
        bar.removeTab(tab)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        app.processEvents()
    gc.collect()
    buttons = [
        each for each in gc.get_objects()
        if issubclass(type(each), QAbstractButton) and id(each) not in before
    ]
    return len(buttons), sum(map(shiboken6.isValid, buttons))


nobody = left_after(lambda bar, tab: None, True)
qt, python = left_after(asked, True), left_after(made, False)
print(f"PySide6 {PySide6.__version__}, 100 closed tabs: {nobody} left where nobody asks, {qt} of Qt's "
      f"own buttons, {python} of Python's (objects, and of them alive)")
assert (nobody, python) == ((0, 0), (0, 0))
assert qt == (100, 0), "the behaviour has changed"
PY
QT_QPA_PLATFORM=offscreen "$folder/venv/bin/python" tabs.py
