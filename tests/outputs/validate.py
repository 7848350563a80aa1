#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What kvmtop prints, held against what it says of it. One line a claim: ok or not ok.

usage: validate.py json SCHEMA NAME=FILE...     --json against the JSON Schema
       validate.py csv NAME=CSV:JSON...         --csv exit against --json of the same source, both with --total
"""
import copy
import csv
import json
import sys

import jsonschema


def say(name, problems):
    print(f"not ok - {name}: {problems[0]}" if problems else f"ok - {name}")


def lines(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def check_json(schema_path, files):
    with open(schema_path, encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)

    def errors(document):
        error = next(validator.iter_errors(document), None)
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"] if error else []

    document = None
    for name, path in files:
        documents = lines(path)
        problems = [] if documents else ["no object at all"]
        for number, document in enumerate(documents, 1):
            problems = problems or [f"line {number}: {e}" for e in errors(document)]
        say(f"--json against the schema: {name}, {len(documents)} objects", problems)

    # A schema that refuses nothing proves nothing.
    def vcpu(d):
        return d["vms"][0]["vcpus"][0]

    refused = {
        "an unknown field": lambda d: d.update(surprise=1),
        "no losses": lambda d: d.pop("lost"),
        "no probes": lambda d: d.pop("probes"),
        "no cost": lambda d: d.pop("cost"),
        "samples that are missing unsaid": lambda d: d.pop("missing"),
        "a negative counter": lambda d: vcpu(d).update(entries=-1),
        "a state without a name": lambda d: vcpu(d).update(state="?"),
        "a part of the time left out": lambda d: vcpu(d)["exits"][0].pop("wait_ns"),
        "a time without its zone": lambda d: d.update(time="2026-01-01T00:00:00.000000000"),
    }
    for name, change in refused.items():
        bad = copy.deepcopy(document)
        change(bad)
        say(f"the schema refuses {name}", [] if errors(bad) else ["it does not"])


def check_csv(files):
    for name, paths in files:
        csv_path, json_path = paths.split(":")
        with open(csv_path, encoding="utf-8", newline="") as f:
            rows = list(csv.DictReader(f, strict=True))
        documents = {d["time"]: d for d in lines(json_path)}
        problems = [] if rows else ["no rows"]
        for row in rows:
            if None in row or None in row.values():
                problems.append(f"{row['time']}: not as many fields as headers")
                break
            d = documents.get(row["time"])
            if not d:
                problems.append(f"{row['time']}: no such sample in --json")
                break
            count = ns = 0
            for vm in d["vms"]:
                for vcpu in vm["vcpus"]:
                    for e in vcpu["exits"]:
                        if (e["isa"], e["reason"]) == (row["isa"], row["reason"]):
                            count += e["count"]
                            ns += e["total_ns"]
            if (count, ns) != (int(row["count"]), int(row["time_ns"])):
                problems.append(f"{row['time']} {row['reason']}: {row['count']}, {row['time_ns']} ns; "
                                f"--json has {count}, {ns} ns")
            if int(row["lost"]) != sum(d["lost"].values()):
                problems.append(f"{row['time']}: lost {row['lost']}, --json has {sum(d['lost'].values())}")
        say(f"--csv --total against --json: {name}, {len(rows)} rows", problems)


if sys.argv[1] == "json":
    check_json(sys.argv[2], [a.split("=", 1) for a in sys.argv[3:]])
else:
    check_csv([a.split("=", 1) for a in sys.argv[2:]])
