"""Pure rules: no database, no request, no clock. What they need is passed in."""
