"""Theme of the window: chosen in a menu, remembered, or that of the system while it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, cast, get_args

from PySide6.QtCore import QObject, QSettings, Qt, Slot
from PySide6.QtGui import QActionGroup, QGuiApplication
from PySide6.QtWidgets import QMenu

from focus_viewer.ui.widgets.mnemonics import letter_actions
from focus_viewer.ui.widgets.theme import Theme
from focus_viewer.ui.widgets.translate import translate

ThemeChoice = Literal["system", "light", "dark", "contrast"]
TITLES: Final[dict[ThemeChoice, str]] = {
    "system": "Follow the system",
    "light": "Light",
    "dark": "Dark",
    "contrast": "High contrast",
}
_KEY = "theme"


def remembered_theme(settings: QSettings) -> ThemeChoice:
    """Return the choice in the settings; the system's where there is none that is known."""
    return theme_choice(str(settings.value(_KEY, "system")))


def theme_choice(name: str) -> ThemeChoice:
    """Return a choice by its name, that of the system where no other is known by it."""
    return cast(ThemeChoice, name) if name in get_args(ThemeChoice) else "system"


def system_theme() -> Theme:
    """Return the theme of the system; one without a preference is dark."""
    light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
    return "light" if light else "dark"


def theme_of(choice: ThemeChoice) -> Theme:
    """Return the theme that a choice means now."""
    return system_theme() if choice == "system" else choice


class ThemeMenu(QObject):
    """Menu of themes, which applies and stores the chosen one.

    Parameters
    ----------
    choice : ThemeChoice
        What is in use; it is stored only when another is chosen.
    apply : callable
        Applies a theme to all that is open.
    system : callable
        Returns the theme of the system.
    """

    def __init__(
        self,
        menu: QMenu,
        settings: QSettings,
        choice: ThemeChoice,
        apply: Callable[[Theme], object],
        system: Callable[[], Theme] = system_theme,
    ) -> None:
        super().__init__(menu)
        self._settings = settings
        self._apply = apply
        self._system = system
        self.choice = choice
        self.menu = menu.addMenu(translate("Theme"))
        group = QActionGroup(self)
        for each, title in TITLES.items():
            action = self.menu.addAction(translate(title))
            action.setObjectName(f"theme_{each}")
            action.setCheckable(True)
            action.setChecked(each == choice)
            group.addAction(action)
            action.triggered.connect(lambda _=False, each=each: self.choose(each))
        letter_actions(group.actions())
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system)

    def choose(self, choice: ThemeChoice) -> None:
        """Apply and store a choice."""
        self.choice = choice
        self._settings.setValue(_KEY, choice)
        self._apply(self._system() if choice == "system" else choice)

    @Slot()
    def _on_system(self) -> None:
        if self.choice == "system":
            self._apply(self._system())
