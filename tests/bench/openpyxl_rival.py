"""openpyxl as the rival of make bench: write CSV ROWS XLSX makes a workbook of the first rows of a table; read XLSX reads all its cells (read-only mode)."""
import csv
import sys
from itertools import islice

import openpyxl

if sys.argv[1] == "write":
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("ticket")
    with open(sys.argv[2], newline="", encoding="utf-8") as table:
        for row in islice(csv.reader(table), int(sys.argv[3]) + 1):
            sheet.append(row)
    book.save(sys.argv[4])
else:
    book = openpyxl.load_workbook(sys.argv[2], read_only=True)
    print(sum(cell is not None for row in book.active.iter_rows(values_only=True) for cell in row))
