#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Metrics against what they come from. One line a claim: ok or not ok.

usage: metrics.py query JSON URL         what a Prometheus at URL has, against the last object of --json
       metrics.py truth URL TRUTH...         the same, against what guests of the lab say that they did
       metrics.py dashboard URL FILE         all that a dashboard asks for, asked of it, and its rules
       metrics.py names DESCRIPTION FILE...   the metrics that files speak of, against --describe metrics
"""
import json
import re
import sys
import time
import urllib.error
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


def ask(url, path, **arguments):
    """What the API answers, an error included."""
    try:
        with urllib.request.urlopen(f"{url}/api/v1/{path}?" + urllib.parse.urlencode(arguments), timeout=10) as f:
            return json.load(f)
    except urllib.error.HTTPError as e:
        return json.load(e)


def check_dashboard(url, path):
    with open(path, encoding="utf-8") as f:
        board = json.load(f)
    # As Grafana does, for all hosts and all VMs.
    variables = {"$__rate_interval": "2s", "$instance": ".*", "$vm": ".*"}

    def filled(text):
        for name, value in variables.items():
            text = text.replace(name, value)
        return text

    problems, silent, selectors = [], [], set()
    # A rate takes two scrapes, and the first evaluation of a rule its time.
    expressions = [t["expr"] for p in board["panels"] for t in p.get("targets", [])]
    for _ in range(20):
        rules = [r for g in ask(url, "rules")["data"]["groups"] for r in g["rules"]]
        ready = ask(url, "query", query="count(rate(kvmtop_vcpu_seconds_total[2s]))")["data"]["result"]
        if ready and all(r["health"] != "unknown" for r in rules):
            break
        time.sleep(1)
    for expression in map(filled, expressions):
        answer = ask(url, "query", query=expression)
        if "$" in expression:
            problems.append(f"{expression}: an unknown variable")
        elif answer["status"] != "success":
            problems.append(f"{expression}: {answer['error']}")
        elif not answer["data"]["result"] and " > " not in expression:
            silent.append(f"{expression}: no data")
        selectors.update(re.findall(r"kvmtop_\w+(?:\{[^}]*\})?", expression))
    say(f"Prometheus takes the {len(expressions)} expressions of the dashboard", problems or ([] if expressions else ["none"]))
    say("and has data for all that are not about trouble", silent)
    missing = [s for s in sorted(selectors) if not ask(url, "query", query=s)["data"]["result"]]
    say(f"the {len(selectors)} selections in them select something", missing)
    problems = []
    for variable in board["templating"]["list"]:
        asks = re.fullmatch(r"label_values\((kvmtop_\w+(?:\{.*\})?), (\w+)\)", variable.get("definition", ""))
        if variable["type"] != "query":
            continue
        rows = ask(url, "query", query=filled(asks[1]))["data"]["result"] if asks else []
        if not rows or not all(asks[2] in r["metric"] for r in rows):
            problems.append(f"{variable['name']}: {variable.get('definition')}")
    say("the dashboard's variables have values", problems)
    # Places on the screen: none off it, none on another.
    cells = {}
    problems = []
    for panel in board["panels"]:
        g = panel["gridPos"]
        if g["x"] + g["w"] > 24:
            problems.append(f"{panel['title']}: it is wider than the screen")
        for cell in ((x, y) for x in range(g["x"], g["x"] + g["w"]) for y in range(g["y"], g["y"] + g["h"])):
            if cells.setdefault(cell, panel) is not panel:
                problems.append(f"{panel['title']} covers {cells[cell]['title']}")
    ids = [p["id"] for p in board["panels"]]
    if len(ids) != len(set(ids)):
        problems.append(f"ids: {ids}")
    say(f"its {len(ids)} panels have places and names of their own", problems)
    say(f"Prometheus evaluates the {len(rules)} rules", [f"{r['name']}: {r.get('lastError')}" for r in rules
                                                       if r["health"] != "ok"] if rules else ["there are none"])


def check_truth(url, paths):
    guests = []
    for path in paths:
        with open(path, encoding="utf-8") as f:
            guests.append(json.load(f))
    kinds = {"pio": "io|IO_INSTRUCTION", "cpuid": "cpuid|CPUID", "hypercalls": "hypercall|VMCALL"}
    codes = {2: "IO", 6: "MMIO"}
    for guest in guests:
        name = guest["name"]
        me = f'vm="{name}",pid="{guest["pid"]}"'
        problems, said = [], []

        def hold(expression, want, what):
            have = sum(query(url, f"sum({expression})").values())
            said.append(f"{what} {want}")
            if have != want:
                problems.append(f"{what}: the query returns {have:.0f}, the guest did {want}")

        for kind, reasons in kinds.items():
            hold(f'kvmtop_vm_exits_total{{{me},reason=~"{reasons}"}}',
                 sum(row["count"] for v in guest["vcpus"] for row in v[kind]), kind)
        for code, reason in codes.items():
            hold(f'kvmtop_vm_user_exits_total{{{me},reason="{reason}"}}',
                 sum(r["count"] for v in guest["vcpus"] for r in v["returns"] if r["code"] == code), f"to the VMM for {reason}")
        hold(f"kvmtop_vm_user_exits_total{{{me}}}", sum(r["count"] for v in guest["vcpus"] for r in v["returns"]),
             "to the VMM")
        say(f"a Prometheus query returns what {name} counted: {', '.join(said)}", problems)
    have = query(url, "sum(kvmtop_vms)")
    say("Prometheus: all VMs are there", [] if list(have.values()) == [len(guests)] else [f"{have}, not {len(guests)}"])
    # A lookup by thread where the kernel refuses task storage for a moment: nothing is lost by that.
    have = query(url, 'sum(kvmtop_lost_total{cause!="storage"})')
    say("Prometheus: nothing was lost", [] if list(have.values()) == [0] else [str(have)])


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
elif sys.argv[1] == "dashboard":
    check_dashboard(*sys.argv[2:])
elif sys.argv[1] == "truth":
    check_truth(sys.argv[2], sys.argv[3:])
else:
    check_names(sys.argv[2], sys.argv[3:])
