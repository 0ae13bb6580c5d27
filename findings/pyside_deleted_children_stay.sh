#!/usr/bin/env bash
# PySide6 6.10.3: what Qt makes and deletes leaves a Python object for ever, if tabButton() or findChildren()
# has returned it.
#
# Qt makes the close button of a tab and deletes it with the tab; a main window deletes the tab bars of its
# panels and makes others whenever its layout is restored. A program that asks for them once, to give them a
# name or to listen to them, gets a Python object which stays when they have gone: the wrapper of their
# parent holds it, the garbage collector keeps it, and it answers "already deleted". An explorer that opens
# and closes cubes all day keeps one for each.
# What helps: children() and QApplication.allWidgets(), which leave nothing; a button made in Python and
# given by setTabButton() goes with its tab.
#
# Seen after 100 tabs that were opened and closed: 0 objects where nobody asks, 100 where tabButton() is
# asked, all of deleted buttons, and 0 where the button was made in Python. After 10 layouts that were
# restored: 9 dead tab bars with findChildren(), none with children() or QApplication.allWidgets().
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
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDockWidget,
    QLabel,
    QMainWindow,
    QTabBar,
    QToolButton,
)

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


def window_with_tabs() -> QMainWindow:
    window = QMainWindow()
    window.setCentralWidget(QLabel("picture"))
    for name in ("first", "second"):
        dock = QDockWidget(name, objectName=name)
        dock.setWidget(QLabel("panel"))
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.tabifyDockWidget(*window.findChildren(QDockWidget))
    window.resize(500, 400)
    window.show()
    app.processEvents()
    return window


def dead_bars(look) -> int:
    """Return how many deleted tab bars Python still has, after ten looks at those there are."""
    window = window_with_tabs()
    before = {id(each) for each in gc.get_objects()}
    for _ in range(10):
        layout = window.saveState()
        window.restoreState(layout)
        app.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert any(type(each) is QTabBar for each in look(window))
    gc.collect()
    bars = [each for each in gc.get_objects() if type(each) is QTabBar and id(each) not in before]
    window.deleteLater()
    return sum(not shiboken6.isValid(bar) for bar in bars)


bars = {
    "findChildren": dead_bars(lambda window: window.findChildren(QTabBar)),
    "children": dead_bars(QMainWindow.children),
    "allWidgets": dead_bars(lambda window: QApplication.allWidgets()),
}
print(f"dead tab bars after 10 restored layouts: {bars}")
nobody = left_after(lambda bar, tab: None, True)
qt, python = left_after(asked, True), left_after(made, False)
print(f"PySide6 {PySide6.__version__}, 100 closed tabs: {nobody} left where nobody asks, {qt} of Qt's "
      f"own buttons, {python} of Python's (objects, and of them alive)")
assert (nobody, python) == ((0, 0), (0, 0))
assert (bars["children"], bars["allWidgets"]) == (0, 0)
assert qt == (100, 0) and bars["findChildren"] == 9, "the behaviour has changed"
PY
QT_QPA_PLATFORM=offscreen QT_LOGGING_RULES="default.warning=false" "$folder/venv/bin/python" tabs.py
