"""What goes out as files: tables of a version, and rows of a page as CSV."""

from datasets.exports.spreadsheets import csv_lines, formula_free, header_line, neutral

__all__ = ["csv_lines", "formula_free", "header_line", "neutral"]
