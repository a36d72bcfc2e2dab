// The list of findings: filters, views, one finding in full, print. It asks nobody for anything.
const plain = byId("plain");
(async () => {
  const PRINTED = 500;
  const packed = byId("data").textContent;
  if (!packed) return;
  plain.remove();
  const { count, checks, strings, string, evidence, waivers, standards, resources, columns, column } = await unpack(packed);
  byId("data").remove();
  const [checkOf, resourceOf, statusOf] = ["check", "resource", "status"].map(column);
  const check = (at) => checks[checkOf[at]];
  const resource = (at) => resources[resourceOf[at]];
  const named = (value, at) => value.replaceAll(OWN_NAME, () => resource(at).id);
  const text = (name, at) => named(string(column(name)[at]), at);
  const title = (at) => check(at).title || check(at).id;
  const severity = (at) => check(at).severity || "low";
  const idOf = (at) => `${check(at).id}/${resource(at).arn}`;
  const fragment = (at) => fragmentOf(idOf(at));
  let ids = null;
  const find = (hash) => {
    if (!hash) return -1;
    if (!ids) {
      ids = new Map();
      for (let at = count - 1; at >= 0; at--) ids.set(idOf(at), at);
    }
    try { return ids.get(decodeURIComponent(hash)) ?? -1; } catch { return -1; }
  };

  // ---- The filter --------------------------------------------------------------------------------------------------
  const state = { view: "flat", status: new Set(), severity: new Set(), area: "", account: "", region: "", search: "", standard: 0 };
  const lower = { checks: null, resources: null, strings: null };
  const prepare = () => {
    lower.checks ||= checks.map((one) => (one ? `${one.id}\n${one.title}\n${one.area}\n${(one.standards || []).flat().join("\n")}`.toLowerCase() : ""));
    lower.resources ||= resources.map((one) => (one ? [one.type, one.id, one.arn, one.region, one.account, one.owner, ...one.tags].join("\n").toLowerCase() : ""));
    lower.strings ||= strings.map((one) => (one || "").toLowerCase());
    beside ||= new Set(lower.strings.flatMap((one) => [...one].flatMap((char, at, all) => (char === OWN_NAME ? [all[at - 1], all[at + 1]] : []))));
  };
  const searched = ["message", "expected", "actual", "property", "address"].filter((name) => columns[name]).map(column);
  // The characters beside a name: a word that has one of them may begin in the text and end in the name.
  let beside = null;
  const fits = new Uint32Array(count);
  let shown = fits;
  const filter = () => {
    const words = state.search.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) prepare();
    const hit = (texts, word) => {
      const found = new Uint8Array(texts.length);
      for (let at = 0; at < texts.length; at++) if (texts[at].includes(word)) found[at] = 1;
      return found;
    };
    const hits = words.map((word) => [hit(lower.checks, word), hit(lower.resources, word), hit(lower.strings, word), [...word].some((char) => beside.has(char)) ? word : ""]);
    const yes = (values, test) => Uint8Array.from(values, (one) => (one && test(one) ? 1 : 0));
    const checkFits = yes(checks, (one) => (!state.severity.size || state.severity.has(one.severity || "low")) && (!state.area || one.area === state.area));
    const resourceFits = yes(resources, (one) => (!state.account || one.account === state.account) && (!state.region || one.region === state.region));
    const statusFits = yes(STATUSES, ([name]) => !state.status.size || state.status.has(name));
    let found = 0;
    next: for (let at = 0; at < count; at++) {
      if (!statusFits[statusOf[at]] || !checkFits[checkOf[at]] || !resourceFits[resourceOf[at]]) continue;
      word: for (const [inCheck, inResource, inString, across] of hits) {
        if (inCheck[checkOf[at]] || inResource[resourceOf[at]]) continue;
        for (const values of searched) if (inString[values[at]]) continue word;
        if (across) for (const values of searched) if (named(lower.strings[values[at]], at).toLowerCase().includes(across)) continue word;
        continue next;
      }
      fits[found++] = at;
    }
    shown = fits.subarray(0, found);
  };

  // ---- The rows ----------------------------------------------------------------------------------------------------
  // A row is a finding's number, or a group.
  let rows = [];
  const open = new Set();
  const grouped = (key, name) => {
    const groups = new Map();
    for (const at of shown) {
      const own = key(at);
      let group = groups.get(own);
      if (!group) groups.set(own, (group = { key: `${state.view} ${own}`, ...name(own), findings: [] }));
      group.findings.push(at);
    }
    const all = [...groups.values()];
    for (const group of all) group.failed = group.findings.reduce((sum, at) => sum + (statusOf[at] === 0), 0);
    return all;
  };
  const groups = () => {
    if (state.view === "check") {
      const rank = (group) => SEVERITIES.indexOf(group.severity);
      return grouped((at) => checkOf[at], (own) => ({ title: checks[own].title || checks[own].id, note: `${capital(checks[own].severity || "low")} · ${checks[own].id}`, severity: checks[own].severity || "low" }))
        .sort((one, other) => (other.failed > 0) - (one.failed > 0) || rank(one) - rank(other) || other.failed - one.failed);
    }
    if (state.view === "resource") {
      return grouped((at) => resourceOf[at], (own) => ({ title: resources[own].id, note: `${resources[own].type} · ${resources[own].account} · ${resources[own].region}` }))
        .sort((one, other) => other.failed - one.failed);
    }
    const standard = standards[state.standard];
    if (!standard) return [];
    const byCheck = new Map();
    for (const at of shown) {
      if (!byCheck.has(checkOf[at])) byCheck.set(checkOf[at], []);
      byCheck.get(checkOf[at]).push(at);
    }
    return standard.requirements.map(([id, own]) => ({ key: `${standard.name} ${id}`, title: id, note: own.map((one) => checks[one].title).join(" · "), findings: own.flatMap((one) => byCheck.get(one) || []) }))
      .filter((group) => group.findings.length);
  };
  const arrange = () => {
    if (state.view === "flat") { rows = shown; return; }
    rows = [];
    for (const group of groups()) {
      rows.push(group);
      if (open.has(group.key)) for (const at of group.findings) rows.push(at);
    }
  };

  // ---- The list: only the rows in sight are there --------------------------------------------------------------------
  const list = make("ol", { class: "list", id: "list", "aria-label": "Findings" });
  const countLine = make("p", { role: "status", id: "count" });
  let active = 0;
  let drawn = "";
  // Browsers draw no element higher than some 17 million pixels.
  const MOST = 150000;
  const measured = () => parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row")) || 60;
  let rowHeight = measured();
  const height = () => rowHeight;
  const badge = (name) => make("span", { class: `severity ${name}` }, capital(name));
  const mark = (status) => make("span", { class: `status ${STATUSES[status][0]}` }, STATUSES[status][1]);
  const bar = (findings) => {
    const counts = [0, 0, 0, 0, 0];
    for (const at of findings) counts[statusOf[at]]++;
    const svg = make("svg", { class: "bar", viewBox: "0 0 1000 10", preserveAspectRatio: "none", "aria-hidden": "true" });
    let x = 0;
    counts.forEach((own, status) => {
      if (!own) return;
      const width = (own * 1000) / findings.length;
      svg.append(make("rect", { class: STATUSES[status][0], x: String(x), width: String(width), height: "10" }));
      x += width;
    });
    const words = counts.map((own, status) => own && `${number(own)} ${STATUSES[status][1].toLowerCase()}`).filter(Boolean).join(", ");
    return { svg, words };
  };
  const rowElement = (index) => {
    const row = rows[index];
    const place = { "aria-setsize": rows.length, "aria-posinset": index + 1, class: typeof row === "number" && state.view !== "flat" ? "inner" : "" };
    const focus = { tabindex: index === active ? "0" : "-1", "data-index": index };
    let inner;
    if (typeof row === "number") {
      // What the group has said already is not repeated.
      const { id, account, region } = resource(row);
      const side = state.view === "check" ? [account, region] : state.view === "resource" ? [check(row).area || "", check(row).id] : [id, `${account} · ${region}`];
      inner = make("a", { class: "line", href: `#${fragment(row)}`, ...focus }, mark(statusOf[row]), badge(severity(row)),
        make("span", { class: "main" }, make("b", {}, state.view === "check" ? id : title(row)), make("i", {}, text("message", row))),
        make("span", { class: "side" }, make("b", {}, side[0]), make("i", {}, side[1])));
    } else {
      const { svg, words } = bar(row.findings);
      inner = make("button", { type: "button", class: "line group", "aria-expanded": String(open.has(row.key)), ...focus },
        make("span", { class: "main" }, make("b", {}, row.title), make("i", {}, row.note)),
        make("span", { class: "side" }, make("i", {}, words), svg));
    }
    const item = make("li", place, inner);
    item.style.top = `${index * height()}px`;
    return item;
  };
  const draw = (force = false) => {
    const size = height();
    const top = list.getBoundingClientRect().top;
    const total = Math.min(rows.length, MOST);
    const from = Math.max(0, Math.min(total - 1, Math.floor(-top / size) - 8));
    // A list below the window has its first rows all the same.
    const to = Math.min(total, Math.max(from + 20, Math.ceil((window.innerHeight - top) / size) + 8));
    const key = `${from} ${to}`;
    if (!force && key === drawn) return;
    drawn = key;
    const focused = list.contains(document.activeElement);
    if (!focused && (active < from || active >= to)) active = Math.max(0, Math.min(from + 8, total - 1));
    const items = [];
    for (let index = from; index < to; index++) items.push(rowElement(index));
    // What has the focus stays, wherever one scrolls.
    if (focused && active < total && (active < from || active >= to)) items.push(rowElement(active));
    list.replaceChildren(...items);
    if (focused) list.querySelector(`[data-index="${active}"]`)?.focus({ preventScroll: true });
  };
  const go = (index) => {
    const total = Math.min(rows.length, MOST);
    if (!total) return;
    active = Math.max(0, Math.min(total - 1, index));
    const size = height();
    const top = list.getBoundingClientRect().top + active * size;
    if (top < 8) window.scrollBy({ top: top - 8, behavior: "instant" });
    else if (top + size > window.innerHeight - 8) window.scrollBy({ top: top + size - window.innerHeight + 8, behavior: "instant" });
    draw(true);
    list.querySelector(`[data-index="${active}"]`)?.focus({ preventScroll: true });
  };
  const toggle = (index, wanted) => {
    const group = rows[index];
    if (typeof group === "number" || wanted === open.has(group.key)) return false;
    if (!open.delete(group.key)) open.add(group.key);
    active = index;
    arrange();
    size();
    draw(true);
    list.querySelector(`[data-index="${index}"]`)?.focus({ preventScroll: true });
    return true;
  };
  const size = () => {
    list.style.height = `${Math.max(1, Math.min(rows.length, MOST)) * height()}px`;
    empty.hidden = rows.length > 0;
    list.hidden = rows.length === 0;
  };
  const empty = make("p", { class: "empty list", id: "empty" }, "No finding fits the filter.");
  const update = () => {
    filter();
    arrange();
    const more = rows.length > MOST ? `; the list shows the first ${number(MOST)} rows` : "";
    countLine.textContent = `${number(shown.length)} of ${number(count)} findings${more}`;
    active = 0;
    for (const [chip, on] of chips) chip.setAttribute("aria-pressed", String(on()));
    for (const [name, button] of views) button.setAttribute("aria-pressed", String(state.view === name));
    picker.hidden = state.view !== "standard";
    size();
    draw(true);
  };
  list.addEventListener("click", (event) => {
    const target = event.target.closest("[data-index]");
    if (!target) return;
    active = Number(target.dataset.index);
    toggle(active);
  });
  list.addEventListener("focusin", (event) => {
    const target = event.target.closest("[data-index]");
    if (target) active = Number(target.dataset.index);
  });
  list.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(window.innerHeight / height()) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in steps) go(active + steps[event.key]);
    else if (event.key === "ArrowRight") toggle(active, true);
    else if (event.key === "ArrowLeft") {
      if (!toggle(active, false) && typeof rows[active] === "number" && state.view !== "flat") {
        let index = active;
        while (index > 0 && typeof rows[index] === "number") index--;
        go(index);
      }
    } else return;
    event.preventDefault();
  });

  // ---- The tools ---------------------------------------------------------------------------------------------------
  const chips = [];
  const byStatus = new Uint32Array(STATUSES.length);
  const byCheckNumber = new Uint32Array(checks.length);
  for (let at = 0; at < count; at++) { byStatus[statusOf[at]]++; byCheckNumber[checkOf[at]]++; }
  const bySeverity = (name) => checks.reduce((sum, one, at) => sum + (one && (one.severity || "low") === name ? byCheckNumber[at] : 0), 0);
  const chip = (set, name, label, n) => {
    const own = make("button", { type: "button", class: "chip", "aria-pressed": "false", onclick: () => { if (!set.delete(name)) set.add(name); update(); } }, label, " ", make("span", {}, number(n)));
    chips.push([own, () => set.has(name)]);
    return own;
  };
  const distinct = (values) => [...new Set(values.filter(Boolean))].sort();
  const select = (name, label, values) => {
    const own = make("select", { "aria-label": label, id: `by-${name}`, onchange: (event) => { state[name] = event.target.value; update(); } },
      make("option", { value: "" }, label), ...values.map((value) => make("option", { value }, value)));
    return own;
  };
  const areas = distinct(checks.filter((one, at) => one && byCheckNumber[at]).map((one) => one.area));
  const accounts = distinct(resources.map((one) => one?.account));
  const regions = distinct(resources.map((one) => one?.region));
  const search = make("input", { type: "search", id: "search", "aria-label": "Search the findings", placeholder: "Search: name, check, value …", autocomplete: "off", spellcheck: "false", oninput: (event) => { state.search = event.target.value; update(); } });
  const selects = [["area", "All areas", areas], ["account", "All accounts", accounts], ["region", "All regions", regions]].map((one) => select(...one));
  const picker = make("select", { "aria-label": "Standard", id: "by-standard", onchange: (event) => { state.standard = Number(event.target.value); update(); } },
    ...standards.map((one, at) => make("option", { value: at }, one.percentage === null ? one.name : `${one.name} – ${one.percentage}%`)));
  const views = [["flat", "All findings"], ["check", "By check"], ["resource", "By resource"], ["standard", "By standard"]]
    .filter(([name]) => name !== "standard" || standards.length)
    .map(([name, label]) => [name, make("button", { type: "button", "aria-pressed": "false", onclick: () => { state.view = name; update(); } }, label)]);
  const clear = () => {
    state.status.clear(); state.severity.clear();
    Object.assign(state, { area: "", account: "", region: "", search: "" });
    search.value = "";
    for (const one of selects) one.value = "";
  };
  const app = byId("app");
  app.append(
    make("div", { class: "views", role: "group", "aria-label": "View" }, ...views.map(([, button]) => button)),
    make("div", { class: "tools", role: "search", "aria-label": "Filter" },
      make("div", { class: "pickers" }, search, ...selects, picker),
      make("div", { class: "chips" },
        make("fieldset", {}, make("legend", { class: "hidden" }, "Status"), ...STATUSES.map(([name, label], at) => chip(state.status, name, label, byStatus[at]))),
        make("fieldset", {}, make("legend", { class: "hidden" }, "Severity"), ...SEVERITIES.map((name) => chip(state.severity, name, capital(name), bySeverity(name)))))),
    make("div", { class: "count" }, countLine, make("button", { type: "button", class: "link", id: "clear", onclick: () => { clear(); update(); search.focus(); } }, "Clear the filter")),
    list, empty);
  for (const tile of document.querySelectorAll(".tile a")) {
    tile.addEventListener("click", () => { clear(); const own = { "": "", not_applicable: "na" }[tile.dataset.status] ?? tile.dataset.status; if (own) state.status.add(own); update(); });
  }

  // ---- One finding in full -----------------------------------------------------------------------------------------
  const fill = (template, at) => {
    const { id, arn, region, account, type } = resource(at);
    const kind = { "AWS::IAM::User": "user", "AWS::IAM::Group": "group" }[type] || "role";
    return (key) => template.map((part) => (typeof part === "number" ? [key || id, arn, region, account, kind][part] : part)).join("");
  };
  const field = (name, value) => (value ? make("div", {}, make("dt", {}, name), make("dd", {}, value)) : null);
  const said = (name, value) => (value ? make("div", {}, make("dt", {}, name), make("dd", {}, ...prose(value))) : null);
  // The other failures of the same resource that have the same call as remedy.
  const together = (at) => {
    const own = column("cli")[at];
    const template = JSON.stringify(check(at).cli || []);
    const same = (other) => (own ? column("cli")[other] === own : !column("cli")[other] && template !== "[]" && JSON.stringify(check(other).cli || []) === template);
    const found = [];
    for (let other = 0; other < count && statusOf[at] === 0; other++) {
      if (other !== at && resourceOf[other] === resourceOf[at] && statusOf[other] === 0 && same(other)) found.push(check(other).id);
    }
    return found.join(", ");
  };
  const block = (name, value) => {
    if (!value) return [];
    const copy = make("button", { type: "button", class: "link", onclick: async () => {
      try { await navigator.clipboard.writeText(value); copy.textContent = "Copied"; } catch { getSelection().selectAllChildren(code); copy.textContent = "Selected"; }
    } }, "Copy");
    const code = make("code", {}, value);
    return [make("p", { class: "codename" }, name, " ", copy), make("pre", { tabindex: "0" }, code)];
  };
  const waiverText = ({ reason, owner, expires, expired, ends_soon }) => `${expired ? "expired on" : ends_soon ? "ends soon, on" : "until"} ${expires}, by ${owner}: ${reason}`;
  const detail = (at, heading) => {
    const one = check(at);
    const { type, id, arn, region, account, owner, tags } = resource(at);
    const address = text("address", at);
    const key = address.includes(".") ? address.slice(address.indexOf(".") + 1) : "";
    const waiver = waivers[column("waiver")[at]];
    const calls = pairs((evidence[column("evidence")[at]] || []).map(string), " at ");
    const yaml = text("yaml", at) || fill(one.yaml || [], at)(key);
    const cli = text("cli", at) || fill(one.cli || [], at)("");
    const [expected, actual] = [text("expected", at), text("actual", at)];
    return [
      make("p", { class: "badges" }, mark(statusOf[at]), " ", badge(severity(at)), " ", text("change", at) ? make("span", { class: "status na" }, text("change", at)) : ""),
      heading,
      make("p", { class: "message" }, ...prose(text("message", at))),
      expected || actual ? make("dl", { class: "compare" },
        make("div", { class: "pass" }, make("dt", {}, "Expected"), make("dd", {}, expected || "–")),
        make("div", { class: STATUSES[statusOf[at]][0] }, make("dt", {}, "Actual"), make("dd", {}, actual || "–"))) : null,
      make("dl", { class: "fields" },
        said("Risk", one.risk), field("Waiver", waiver ? waiverText(waiver) : ""),
        said("Severity", one.reason ? `${capital(severity(at))}. ${one.reason}` : capital(severity(at))),
        field("First seen", text("seen", at))),
      make("h4", {}, "How to fix it"),
      make("dl", { class: "fields" }, said("Fix", one.how), said("Fixed", one.fix), field("This also fixes", together(at)), said("Also touches", one.touches), field("Line to change", text("location", at)), field("Property", text("property", at))),
      ...block("stack.yaml", yaml), ...block("AWS CLI", cli),
      make("h4", {}, "Resource"),
      make("dl", { class: "fields" }, field("Name", id), field("Type", type), field("ARN", arn), field("Account and region", `${account}, ${region}`), field("Owner", owner), field("In the stack", address),
        field("Tags", pairs(tags, "=")), field("Evidence", calls)),
      make("h4", {}, "Check"),
      make("dl", { class: "fields" }, field("Id", one.id), field("Area", one.area), ...(one.standards || []).map(([name, value]) => field(name, value))),
    ];
  };
  const sheet = make("div", { class: "sheet" });
  const dialog = make("dialog", { id: "detail", "aria-labelledby": "detail-title" }, sheet);
  document.body.append(dialog);
  let current = -1;
  const forget = () => { try { history.replaceState(null, "", "#findings"); } catch { location.hash = "findings"; } };
  const step = (by) => {
    let index = rows.indexOf(current) + by;
    while (rows[index] !== undefined && typeof rows[index] !== "number") index += by;
    if (rows[index] === undefined) return;
    active = index;
    try { history.replaceState(null, "", `#${fragment(rows[index])}`); } catch { /* the address stays */ }
    show(rows[index]);
  };
  const show = (at) => {
    current = at;
    const index = rows.indexOf(at);
    const heading = make("h3", { id: "detail-title", tabindex: "-1" }, title(at), " – ", resource(at).id);
    const button = (label, action) => make("button", { type: "button", class: "plainbutton", onclick: action }, label);
    sheet.replaceChildren(
      make("div", { class: "bartop" }, button("Previous", () => step(-1)), button("Next", () => step(1)), make("a", { href: `#${fragment(at)}`, id: "permalink" }, "Link to this finding"),
        make("span", {}, state.view === "flat" && index >= 0 ? `${number(index + 1)} of ${number(rows.length)}` : ""), button("Close", () => dialog.close())),
      ...detail(at, heading).filter(Boolean));
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    heading.focus();
  };
  dialog.addEventListener("close", () => {
    const at = current;
    current = -1;
    if (find(location.hash.slice(1)) >= 0) forget();
    const index = rows.indexOf(at);
    if (index >= 0) go(index);
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
  });
  const follow = () => {
    const at = find(location.hash.slice(1));
    if (at >= 0) show(at);
    else if (dialog.open) dialog.close();
  };
  window.addEventListener("hashchange", follow);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || dialog.open || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName)) return;
    event.preventDefault();
    search.focus();
  });

  // ---- Print: what the filter shows, in full -------------------------------------------------------------------------
  const paper = make("div", { id: "print" });
  app.after(paper);
  const printed = () => {
    const some = [...shown.slice(0, PRINTED)];
    const left = shown.length - some.length;
    paper.replaceChildren(
      make("p", { class: "note" }, `${number(some.length)} of the ${number(shown.length)} findings that fit the filter, of ${number(count)} in all.${left ? " The JSON report holds every one." : ""}`),
      ...some.map((at) => make("article", { class: "finding" }, ...detail(at, make("h4", {}, title(at), " – ", resource(at).id)).filter(Boolean))));
  };
  window.addEventListener("beforeprint", printed);
  matchMedia("print").addEventListener("change", (event) => (event.matches ? printed() : paper.replaceChildren()));
  window.addEventListener("afterprint", () => paper.replaceChildren());

  let waiting = false;
  const later = () => { if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; draw(); }); } };
  window.addEventListener("scroll", later, { passive: true });
  window.addEventListener("resize", () => { rowHeight = measured(); size(); draw(true); });
  update();
  follow();
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
  (window.requestIdleCallback || setTimeout)(prepare);
})().catch((error) => {
  // What can be read without a script is there again.
  byId("app").after(plain);
  document.documentElement.dataset.failed = String(error);
});
