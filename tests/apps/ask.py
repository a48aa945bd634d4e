"""Ask a SQLite file: `ask.py FILE QUERY [PARAMETER...]` prints the rows as a JSON list of objects.

The file is opened read-only, so a test can look at an application's database and never change it.
"""

import json
import pathlib
import sqlite3
import sys

file, query, *parameters = sys.argv[1:]
database = sqlite3.connect(f"{pathlib.Path(file).resolve().as_uri()}?mode=ro", uri=True, timeout=10)
database.row_factory = sqlite3.Row
print(json.dumps([dict(row) for row in database.execute(query, parameters)], default=str))
