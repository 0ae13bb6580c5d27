"""Publication figures by matplotlib, without pyplot: no window, no global figure list."""
