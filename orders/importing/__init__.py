"""Orders from a spreadsheet: a documented template, each row judged, all or nothing per order, safe to run twice."""
