"use strict";
(() => {
  const known = JSON.parse(document.getElementById("known").textContent);
  const { ends, rows: letters, direct } = known;
  // Maps, because a service may be called `constructor`.
  const [told, networks, claims, words] = ["told", "networks", "claims", "words"].map((part) => new Map(Object.entries(known[part])));
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const picture = one(".drawn .body"), answer = one("#answer"), spoken = one("#spoken"), hint = one("#hint");
  const from = one("#from"), to = one("#to");
  const WORLD = ends.length - 2, HOST = ends.length - 1;
  const counted = (number, thing) => `${number} ${thing}${number === 1 ? "" : "s"}`;
  const places = new Map(ends.slice(0, WORLD).map((name, at) => [name, at]));
  const rowOf = new Map(), laneOf = new Map();
  for (const row of all(".body .row[data-services]")) for (const name of JSON.parse(row.dataset.services)) rowOf.set(name, row);
  for (const lane of all(".body .lane[data-key]")) for (const name of JSON.parse(lane.dataset.networks)) laneOf.set(name, lane);
  const figure = (at) => (at === WORLD ? one(".rail.world") : at === HOST ? one(".rail.host") : rowOf.get(ends[at]));

  function make(tag, text, kind) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  // What is known of a pair: the letter of its answer, its routes, the reasons where there is none.
  function ask(a, b) {
    const letter = letters[a][b], full = told.get(`${a},${b}`);
    if (full) return { letter, routes: full[0].map(([how, network, text, doubt]) => ({ how, network, text, doubt })), reasons: full[1] };
    const [source, target] = [ends[a], ends[b]];
    const routes = direct
      .filter(([, sources, targets]) => sources.includes(source) && targets.includes(target))
      .map(([network]) => ({ how: "direct", network, text: `${network}: ${source} -> ${target}`, doubt: null }));
    const stands = (name) => `${name} is on ${networks.get(name).join(", ") || "no network"}`;
    return { letter, routes, reasons: letter === "n" ? [`${stands(source)}; ${stands(target)}`] : [] };
  }

  const VERBS = { y: "can reach", n: "cannot reach", u: "may reach (not provable)" };

  function say(a, b, found, parent) {
    const line = make("p");
    line.append(`${ends[a]} `, make("span", VERBS[found.letter], `verdict ${found.letter}`), ` ${ends[b]}`);
    parent.append(line);
    const list = make("ul");
    for (const route of found.routes) list.append(make("li", route.text + (route.doubt ? ` (if ${route.doubt})` : "")));
    if (found.letter !== "y") for (const reason of found.reasons) list.append(make("li", reason, "soft"));
    if (list.children.length) parent.append(list);
    return line.textContent;
  }

  function clear() {
    for (const each of all(".lit, .hit, .chosen")) each.classList.remove("lit", "hit", "chosen");
    for (const each of all(".way, .way-tip")) each.remove();
    for (const each of all("[aria-pressed]")) each.setAttribute("aria-pressed", "false");
    for (const each of all(".drawn svg")) each.classList.remove("asking");
  }

  function light(...figures) {
    for (const each of all(".drawn svg")) each.classList.add("asking");
    for (const each of figures) if (each) lit(each);
  }

  // A lane goes on behind its name, which is a picture of its own.
  function lit(figure) {
    figure.classList.add("lit");
    if (figure.classList.contains("lane")) for (const each of all(".heads .lane")) if (each.dataset.key === figure.dataset.key) each.classList.add("lit");
  }

  function draw(points, doubtful) {
    const made = (tag, kind, d) => {
      const path = document.createElementNS("http://www.w3.org/2000/svg", tag);
      path.setAttribute("class", kind);
      path.setAttribute("d", d);
      picture.append(path);
    };
    made("path", doubtful ? "way doubtful" : "way", "M" + points.map((point) => point.join(",")).join("L"));
    const [x, y] = points.at(-1), left = points.at(-2)[0] > x ? 1 : -1;
    made("path", "way-tip", `M${x},${y}l${12 * left},-7v14z`);
  }

  // The way over the picture: by a lane, or along the edge.
  function drawRoute(a, b, route) {
    const at = (end) => (figure(end) && figure(end).dataset.y !== undefined ? +figure(end).dataset.y : null);
    const { card, wire, world, host } = picture.dataset;
    const lane = route.network ? laneOf.get(route.network) : null;
    const ya = at(a), yb = at(b), rail = { [WORLD]: world, [HOST]: host };
    const edge = +(rail[a] ?? rail[b] ?? world ?? host ?? card - 20);
    if (ya === null && yb !== null) draw([[edge, yb], [+card, yb]], route.doubt);
    else if (ya !== null && yb === null) draw([[+card, ya], [edge, ya]], route.doubt);
    else if (ya !== null && ya !== yb && lane && route.how !== "published") {
      lit(lane);
      draw([[+wire, ya], [+lane.dataset.x, ya], [+lane.dataset.x, yb], [+wire, yb]], route.doubt);
    } else if (ya !== null && ya !== yb) draw([[+card, ya], [edge, ya], [edge, yb], [+card, yb]], route.doubt);
  }

  function show() {
    clear();
    answer.replaceChildren();
    const a = from.value === "" ? null : +from.value, b = to.value === "" ? null : +to.value;
    for (const end of [a, b]) if (end !== null && figure(end)) figure(end).setAttribute("aria-pressed", "true");
    if (a === null && b === null) return;
    if (a === null || b === null || a === b) {
      const end = a ?? b;
      light(figure(end));
      answer.append(make("p", `${ends[end]} is chosen; choose another for who reaches whom.`, "soft"));
      if (matrix === null) neighbours(end);
      return;
    }
    const there = ask(a, b);
    light(figure(a), figure(b));
    const text = say(a, b, there, answer);
    answer.append(make("p", "and back:", "soft"));
    say(b, a, ask(b, a), answer);
    spoken.textContent = text;
    for (const route of there.routes) drawRoute(a, b, route);
    const cell = one(`td[data-a="${a}"][data-b="${b}"]`);
    if (cell) cell.classList.add("chosen");
  }

  function choose(end) {
    if (from.value === "" || to.value !== "") [from.value, to.value] = [end, ""];
    else to.value = end;
    show();
  }

  // Of whom no table is drawn, there are lists.
  function neighbours(end) {
    const list = (title, letterOf) => {
      const names = ends.filter((_, other) => other !== end && letterOf(other) === "y");
      answer.append(make("p", `${title} ${names.length}:`), make("p", names.slice(0, 200).join(", ") || "nobody", "soft"));
    };
    list("reaches", (other) => letters[end][other]);
    list("is reached by", (other) => letters[other][end]);
  }

  // A difference also shows services that are no longer there to ask about.
  function pick(name) {
    if (places.has(name)) return choose(places.get(name));
    from.value = to.value = "";
    clear();
    light(rowOf.get(name));
    spoken.textContent = `${name} is no longer there.`;
    answer.replaceChildren(make("p", spoken.textContent));
  }

  function picked(row) {
    const names = JSON.parse(row.dataset.services);
    if (names.length === 1) return pick(names[0]);
    clear();
    light(row);
    answer.replaceChildren(make("p", `${names.length} services are drawn as one; choose:`));
    for (const name of names) {
      const button = make("button", name);
      button.addEventListener("click", () => pick(name));
      answer.append(button, " ");
    }
    answer.querySelector("button").focus();
  }

  function network(lane) {
    clear();
    from.value = to.value = "";
    const names = JSON.parse(lane.dataset.networks);
    const on = [...networks.keys()].filter((name) => networks.get(name).some((each) => names.includes(each)));
    light(lane, ...on.map((name) => rowOf.get(name)));
    spoken.textContent = `${names.join(", ")}: ${counted(on.length, "service")}`;
    answer.replaceChildren(make("p", spoken.textContent), make("p", on.join(", ") || "nobody is on it", "soft"));
  }

  function acting(element, act) {
    element.addEventListener("click", () => act(element));
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); act(element); }
    });
  }

  for (const row of all(".body .row[data-services]")) acting(row, picked);
  for (const rail of all(".body .rail")) acting(rail, () => choose(rail.classList.contains("world") ? WORLD : HOST));
  const lanes = new Map(all(".body .lane[data-key]").map((lane) => [lane.dataset.key, lane]));
  for (const lane of lanes.values()) acting(lane, network);
  for (const head of all(".heads [data-key]")) head.addEventListener("click", () => network(lanes.get(head.dataset.key)));
  for (const select of [from, to]) select.addEventListener("change", show);
  one("#swap").addEventListener("click", () => { [from.value, to.value] = [to.value, from.value]; show(); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    hint.hidden = true;
    if (event.target === one("#search")) one("#search").value = "";
    from.value = to.value = "";
    show();
  });

  // What is known of a thing, beside it.
  function tell(element) {
    const names = element.dataset.services ? JSON.parse(element.dataset.services) : [];
    const more = names.length === 1 ? claims.get(names[0]) || [] : [];
    hint.textContent = [element.getAttribute("aria-description") || element.getAttribute("aria-label"), ...more].join("\n");
    hint.hidden = false;
    const box = element.querySelector(".card, .ground, .edge, .trunk")?.getBoundingClientRect() ?? element.getBoundingClientRect();
    const left = Math.min(box.left, innerWidth - hint.offsetWidth - 12);
    const below = box.bottom + 8 + hint.offsetHeight < innerHeight ? box.bottom + 8 : Math.max(8, box.top - hint.offsetHeight - 8);
    hint.style.left = `${Math.max(8, left)}px`;
    hint.style.top = `${Math.max(8, box.height > innerHeight / 2 ? 90 : below)}px`;
  }
  for (const thing of all(".body [aria-label]")) {
    for (const kind of ["pointerenter", "focus"]) thing.addEventListener(kind, () => tell(thing));
    for (const kind of ["pointerleave", "blur"]) thing.addEventListener(kind, () => { hint.hidden = true; });
  }

  // Search: who is called so, runs such an image, is on such a network, or has such a port or address.
  const search = one("#search");
  const searched = (name) => [name, words.get(name), ...networks.get(name)].join("\n").toLowerCase();
  let hits = [];
  search.addEventListener("input", () => {
    clear();
    const text = search.value.trim().toLowerCase();
    hits = text ? [...networks.keys()].filter((name) => searched(name).includes(text)) : [];
    if (text) light();
    for (const name of hits) rowOf.get(name)?.classList.add("lit", "hit");
    spoken.textContent = text ? `${counted(hits.length, "service")} found` : "";
    if (hits.length) rowOf.get(hits[0])?.scrollIntoView({ block: "center", inline: "nearest" });
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && hits.length) rowOf.get(hits[0])?.focus();
  });

  // Findings lead to what they are about.
  for (const finding of all(".finding button")) {
    finding.addEventListener("click", () => {
      const about = JSON.parse(finding.dataset.about);
      [from.value, to.value] = about.pair ? about.pair.map((name) => ends.indexOf(name)) : ["", ""];
      show();
      const figures = [...about.services.map((name) => rowOf.get(name)), ...about.networks.map((name) => laneOf.get(name))].filter(Boolean);
      if (!figures.length) return;
      light(...figures);
      figures[0].scrollIntoView({ block: "center", inline: "nearest" });
    });
  }

  // The table: one stop for the tab key, arrows within.
  const matrix = one("#cells");
  if (matrix) {
    const cells = new Map(all("td[data-a]").map((cell) => [`${cell.dataset.a},${cell.dataset.b}`, cell]));
    const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const take = (cell) => { [from.value, to.value] = [cell.dataset.a, cell.dataset.b]; show(); };
    matrix.addEventListener("click", (event) => { if (event.target.dataset.a !== undefined) take(event.target); });
    matrix.addEventListener("keydown", (event) => {
      const cell = event.target;
      if (cell.dataset.a === undefined) return;
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); take(cell); }
      const move = MOVES[event.key];
      if (!move) return;
      event.preventDefault();
      let [a, b] = [+cell.dataset.a + move[0], +cell.dataset.b + move[1]];
      if (a === b) [a, b] = [a + move[0], b + move[1]];
      const next = cells.get(`${a},${b}`);
      if (!next) return;
      cell.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  }
  document.documentElement.dataset.ready = "yes";
})();
