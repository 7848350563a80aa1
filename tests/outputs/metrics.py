#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Metrics against what they come from. One line a claim: ok or not ok.

usage: metrics.py query JSON URL         what a Prometheus at URL has, against the last object of --json
       metrics.py names DESCRIPTION FILE...   the metrics that files speak of, against --describe metrics
"""
import json
import re
import sys
import urllib.parse
import urllib.request


def say(name, problems):
    print(f"not ok - {name}: {problems[0]}" if problems else f"ok - {name}")


def query(url, expression):
    """The result of an instant query: {labels without __name__, job and instance: value}."""
    with urllib.request.urlopen(f"{url}/api/v1/query?" + urllib.parse.urlencode({"query": expression}), timeout=10) as f:
        answer = json.load(f)
    assert answer["status"] == "success", answer
    ours = {}
    for r in answer["data"]["result"]:
        labels = {k: v for k, v in r["metric"].items() if k not in ("__name__", "job", "instance")}
        ours[tuple(sorted(labels.items()))] = float(r["value"][1])
    return ours


def compare(name, url, expression, want, scale=1.0):
    want = {tuple(sorted(k.items())): v * scale for k, v in want}
    have = query(url, expression)
    problems = [] if want else ["nothing to compare"]
    for labels in want.keys() | have.keys():
        a, b = want.get(labels), have.get(labels)
        if a is None or b is None or abs(a - b) > 1e-9 * max(1.0, abs(a)):
            problems.append(f"{dict(labels)}: --json has {a}, Prometheus {b}")
    say(f"Prometheus against --json: {name}, {len(want)} series", problems)


def summed(rows):
    out = {}
    for labels, n in rows:
        key = tuple(sorted(labels.items()))
        out[key] = out.get(key, 0) + n
    return [(dict(k), n) for k, n in out.items()]


def check_queries(json_path, url):
    with open(json_path, encoding="utf-8") as f:
        d = json.loads(f.readlines()[-1])
    vms = [(v, {"vm": v["name"], "pid": str(v["pid"])}) for v in d["vms"]]
    vcpus = [(c, dict(l, vcpu=str(c["id"]))) for v, l in vms for c in v["vcpus"]]
    exits = [(e, dict(l, isa=e["isa"], reason=e["reason"])) for v, l in vms for c in v["vcpus"] for e in c["exits"]]
    user = [(e, dict(l, reason=e["reason"])) for v, l in vms for c in v["vcpus"] for e in c["user_exits"]]

    compare("VM exits by reason", url, "kvmtop_vm_exits_total", summed((l, e["count"]) for e, l in exits))
    compare("exits to user space", url, "kvmtop_vm_user_exits_total", summed((l, e["count"]) for e, l in user))
    compare("seconds by state", url, "kvmtop_vcpu_seconds_total",
            [(dict(l, state=s), n) for c, l in vcpus for s, n in c["time_ns"].items()], 1e-9)
    compare("wake-ups", url, "kvmtop_vcpu_wakeups_total", [(l, c["halt"]["wakeups"]) for c, l in vcpus])
    compare("migrations", url, "kvmtop_vcpu_migrations_total", [(l, c["sched"]["migrations"]) for c, l in vcpus])
    compare("losses", url, "kvmtop_lost_total", [({"cause": c}, n) for c, n in d["lost"].items()])
    compare("probes", url, "kvmtop_probe_attached", [({"probe": p}, s["status"] == "on") for p, s in d["probes"].items()])
    compare("own cost", url, "kvmtop_own_cpu_seconds_total", [({}, d["cost"]["cpu_ns"])], 1e-9)
    events = [(e, dict(l, type=e["type"], name=e["name"])) for v, l in vms for rows in v.values() if isinstance(rows, list)
              for e in rows if "type" in e]
    compare("events by type", url, "sum by (vm, pid, type) (kvmtop_vm_events_total)",
            summed(({k: x for k, x in l.items() if k != "name"}, e["count"]) for e, l in events))
    named = {dict(labels)["type"] for labels in query(url, 'kvmtop_vm_events_total{name!=""}')}
    compare("events by name", url, 'kvmtop_vm_events_total{name!=""}',
            summed((l, e["count"]) for e, l in events if e["type"] in named))
    # All that completed is in the histogram; one a vCPU may be in flight.
    compare("histograms that are too full or too empty", url,
            "count((kvmtop_vm_exits_total - kvmtop_vm_exit_duration_seconds_count < 0) or "
            "(kvmtop_vm_exits_total - kvmtop_vm_exit_duration_seconds_count > on (vm, pid) group_left () kvmtop_vm_vcpus))"
            " or vector(0)", [({}, 0)])
    compare("samples that the scrape took but kvmtop does not know of", url,
            "scrape_samples_scraped - on (instance) kvmtop_export_series", [({}, 0)])


def check_names(description, paths):
    with open(description, encoding="utf-8") as f:
        known = set(re.findall(r"^(kvmtop_[a-z_]+)", f.read(), re.MULTILINE))
    # What the recording rules make is theirs: level:metric:operation.
    for path in paths:
        with open(path, encoding="utf-8") as f:
            used = set(re.findall(r"(?<![:a-z_])(kvmtop_[a-z_]+)(?!:)", f.read()))
        unknown = [u for u in sorted(used) if u not in known and re.sub("_(bucket|sum|count)$", "", u) not in known]
        say(f"{path.rsplit('/', 1)[-1]} speaks of {len(used)} metrics, which exist",
            [", ".join(unknown)] if unknown else [] if used else ["of none"])


if sys.argv[1] == "query":
    check_queries(*sys.argv[2:])
else:
    check_names(sys.argv[2], sys.argv[3:])
