// The board sends changed parts as they change. If that fails, the page polls every few seconds.
const POLL = 3000, LOST = 15000, AGAIN = 30000, PAGE = 12000, LEAST = .74, MOST = 1.7;
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
  lost.hidden = !stale;
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
// All cards fill one screen, as large as possible; if they do not fit at the smallest size, the pages turn.
function fit() {
  if (!full) return;
  const states = [...cards.children].map((card) => card.id + card.dataset.state).join();
  const tooHigh = () => document.documentElement.scrollHeight > innerHeight;
  if (fit.states === states + innerWidth + innerHeight && (fit.size <= LEAST || !tooHigh())) return;
  fit.states = states + innerWidth + innerHeight;
  for (fit.size = MOST; fit.size >= LEAST; fit.size -= .04) {
    document.body.style.setProperty("--fit", fit.size);
    if (!tooHigh()) return;
  }
  document.body.style.setProperty("--fit", 1);
}
// A wall turns its pages by itself, unless somebody touched it in the last minute.
if (full) {
  let touched = 0;
  for (const kind of ["keydown", "pointermove", "wheel", "touchstart"]) addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  setInterval(() => {
    if (Date.now() - touched < 60000) return;
    const head = document.getElementById("office").offsetHeight;
    const next = [...cards.children].map((card) => card.getBoundingClientRect()).find((card) => card.bottom > innerHeight + 4);
    scrollTo({ top: next ? scrollY + (next.top > head + 4 ? next.top - head : (innerHeight - head) * .9) : 0 });
  }, PAGE);
}
addEventListener("resize", fit);
fit();
setInterval(tick, 1000);
setTimeout(poll, POLL);
listen();
