"""
What was acknowledged, looked up in one database with its own driver: `compare_ledger.py LEDGER… -- ADDRESS`, where the address
is a file or postgresql://. Knows the tables and nothing of Django. Prints one JSON object.
"""

import json
import sqlite3
import sys
from collections import Counter

# One row for each reference: its table, its column, and what else was acknowledged.
UNIQUE = {
    "order": ("sales_order", "client_ref", "total"),
    "payment": ("sales_payment", "client_ref", "amount"),
    "move": ("inventory_stockmove", "client_ref", "quantity"),
    "note": ("base_note", "client_ref", None),
    "invoice": ("accounting_invoice", "number", None),
}


def main(arguments):
    ledgers, address = arguments[: arguments.index("--")], arguments[-1]
    entries = [json.loads(line) for path in ledgers for line in open(path, encoding="utf-8")]
    found = Found(address)
    result = Counter(acknowledged=0, lost=0, doubled=0, different=0)
    examples = []

    def wrong(what, entry):
        result[what] += 1
        if len(examples) < 5:
            examples.append({what: entry})

    for kind, (table, column, value) in UNIQUE.items():
        rows = {}
        for ref, held in found.all(f"SELECT {column}, {value or 'NULL'} FROM {table} WHERE {column} <> ''"):
            rows.setdefault(ref, []).append(held)
        for entry in (e for e in entries if e["kind"] == kind):
            result["acknowledged"] += 1
            held = rows.get(entry["ref"], [])
            if not held:
                wrong("lost", entry)
            elif len(held) > 1:
                wrong("doubled", entry)
            elif value is not None and float(held[0]) != float(entry["value"]):
                wrong("different", entry)
    lines = dict(found.all("SELECT o.client_ref, count(*) FROM sales_order o JOIN sales_orderline l ON l.order_id = o.id WHERE o.client_ref <> '' GROUP BY 1"))
    debits = dict(found.all("SELECT e.reference, count(*) FROM accounting_journalentry e JOIN accounting_journalline l ON l.entry_id = e.id GROUP BY 1"))
    for entry in entries:
        # All of a transaction, or nothing.
        if entry["kind"] == "order" and lines.get(entry["ref"], 0) != entry["lines"]:
            wrong("different", entry)
        if entry["kind"] == "payment" and debits.get(entry["ref"], 0) != 2:
            wrong("different", entry)
    changed = dict(found.all("SELECT u.username, p.changed FROM base_preference p JOIN auth_user u ON u.id = p.user_id"))
    for user, most in newest(entries, "preference").items():
        result["acknowledged"] += 1
        # An answer that did not arrive may have been written; one that did must be.
        if changed.get(user, 0) < most:
            wrong("lost", {"user": user, "acknowledged": most, "held": changed.get(user)})
    runs = [e["ref"] for e in entries if e["kind"] == "cron"]
    audited = found.all("SELECT count(*) FROM base_auditentry WHERE action = 'cron'")[0][0]
    result["acknowledged"] += len(runs)
    if audited < len(runs):
        wrong("lost", {"cron": len(runs), "held": audited})
    print(json.dumps({**result, "examples": examples}))


def newest(entries, kind):
    most = {}
    for entry in entries:
        if entry["kind"] == kind:
            most[entry["user"]] = max(most.get(entry["user"], 0), entry["value"])
    return most


class Found:
    def __init__(self, address):
        if address.startswith("postgres"):
            import psycopg

            self.connection = psycopg.connect(address)
        else:
            self.connection = sqlite3.connect(f"file:{address}?mode=ro", uri=True)

    def all(self, sql):
        return self.connection.execute(sql).fetchall()


main(sys.argv[1:])
