"""Application shell: main window, menus, tabs, banners, job bar."""
