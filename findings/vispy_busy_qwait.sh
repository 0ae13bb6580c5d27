#!/usr/bin/env bash
# vispy 0.17.0, PySide6 6.10.3: once vispy has chosen PySide6, QTest.qWait takes a whole core.
#
# PySide6 has QTest.qWait, which sleeps between events. vispy's backend puts a function of its own in its
# place, for every program that loads it: it asks for events again and again and never sleeps.
# A test that waits in that way while a thread works holds the interpreter's lock against the thread: a
# test in which a window taught a model took 77 s of processor time with it, and 41 s without.
# What helps: QEventLoop.exec() with a QTimer that ends it.
#
# Seen: 1 s of QTest.qWait takes less than 0.05 s of processor time before, and most of a second after
# use_app("pyside6"); the loop with a timer takes less than 0.05 s then, too.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet vispy==0.17.0 PySide6-Essentials==6.10.3 shiboken6==6.10.3
cd "$folder"
cat >wait.py <<'PY'
import time

import PySide6
import vispy
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication


def loop(milliseconds: int) -> None:
    waiting = QEventLoop()
    QTimer.singleShot(milliseconds, waiting.quit)
    waiting.exec()


def processor_s(wait) -> float:
    before = time.process_time()
    wait(1000)
    return time.process_time() - before


app = QApplication([])
alone = processor_s(QTest.qWait)
vispy.use("pyside6")
vispy.app.use_app("pyside6")
beside, timer = processor_s(QTest.qWait), processor_s(loop)
print(f"vispy {vispy.__version__}, PySide6 {PySide6.__version__}: a wait of 1 s takes {alone:.3f} s of "
      f"processor time before, {beside:.3f} s after; a loop with a timer {timer:.3f} s")
assert max(alone, timer) < 0.05
assert beside > 0.2, "the behaviour has changed"  # all of a core, where no one else wants it
PY
QT_QPA_PLATFORM=offscreen "$folder/venv/bin/python" wait.py
