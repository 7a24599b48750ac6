// The board sends changed parts as they change. If that fails, the page polls every few seconds.
const POLL = 3000, LOST = 15000, AGAIN = 30000, PAGE = 12000;
const LEAST = 1.95, MOST = 4.4; // size of the type, in hundredths of the screen's height: smaller is not legible across a room
const cards = document.getElementById("cards"), lost = document.getElementById("lost"), full = document.body.classList.contains("full");
let seen = Date.now(), streaming = false;

function parsed(markup) {
  const holder = document.createElement("template");
  holder.innerHTML = markup;
  return holder.content.firstElementChild;
}
// Unchanged figures are not replaced, so that only changes move and the keyboard focus stays.
function replace(old, fresh) {
  if (old.outerHTML.replace(' changed"', '"') === fresh.outerHTML) return;
  const held = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
  if (old.dataset.state !== fresh.dataset.state) fresh.classList.add("changed");
  const figures = old.querySelectorAll("dd, .huge"), news = fresh.querySelectorAll("dd, .huge");
  if (figures.length === news.length)
    news.forEach((each, n) => { if (each.textContent !== figures[n].textContent) (each.closest(".fact") || each).classList.add("changed"); });
  old.replaceWith(fresh);
  if (held) fresh.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}
function renew(parts, order) {
  for (const [id, markup] of Object.entries(parts)) {
    const fresh = parsed(markup), old = document.getElementById(id);
    if (old) replace(old, fresh); else cards.append(fresh);
  }
  order.forEach((id, n) => { if (cards.children[n]?.id !== id) cards.insertBefore(document.getElementById(id), cards.children[n]); });
  fit();
  heard();
}
function heard() { seen = Date.now(); say(); tick(); }
// Without news the colours are removed, so that an old state is not taken for the present one.
function say() {
  const stale = Date.now() - seen >= LOST, words = lost.firstElementChild;
  if (stale && lost.hidden) words.textContent = words.dataset.says.replace("{clock}", written(seen));
  if (lost.hidden === stale) { lost.hidden = !stale; fit(); }
  document.body.classList.toggle("stale", stale);
}

function listen() {
  const events = new EventSource(document.body.dataset.events + "?lang=" + document.documentElement.lang);
  events.onopen = () => { streaming = true; heard(); };
  events.onmessage = (event) => { const told = JSON.parse(event.data); renew(told.parts, told.order); };
  events.addEventListener("alive", heard);
  events.onerror = () => { streaming = false; if (events.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN); };
}
async function poll() {
  if (!streaming || Date.now() - seen > LOST) try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(LOST) });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [...page.querySelectorAll("#trouble, #office, #cards > *")];
    renew(Object.fromEntries(fresh.map((part) => [part.id, part.outerHTML])), fresh.filter((part) => part.id !== "office" && part.id !== "trouble").map((part) => part.id));
  } catch {}
  say();
  setTimeout(poll, POLL);
}
// A moment in the page's language, in the office's zone while its clock runs.
function written(at) {
  const zone = /([+-])(\d\d):(\d\d)$/.exec(document.querySelector("time[data-ticks]")?.dateTime);
  const ahead = zone ? (zone[1] + 1) * (zone[2] * 60 + +zone[3]) : -new Date(at).getTimezoneOffset();
  const local = new Date(at + ahead * 60000), hours = local.getUTCHours(), minutes = String(local.getUTCMinutes()).padStart(2, "0");
  return document.documentElement.lang === "fr" ? `${hours}\u202fh\u202f${minutes}` : `${String(hours).padStart(2, "0")}:${minutes}`;
}
// Between two messages the clock advances by the time elapsed in the browser.
function tick() {
  const clock = document.querySelector("time[data-ticks]");
  if (!clock) return;
  clock.began ??= Date.now();
  const text = written(Date.parse(clock.dateTime) + Date.now() - clock.began);
  if (clock.textContent !== text) clock.textContent = text;
}
// The cards fill one screen, as large as possible. If they would not be legible there, they are dealt over pages.
const sign = document.getElementById("pages"), troubled = (card) => card.classList.contains("troubled");
const most = (cards) => cards.reduce((sum, card) => sum + (troubled(card) ? 2 : 1), 0);
let pages = [], page = 0, touched = 0;

// Deals cards, in their order, into groups of about equal weight.
function dealt(all, count) {
  const groups = Array.from({ length: count }, () => []), whole = most(all);
  let before = 0;
  for (const card of all) {
    const weight = most([card]);
    groups[Math.floor((before + weight / 2) * count / whole)].push(card);
    before += weight;
  }
  return groups.filter((group) => group.length);
}
function enlarge(size) {
  const part = Math.max(7.2, Math.min(innerHeight, innerWidth * 9 / 16) / 100); // never below 14 px
  document.body.style.setProperty("--size", size * part + "px");
  document.body.style.setProperty("--least", LEAST * part + "px");
}
function place(shown, rows, size) {
  enlarge(size);
  for (const card of cards.children) card.hidden = !shown.includes(card);
  for (const row of dealt(shown, rows)) for (const card of row) {
    card.style.setProperty("--weight", most([card]));
    card.style.setProperty("--share", 100 * most([card]) / most(row) + "%");
  }
}
function fits() {
  const boxes = [document.documentElement, ...cards.querySelectorAll(".card:not([hidden]) > .inside, .panel, .panel > .scroll")];
  return cards.scrollHeight <= cards.clientHeight && boxes.every((each) => each.scrollWidth <= each.clientWidth);
}
// The largest size, given to `set`, at which all fits; 0 if even the least is too large.
function sizeFor(set) {
  let low = LEAST, high = MOST;
  set(low);
  if (!fits()) return 0;
  while (high - low > .05) {
    const size = (low + high) / 2;
    set(size);
    if (fits()) low = size; else high = size;
  }
  set(low);
  return low;
}
// The rows with which text and figures of some cards are largest, and their size; none if one screen is too small.
function largest(shown) {
  let best;
  for (let rows = 1; rows <= Math.min(6, shown.length); rows++) {
    const size = sizeFor((each) => place(shown, rows, each));
    if (!size) continue;
    const figures = shown.map((card) => parseFloat(getComputedStyle(card.querySelector(".huge")).fontSize));
    const score = size * Math.min(...figures);
    if (!best || score > best.score) best = { shown, rows, size, score };
  }
  return best;
}
// A nation's sections share one screen. Its tables have the worst first, so the last rows are left out if need be.
function fitSections() {
  unfit();
  document.body.classList.add("fitted");
  const rows = [...cards.querySelectorAll(".dense tbody tr")].filter((each) => each.checkVisibility());
  const rest = rows[0]?.closest(".panel").querySelector(".rest");
  for (let shown = rows.length; !sizeFor(enlarge) && shown > 1;) {
    rows[--shown].hidden = true;
    rest.hidden = false;
    rest.textContent = rest.dataset.says.replace("{count}", rows.length - shown);
  }
  if (!fits()) unfit();
}
// Shows everything; on a screen too small for it, the wall scrolls.
function unfit() {
  document.body.classList.remove("fitted");
  document.body.style.removeProperty("--size");
  for (const each of cards.querySelectorAll(".card, tr, .rest")) each.hidden = each.matches(".rest");
}
function fit() {
  if (!full) return;
  if (!sign) { fitSections(); return; }
  const all = [...cards.children];
  const key = [innerWidth, innerHeight, lost.hidden, ...all.map((card) => card.id + card.dataset.state)].join();
  if (key === fit.key) {
    const now = new Map(all.map((card) => [card.id, card]));
    for (const each of pages) each.shown = each.shown.map((card) => now.get(card.id));
    turn(page);
    if (!pages.length || fits()) return;
  }
  fit.key = key;
  document.body.classList.add("fitted");
  pages = [];
  for (let count = 1; count <= all.length && !pages.length; count++) {
    sign.hidden = count === 1;
    const found = dealt(all, count).map(largest);
    if (found.every(Boolean)) pages = found;
  }
  if (!pages.length) unfit();
  turn(page);
}
function turn(to) {
  sign.hidden = pages.length < 2;
  if (!pages.length) return;
  page = (to + pages.length) % pages.length;
  place(pages[page].shown, pages[page].rows, Math.min(...pages.map((each) => each.size)));
  const words = sign.querySelector("[data-says]");
  words.textContent = words.dataset.says.replace("{page}", page + 1).replace("{last}", pages.length);
}
// A wall turns its pages by itself, unless somebody touched it in the last minute.
if (full && sign) {
  for (const kind of ["keydown", "pointermove", "wheel", "touchstart"]) addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  sign.querySelectorAll("button").forEach((button, n) => button.addEventListener("click", () => turn(page + 2 * n - 1)));
  setInterval(() => { if (Date.now() - touched >= 60000) turn(page + 1); }, PAGE);
}
addEventListener("resize", fit);
fit();
setInterval(tick, 1000);
setTimeout(poll, POLL);
listen();
